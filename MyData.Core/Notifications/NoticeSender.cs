using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Notifications;

/// <summary>
/// Sends what the outbox holds. Each attempt is written down with the time of the next one before the mail leaves, and
/// the success after it: a crash in between sends the mail again, with the same Message-ID, and loses none.
/// </summary>
public sealed partial class NoticeSender(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    NoticeWriting writing,
    IMailTransport transport,
    CommittedEvents committed,
    TimeProvider time,
    ILogger<NoticeSender> log
) : BackgroundLoop
{
    private const int BatchSize = 50;
    private const int AtOnce = 4;
    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);
    private static readonly int[] BackOffMinutes = [1, 5, 15, 60];

    /// <summary>Tries every mail that is due, at most fifty.</summary>
    /// <returns>How many were due.</returns>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken = default) =>
        (await RoundAsync(cancellationToken)).Due;

    protected override async Task RunAsync(CancellationToken stopping)
    {
        var woken = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );
        using var listening = committed.Listen(happened =>
        {
            if (happened.Kind == EventKinds.NoticeQueued)
                woken.Writer.TryWrite(true);
        });
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var round = await RoundAsync(stopping);
                if (round.Due < BatchSize)
                    await RestAsync(round.Next, woken.Reader, stopping);
            }
            // The database may be away for a while; the outbox must outlive that.
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                LoopFailed(failure);
                await Task.Delay(TimeSpan.FromSeconds(10), time, stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>One look at the outbox: it sends what is due, and knows when the next mail will be.</summary>
    private async Task<Round> RoundAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        List<Notice> first;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            first = await db.Set<Notice>()
                .Where(n => n.Mail == MailState.Queued && n.NextAttemptAt != null)
                .OrderBy(n => n.NextAttemptAt)
                .Take(BatchSize)
                .ToListAsync(cancellationToken);
        }
        var due = first.Where(n => n.NextAttemptAt <= now).ToList();
        var times = new ConcurrentBag<DateTimeOffset?> { first.ElementAtOrDefault(due.Count)?.NextAttemptAt };
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, options, async (notice, token) => times.Add(await TryAsync(notice, token)));
        return new(due.Count, times.Min());
    }

    private async Task RestAsync(DateTimeOffset? next, ChannelReader<bool> woken, CancellationToken stopping)
    {
        var rest = next - time.GetUtcNow() is { } wait && wait < LongestRest ? wait : LongestRest;
        if (rest <= TimeSpan.Zero)
            return;
        using var alarm = new CancellationTokenSource(rest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, stopping);
        try
        {
            await woken.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The alarm rang: something is due.
        }
    }

    /// <returns>When it is tried again, if it is.</returns>
    private async Task<DateTimeOffset?> TryAsync(Notice notice, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lastMoment = notice.CreatedAt + NoticeKinds.Find(notice.Kind).UsefulFor;
        if (now > lastMoment)
        {
            await EndAsync(notice, new(MailState.Abandoned, notice.Failure ?? "mail.too-late"), cancellationToken);
            return null;
        }
        var next = now + BackOff(notice.Attempts);
        // Another loop has it; that one's attempt is over by then.
        if (!await ClaimAsync(notice, next, cancellationToken))
            return next;
        var outcome = await SendAsync(notice, cancellationToken);
        if (outcome.State == MailState.Queued && next > lastMoment)
            outcome = outcome with { State = MailState.Abandoned };
        // Written down even while the portal stops: what was sent should not be sent again.
        await EndAsync(notice, outcome, CancellationToken.None);
        return outcome.State == MailState.Queued ? next : null;
    }

    private async Task<Outcome> SendAsync(Notice notice, CancellationToken cancellationToken)
    {
        using var alarm = new CancellationTokenSource(LongestSend, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, cancellationToken);
        string? language = null;
        try
        {
            if (await writing.MailAsync(notice, either.Token) is not { } mail)
                return new(MailState.NotWanted);
            language = mail.Language;
            await transport.SendAsync(mail, either.Token);
            return new(MailState.Sent, Language: language);
        }
        catch (MailException failure) when (!cancellationToken.IsCancellationRequested)
        {
            NotTaken(notice.Id, notice.Kind, notice.Attempts + 1, failure.Code);
            return new(failure.ForGood ? MailState.Failed : MailState.Queued, failure.Code, language);
        }
        // One notice that cannot be written (a lost key, a broken parameter) must not hold up the others.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            NotWritten(notice.Id, notice.Kind, failure);
            return new(MailState.Queued, "mail.unwritable", language);
        }
    }

    // The claim is conditional, so that two loops never send one attempt twice.
    private Task<bool> ClaimAsync(Notice notice, DateTimeOffset? next, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                return Waiting(scope, notice)
                        .Where(n => n.Attempts == notice.Attempts)
                        .ExecuteUpdate(set =>
                            set.SetProperty(n => n.Attempts, notice.Attempts + 1)
                                .SetProperty(n => n.NextAttemptAt, next)
                        ) == 1;
            },
            token
        );

    private Task EndAsync(Notice notice, Outcome outcome, CancellationToken token)
    {
        var again = outcome.State == MailState.Queued;
        var parameters = again ? notice.Parameters : NoticeParameters.WithoutSecrets(notice.Parameters);
        return writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                Waiting(scope, notice)
                    .ExecuteUpdate(set =>
                        set.SetProperty(n => n.Mail, outcome.State)
                            .SetProperty(n => n.NextAttemptAt, n => again ? n.NextAttemptAt : null)
                            .SetProperty(n => n.Failure, outcome.Code)
                            .SetProperty(n => n.Language, outcome.Language)
                            .SetProperty(n => n.Parameters, parameters)
                    );
            },
            token
        );
    }

    private static IQueryable<Notice> Waiting(WriteScope scope, Notice notice) =>
        scope.Db.Set<Notice>().Where(n => n.Id == notice.Id && n.Mail == MailState.Queued);

    private static TimeSpan BackOff(int attempts) =>
        TimeSpan.FromMinutes(BackOffMinutes[Math.Min(attempts, BackOffMinutes.Length - 1)]);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Notice {Id} ({Kind}) was not taken at attempt {Attempt}: {Code}"
    )]
    private partial void NotTaken(Guid id, string kind, int attempt, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notice {Id} ({Kind}) could not be written")]
    private partial void NotWritten(Guid id, string kind, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox could not be worked through; it goes on in a moment")]
    private partial void LoopFailed(Exception failure);

    /// <summary>How many were due, and when the next will be; null: none is waiting.</summary>
    private sealed record Round(int Due, DateTimeOffset? Next);

    /// <summary>What an attempt came to; Queued: try again.</summary>
    private sealed record Outcome(MailState State, string? Code = null, string? Language = null);
}
