using System.Globalization;
using System.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Notifications;

namespace MyData.Core.Services;

/// <summary>
/// Mails the registered contact of a service that refuses events, does not take them, or owes answers: once a day at most, in both languages, with numbers
/// and codes alone. The next try stands in the row before a mail leaves, as with notices: a crash sends one twice, under the same Message-ID, and loses none.
/// </summary>
public sealed partial class ServiceMails(
    OnlineServices services,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    TimeProvider time,
    ILogger<ServiceMails> log,
    IMailTransport? transport = null,
    NoticeSettings? settings = null
) : BackgroundLoop
{
    private const int MostTries = 8;
    private static readonly TimeSpan Often = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Again = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(30);
    private static readonly int[] BackOffMinutes = [1, 5, 15, 60];
    private static readonly ResourceManager Words = new(typeof(ServiceMails));

    /// <summary>One round: the mail of each service that is due, one after the other.</summary>
    public async Task SendDueAsync(CancellationToken token = default)
    {
        if (transport is null || settings is null)
            return;
        var now = time.GetUtcNow();
        IReadOnlyDictionary<string, ServiceTrouble> troubles;
        Dictionary<string, ServiceMail> mails;
        await using (var db = await databases.CreateDbContextAsync(token))
        {
            troubles = await ServiceTroubles.FindAsync(db, now, token);
            if (troubles.Count == 0)
                return;
            mails = await db.Set<ServiceMail>().AsNoTracking().ToDictionaryAsync(mail => mail.ServiceId, token);
        }
        foreach (var service in await services.ListAsync(token))
            if (service.Contact is not null && troubles.TryGetValue(service.Id, out var trouble))
                await TryAsync(service, trouble, mails.GetValueOrDefault(service.Id), now, token);
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Often, time);
        do
        {
            try
            {
                await SendDueAsync(stopping);
            }
            // The database may be away for a while; the outbox must outlive that.
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RoundFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    private async Task TryAsync(
        OnlineServiceListing service,
        ServiceTrouble trouble,
        ServiceMail? last,
        DateTimeOffset now,
        CancellationToken token
    )
    {
        var anew = last is null || last.DueAt + Again <= now;
        if (!anew && !(last!.NextAttemptAt <= now))
            return;
        var tries = anew ? 0 : last!.Attempts;
        var next =
            tries + 1 < MostTries
                ? now + TimeSpan.FromMinutes(BackOffMinutes[Math.Min(tries, BackOffMinutes.Length - 1)])
                : (DateTimeOffset?)null;
        var mail = new ServiceMail
        {
            ServiceId = service.Id,
            MessageId = anew ? Ids.New() : last!.MessageId,
            DueAt = anew ? now : last!.DueAt,
            NextAttemptAt = next,
            Attempts = tries + 1,
        };
        if (await ClaimAsync(mail, last, token) && await SendAsync(service, trouble, mail, token))
            await EndAsync(mail);
    }

    // Conditional, so that two rounds never send one attempt twice.
    private Task<bool> ClaimAsync(ServiceMail mail, ServiceMail? last, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var rows = scope.Db.Set<ServiceMail>().Where(one => one.ServiceId == mail.ServiceId);
                if (last is null)
                {
                    if (rows.Any())
                        return false;
                    scope.Db.Add(mail);
                    return true;
                }
                return rows.Where(one => one.MessageId == last.MessageId && one.Attempts == last.Attempts)
                        .ExecuteUpdate(set =>
                            set.SetProperty(one => one.MessageId, mail.MessageId)
                                .SetProperty(one => one.DueAt, mail.DueAt)
                                .SetProperty(one => one.NextAttemptAt, mail.NextAttemptAt)
                                .SetProperty(one => one.Attempts, mail.Attempts)
                        ) == 1;
            },
            token
        );

    /// <returns>Whether nothing is left to do: it was taken, or its address refused for good.</returns>
    private async Task<bool> SendAsync(
        OnlineServiceListing service,
        ServiceTrouble trouble,
        ServiceMail mail,
        CancellationToken token
    )
    {
        using var limit = new CancellationTokenSource(LongestSend, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, token);
        try
        {
            await transport!.SendAsync(Of(service, trouble, mail), either.Token);
            return true;
        }
        catch (MailException failure) when (!token.IsCancellationRequested)
        {
            NotTaken(service.Id, mail.Attempts, failure.Code);
            return failure.ForGood;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            NotTaken(service.Id, mail.Attempts, "mail.timeout");
            return false;
        }
    }

    // Written down even while the portal stops: what was sent should not be sent again.
    private Task EndAsync(ServiceMail mail) =>
        writer.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope
                .Db.Set<ServiceMail>()
                .Where(one => one.ServiceId == mail.ServiceId && one.MessageId == mail.MessageId)
                .ExecuteUpdate(set => set.SetProperty(one => one.NextAttemptAt, (DateTimeOffset?)null));
        });

    private Mail Of(OnlineServiceListing service, ServiceTrouble trouble, ServiceMail mail)
    {
        // Whoever looks after it may read either language.
        CultureInfo[] languages = [CultureInfo.GetCultureInfo("zh-TW"), CultureInfo.GetCultureInfo("en")];
        var domain = settings!.From[(settings.From.LastIndexOf('@') + 1)..];
        return new Mail
        {
            MessageId = $"{mail.MessageId:N}@{domain}",
            From = settings.From,
            To = service.Contact!,
            Subject = string.Join(
                " / ",
                languages.Select(one =>
                    Fill("Subject", one, service.Id, trouble.All.ToString(CultureInfo.InvariantCulture))
                )
            ),
            Text = string.Join("\n\n", languages.Select(one => Text(service, trouble, one))),
            Language = "zh-TW",
        };
    }

    private string Text(OnlineServiceListing service, ServiceTrouble trouble, CultureInfo language) =>
        Fill(
            "Body",
            language,
            language.Name == "en" ? service.Name.En : service.Name.Zh,
            service.Id,
            trouble.Refused,
            trouble.NotTaken,
            trouble.Overdue,
            settings!.Portal(),
            settings.HelpPhone,
            settings.HelpEmail
        );

    private static string Fill(string name, CultureInfo language, params object[] values) =>
        string.Format(CultureInfo.InvariantCulture, Words.GetString(name, language)!, values);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The mail to service {Service} was not taken at attempt {Attempt}: {Code}"
    )]
    private partial void NotTaken(string service, int attempt, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Services were not mailed; the next round tries again")]
    private partial void RoundFailed(Exception failure);
}
