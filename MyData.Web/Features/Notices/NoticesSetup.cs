using MyData.Core.Data;
using MyData.Core.Notifications;
using MyData.Web.Hosting;
using MyData.Web.Sandbox.Mail;

namespace MyData.Web.Features.Notices;

public static class NoticesSetup
{
    /// <summary>What the outbox needs from outside Core: the mail server, the portal's address, names and recipients.</summary>
    public static WebApplicationBuilder AddNotices(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<INoticeDirectory, NoticeDirectory>();
        builder.Services.AddSingleton(provider =>
        {
            var settings = provider.GetRequiredService<MyDataSettings>();
            var origin = provider.GetRequiredService<IIssuer>();
            return new NoticeSettings
            {
                From = settings.Mail.From.Length > 0 ? settings.Mail.From : "notice@mydata.example",
                Portal = () => origin.Value,
                HelpPhone = settings.HelpDesk.Phone,
                HelpEmail = settings.HelpDesk.Email,
            };
        });
        builder.Services.AddSingleton<IMailTransport>(provider =>
        {
            var settings = provider.GetRequiredService<MyDataSettings>();
            return new SmtpTransport(() => Server(settings, provider.GetService<SmtpSink>()));
        });
        return builder;
    }

    private static SmtpServer? Server(MyDataSettings settings, SmtpSink? sandbox)
    {
        if (settings.Mail is { Host.Length: > 0 } mail)
            return new SmtpServer
            {
                Host = mail.Host,
                Port = mail.Port,
                UseTls = mail.UseTls,
                User = mail.User,
                Password = mail.Password,
            };
        return sandbox is not null
            ? new SmtpServer
            {
                Host = "127.0.0.1",
                Port = sandbox.Port,
                UseTls = false,
            }
            : null;
    }
}
