using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>
/// Pushes security events (RFC 8935) to the registered address and no other, at once and then again and again. The next try stands in the row before
/// one begins: a crash sends an event twice under the same <c>jti</c>, and loses none.
/// </summary>
public sealed partial class SecurityEventSender(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    SecurityEventTokens tokens,
    EventAddresses addresses,
    ServiceSettings settings,
    CommittedEvents committed,
    TimeProvider time,
    ILogger<SecurityEventSender> log
) : BackgroundLoop
{
    private const int MostOfOne = 20;
    private const int AtOnce = 16;

    // A service that hangs must not keep the others waiting.
    private static readonly TimeSpan LongestPush = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(10);
    private static readonly int[] BackOffSeconds = [10, 60, 300, 900, 3600];

    /// <summary>Tries every event that is due: of each service until it fails to take one.</summary>
    /// <returns>Whether some are due still.</returns>
    public async Task<bool> SendDueAsync(CancellationToken token = default)
    {
        List<Recipient> due;
        await using (var db = await databases.CreateDbContextAsync(token))
            due = await Due(db)
                .Select(e => new Recipient(e.Audience == null ? e.ServiceId : null, e.DataSetId))
                .Distinct()
                .ToListAsync(token);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = token };
        var more = false;
        await Parallel.ForEachAsync(
            due,
            options,
            async (one, stop) =>
            {
                if (await SendToAsync(one, stop))
                    Volatile.Write(ref more, true);
            }
        );
        return more;
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        var woken = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );
        using var listening = committed.Listen(happened =>
        {
            if (
                happened.Kind
                is EventKinds.ServiceHandedOver
                    or EventKinds.ConsentWithdrawn
                    or EventKinds.ServiceAskedToDelete
                    or EventKinds.ServiceOverdue
                    or EventKinds.StandingPaused
                    or EventKinds.StandingResumed
                    or EventKinds.StandingStruck
                    or EventKinds.StandingEnded
                    or EventKinds.MemberEnded
            )
                woken.Writer.TryWrite(true);
        });
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await SendDueAsync(stopping))
                    continue;
            }
            // The database may be away for a while; the outbox must outlive that.
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RoundFailed(failure);
            }
            await RestAsync(woken.Reader, stopping);
        }
    }

    private IQueryable<SecurityEvent> Due(MyDataDb db)
    {
        var now = time.GetUtcNow();
        return db.Set<SecurityEvent>().Where(e => e.State == SecurityEventState.Waiting && e.NextAttemptAt <= now);
    }

    private async Task<bool> SendToAsync(Recipient to, CancellationToken token)
    {
        List<SecurityEvent> due;
        await using (var db = await databases.CreateDbContextAsync(token))
            due = await Due(db)
                .Where(e => e.DataSetId == to.DataSet && (to.DataSet != null || e.ServiceId == to.Service))
                .OrderBy(e => e.Id)
                .Take(MostOfOne)
                .ToListAsync(token);
        var address = await addresses.FindAsync(to, token);
        var began = time.GetTimestamp();
        foreach (var one in due)
        {
            if (!await TryAsync(one, address, token))
                return false;
            // Also one that takes each, but slowly, has its turn and no more.
            if (time.GetElapsedTime(began) > LongestTurn)
                return true;
        }
        return due.Count == MostOfOne;
    }

    private async Task RestAsync(ChannelReader<bool> woken, CancellationToken stopping)
    {
        using var alarm = new CancellationTokenSource(LongestRest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, stopping);
        try
        {
            await woken.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The alarm rang: something may be due.
        }
    }

    /// <returns>Whether the next one may be tried.</returns>
    private async Task<bool> TryAsync(SecurityEvent one, Uri? address, CancellationToken token)
    {
        var next =
            time.GetUtcNow() + TimeSpan.FromSeconds(BackOffSeconds[Math.Min(one.Attempts, BackOffSeconds.Length - 1)]);
        // Nowhere to push it: its service asks for it. What nobody takes is pushed no more after a while.
        var over = address is null || next > one.CreatedAt + settings.EventLife;
        if (!await ClaimAsync(one, over ? null : next, token) || address is null)
            return true;
        var failure = await PushAsync(one, address, token);
        if (failure is not null)
            NotTaken(one.Id, one.Audience ?? one.ServiceId, one.Attempts + 1, failure);
        // Written down even while the portal stops: what was taken should not be sent again.
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                if (failure is null)
                    SecurityEventTokens.Take(scope, one);
                else if (failure == ServiceCodes.EventRefused)
                    SecurityEventTokens.Refuse(scope, one, final: false);
                else
                    // That it was said to be wrong stands until it is taken.
                    Waiting(scope, one)
                        .Where(e => e.Failure != ServiceCodes.EventRefused)
                        .ExecuteUpdate(set => set.SetProperty(e => e.Failure, failure));
            },
            CancellationToken.None
        );
        return failure is null;
    }

    /// <returns>Null where it was taken, or the stable code of why not.</returns>
    private async Task<string?> PushAsync(SecurityEvent one, Uri address, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(LongestPush);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(tokens.Sign(one)))
            {
                Headers = { ContentType = new MediaTypeHeaderValue($"application/{SecurityEventTokens.Type}") },
            };
            var status = await addresses.Http.SendAsync(
                request,
                (answer, _) => Task.FromResult(answer.StatusCode),
                limit.Token
            );
            // RFC 8935 §2.2: nothing else says that it was taken.
            return status == HttpStatusCode.Accepted ? null : ServiceCodes.EventNotTaken;
        }
        // RFC 8935 §2.3.
        catch (TransferException wrong) when (wrong.Status == HttpStatusCode.BadRequest)
        {
            return ServiceCodes.EventRefused;
        }
        catch (TransferException failed)
        {
            return failed.Code;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return TransferCodes.Timeout;
        }
    }

    private Task<bool> ClaimAsync(SecurityEvent one, DateTimeOffset? next, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                return Waiting(scope, one)
                        .Where(e => e.Attempts == one.Attempts)
                        .ExecuteUpdate(set =>
                            set.SetProperty(e => e.Attempts, one.Attempts + 1).SetProperty(e => e.NextAttemptAt, next)
                        ) == 1;
            },
            token
        );

    private static IQueryable<SecurityEvent> Waiting(WriteScope scope, SecurityEvent one) =>
        scope.Db.Set<SecurityEvent>().Where(e => e.Id == one.Id && e.State == SecurityEventState.Waiting);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Security event {Id} was not taken by {Recipient} at attempt {Attempt}: {Code}"
    )]
    private partial void NotTaken(Guid id, string recipient, int attempt, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Security events were not sent; the next round tries again")]
    private partial void RoundFailed(Exception failure);
}

/// <summary>Who is told: a service, or the agency of a data set.</summary>
internal sealed record Recipient(string? Service, string? DataSet);

/// <summary>Where a service, or an agency, is told of events, and the way there.</summary>
public sealed class EventAddresses(
    OnlineServices services,
    Catalogue catalogue,
    IProviderAddresses addresses,
    ProviderHttp http
)
{
    internal ProviderHttp Http => http;

    /// <summary>The registered address, also of a service that is listed no more; null where it has none that may be called.</summary>
    internal async Task<Uri?> FindAsync(Recipient to, CancellationToken token)
    {
        try
        {
            return await UrlAsync(to, token) is { } url ? addresses.Resolve(url) : null;
        }
        catch (CatalogueException)
        {
            return null;
        }
    }

    private async Task<string?> UrlAsync(Recipient to, CancellationToken token) =>
        to.DataSet is not { } dataSet ? (await services.FindAnyAsync(to.Service!, token))?.EventUrl
        : await catalogue.FindAsync(dataSet, token) is { Listing: { HandOvers: true } listing }
            ? $"{listing.Endpoint.TrimEnd('/')}/handovers"
        : null;
}
