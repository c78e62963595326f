using System.Globalization;
using System.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Notifications;

namespace MyData.Core.Watch;

/// <summary>
/// Mails alarms that nobody has seen. The next try stands in the row before a mail leaves, as with notices: a crash sends one twice, under
/// the same Message-ID, and loses none.
/// </summary>
public sealed partial class AlarmMails(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    TimeProvider time,
    ILogger<AlarmMails> log,
    IMailTransport? transport = null,
    AlarmMailSettings? settings = null
) : BackgroundLoop
{
    private const int AtOnce = 10;
    private const int MostTries = 8;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(30);
    private static readonly int[] BackOffMinutes = [1, 5, 15, 60];
    private static readonly TimeSpan Taipei = TimeSpan.FromHours(8);
    private static readonly ResourceManager Words = new(typeof(AlarmMails));

    /// <summary>Sends what is due, a few at once.</summary>
    public async Task SendDueAsync(CancellationToken token)
    {
        if (transport is null || settings is not { To.Count: > 0 })
            return;
        var now = time.GetUtcNow();
        List<Alarm> due;
        await using (var db = await databases.CreateDbContextAsync(token))
            due = await db.Set<Alarm>()
                .Where(alarm => alarm.MailAt <= now)
                .OrderBy(alarm => alarm.MailAt)
                .Take(AtOnce)
                .ToListAsync(token);
        foreach (var alarm in due)
        {
            var next = now + TimeSpan.FromMinutes(BackOffMinutes[Math.Min(alarm.MailTries, BackOffMinutes.Length - 1)]);
            if (!await MarkAsync(alarm, alarm.MailTries + 1 < MostTries ? next : null, token))
                continue;
            if (await SendAsync(alarm, token))
                await DoneAsync(alarm, CancellationToken.None);
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await SendDueAsync(stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RoundFailed(failure);
            }
        }
    }

    private async Task<bool> SendAsync(Alarm alarm, CancellationToken token)
    {
        var sent = true;
        foreach (var to in settings!.To)
        {
            using var limit = new CancellationTokenSource(LongestSend, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, token);
            try
            {
                await transport!.SendAsync(Of(alarm, to), either.Token);
            }
            catch (MailException failure) when (!token.IsCancellationRequested)
            {
                NotTaken(alarm.Id, failure.Code);
                sent &= failure.ForGood;
            }
        }
        return sent;
    }

    private Mail Of(Alarm alarm, string to)
    {
        // Whoever keeps watch may read either language.
        var texts = new[] { "zh-TW", "en" }.Select(name => Text(alarm, CultureInfo.GetCultureInfo(name))).ToList();
        var domain = settings!.From[(settings.From.LastIndexOf('@') + 1)..];
        return new Mail
        {
            MessageId = $"{alarm.Id:N}.{alarm.LastAt.ToUnixTimeMilliseconds()}@{domain}",
            From = settings.From,
            To = to,
            Subject = $"MyData {alarm.Code}: {alarm.Subject} ({alarm.Count})",
            Text = string.Join("\n\n", texts),
            Language = "zh-TW",
        };
    }

    private string Text(Alarm alarm, CultureInfo language) =>
        string.Format(
            CultureInfo.InvariantCulture,
            Words.GetString("Body", language)!,
            Words.GetString(alarm.Code, language),
            alarm.Code,
            alarm.Subject,
            alarm.Count,
            alarm.FirstAt.ToOffset(Taipei),
            alarm.LastAt.ToOffset(Taipei),
            settings!.Page(alarm.Id)
        );

    private Task<bool> MarkAsync(Alarm alarm, DateTimeOffset? next, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                return scope
                        .Db.Set<Alarm>()
                        .Where(a => a.Id == alarm.Id && a.MailAt != null && a.MailTries == alarm.MailTries)
                        .ExecuteUpdate(set =>
                            set.SetProperty(a => a.MailAt, next).SetProperty(a => a.MailTries, alarm.MailTries + 1)
                        ) == 1;
            },
            token
        );

    private Task DoneAsync(Alarm alarm, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<Alarm>()
                    .Where(a => a.Id == alarm.Id && a.MailTries == alarm.MailTries + 1)
                    .ExecuteUpdate(set => set.SetProperty(a => a.MailAt, (DateTimeOffset?)null));
            },
            token
        );

    [LoggerMessage(Level = LogLevel.Warning, Message = "The mail of alarm {Id} was not taken: {Code}")]
    private partial void NotTaken(Guid id, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alarms were not mailed; the next round tries again")]
    private partial void RoundFailed(Exception failure);
}

/// <summary>To whom alarms are mailed, and what they say of the portal.</summary>
public sealed record AlarmMailSettings
{
    /// <summary>Addresses; none: nobody is mailed.</summary>
    public required IReadOnlyList<string> To { get; init; }
    public required string From { get; init; }

    /// <summary>The address of an alarm's page; known only when the server listens.</summary>
    public required Func<Guid, string> Page { get; init; }
}
