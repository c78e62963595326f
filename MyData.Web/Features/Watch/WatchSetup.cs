using MyData.Core.Data;
using MyData.Core.Watch;
using MyData.Web.Features.Report;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Watch;

public static class WatchSetup
{
    public static void AddWatch(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RecordsExport>();
        builder.Services.AddReport();
        builder.Services.AddSingleton(provider =>
        {
            var settings = provider.GetRequiredService<MyDataSettings>();
            var origin = provider.GetRequiredService<IIssuer>();
            var to = settings.Watch.MailTo.Length > 0 ? settings.Watch.MailTo : settings.HelpDesk.Email;
            return new AlarmMailSettings
            {
                To = to.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                From = settings.Mail.From.Length > 0 ? settings.Mail.From : "notice@mydata.example",
                Page = id => origin.Value.TrimEnd('/') + WatchUrls.Alarm(id),
            };
        });
    }
}
