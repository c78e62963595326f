using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyData.Core.Data;

namespace MyData.Core.Notifications;

public static class NotificationsSetup
{
    /// <summary>
    /// The outbox and its sender. The host adds what stands outside: <see cref="NoticeSettings"/>,
    /// <see cref="IMailTransport"/> and <see cref="INoticeDirectory"/>.
    /// </summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton<Notices>();
        services.AddSingleton<INotices>(provider => provider.GetRequiredService<Notices>());
        services.AddSingleton<NoticeWriting>();
        services.AddSingleton<NoticeSender>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<NoticeSender>());
        services.AddPruning<Notice>(
            "notices",
            (rows, now, keep) =>
            {
                var old = now - keep.Notices;
                return rows.OldestFirst(n => n.Id).Where(n => n.CreatedAt < old && n.Mail != MailState.Queued);
            }
        );
        return services;
    }
}
