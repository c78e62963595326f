using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Services;
using MyData.Core.Transfers;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>
/// Posts ticket and key to the registered SP-API and no other (protocols.md B2): at once, then after 60, 300 and 900 s. The next try stands in the row
/// before one begins: a crash tells a service twice of the same ticket, and loses none.
/// </summary>
public sealed partial class SpApiSender(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    OnlineServices services,
    IProviderAddresses addresses,
    ProviderHttp http,
    PersonalDataVault vault,
    ServiceRefusals refusals,
    WireSettings settings,
    TimeProvider time,
    ILogger<SpApiSender> log
) : BackgroundLoop
{
    private const int MostOfOne = 20;
    private const int AtOnce = 16;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Short = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly IReadOnlyList<int> _retries = settings.Retries;

    // Between a service's 200 and the commit that says so: it may come at once.
    private readonly ConcurrentDictionary<Guid, bool> _answered = new();

    /// <summary>It has answered 200, and that is being written down.</summary>
    public bool HasAnswered(Guid deliveryId) => _answered.ContainsKey(deliveryId);

    /// <summary>The first try of one, while she waits; where another round has it already nothing is done.</summary>
    public async Task TellAsync(Guid requestId)
    {
        WireDelivery? row;
        await using (var db = await databases.CreateDbContextAsync())
            row = await db.Set<WireDelivery>().FirstOrDefaultAsync(d => d.Id == requestId && d.Attempts == 0);
        // Whether she stays or goes: what was begun is written down.
        if (row is not null)
            await TryAsync(row, CancellationToken.None);
    }

    /// <summary>Tries all that is due: of each service until it fails to take one.</summary>
    public async Task SendDueAsync(CancellationToken token = default)
    {
        List<WireDelivery> due;
        await using (var db = await databases.CreateDbContextAsync(token))
        {
            var now = time.GetUtcNow();
            due = await db.Set<WireDelivery>()
                .Where(d => d.State == WireState.Waiting && d.NextAttemptAt <= now)
                .OrderBy(d => d.NextAttemptAt)
                .Take(MostOfOne * AtOnce)
                .ToListAsync(token);
        }
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = token };
        await Parallel.ForEachAsync(
            due.GroupBy(d => d.ServiceId),
            options,
            async (ofOne, stop) =>
            {
                foreach (var one in ofOne.Take(MostOfOne))
                    if (!await TryAsync(one, stop))
                        return;
            }
        );
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
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

    /// <returns>Whether the service's next one may be tried.</returns>
    private async Task<bool> TryAsync(WireDelivery one, CancellationToken token)
    {
        // The last try was cut off by a crash, and its time is over.
        if (one.Attempts > _retries.Count)
        {
            await GiveUpAsync(one, WireCodes.SpApi);
            return true;
        }
        if (!await ClaimAsync(one, token))
            return true;
        var service = await services.FindAnyAsync(one.ServiceId, token);
        var failure =
            service?.National is not { } client ? WireCodes.Client
            // What it was to have it is not given; that there is nothing it may hear.
            : one.Upload is not null && await IsSuspendedAsync(one, token) ? ServiceCodes.Suspended
            : await PostAsync(one, client, token);
        try
        {
            if (failure is null)
                await TakenAsync(one);
            else if (one.Attempts == _retries.Count)
                await GiveUpAsync(one, failure);
            else
                await FailedAsync(one, failure);
        }
        finally
        {
            _answered.TryRemove(one.Id, out _);
        }
        if (failure is not null)
            NotTaken(one.Id, one.ServiceId, one.Attempts + 1, failure);
        // It was not asked: the next one may be what it may hear.
        return failure is null or ServiceCodes.Suspended;
    }

    private Task<bool> ClaimAsync(WireDelivery one, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var wait =
                    one.Attempts < _retries.Count
                        ? TimeSpan.FromSeconds(_retries[one.Attempts])
                        : settings.LongestCall + WireSettings.Slack;
                return Waiting(scope, one)
                        .Where(d => d.Attempts == one.Attempts)
                        .ExecuteUpdate(set =>
                            set.SetProperty(d => d.Attempts, one.Attempts + 1)
                                .SetProperty(d => d.NextAttemptAt, (DateTimeOffset?)(scope.Now + wait))
                        ) == 1;
            },
            token
        );

    private async Task<bool> IsSuspendedAsync(WireDelivery one, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return OverdueDeletions.IsSuspended(db, one.ServiceId, time.GetUtcNow());
    }

    /// <returns>Null where it was taken, or the stable code of why not.</returns>
    private async Task<string?> PostAsync(WireDelivery one, NationalClient client, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(settings.LongestCall);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, addresses.Resolve(client.SpApi));
            request.Content = new ByteArrayContent(BodyOf(one, client))
            {
                Headers = { ContentType = new("application/json") { CharSet = "utf-8" } },
            };
            var status = await http.SendAsync(request, (answer, _) => Task.FromResult(answer.StatusCode), limit.Token);
            if (status != HttpStatusCode.OK)
                return WireCodes.SpApi;
            _answered[one.Id] = true;
            return null;
        }
        catch (TransferException failed)
        {
            return failed.Code;
        }
        catch (CatalogueException)
        {
            return TransferCodes.Unreachable;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return TransferCodes.Timeout;
        }
    }

    private byte[] BodyOf(WireDelivery one, NationalClient client)
    {
        var text = vault.Open(one.Secret!, WireDelivery.SecretPurpose, one.Id);
        var secret = JsonSerializer.Deserialize<WireSecret>(text)!;
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                secret.TxId,
                PermissionTicket = secret.Ticket,
                SecretKey = secret.Key is { } key ? SharedSecret.Encrypt(client, key) : null,
                UnableToDeliver = secret.Unable,
            },
            Short
        );
    }

    // Written down even while the portal stops: what was taken should not be told again.
    private Task TakenAsync(WireDelivery one) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                // She may have closed her account meanwhile.
                if (!Waiting(scope, one).Any())
                    return;
                if (one.Upload is null)
                    WireFollower.End(scope, Waiting(scope, one), WireState.Ended, failure: null);
                else if (NationalRequests.Told(scope, one.Id, settings.TicketLife))
                    Waiting(scope, one)
                        .ExecuteUpdate(set =>
                            set.SetProperty(d => d.State, WireState.Taken)
                                .SetProperty(d => d.NextAttemptAt, (DateTimeOffset?)null)
                                .SetProperty(d => d.Failure, (string?)null)
                        );
            },
            CancellationToken.None
        );

    private Task FailedAsync(WireDelivery one, string failure) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                Waiting(scope, one).ExecuteUpdate(set => set.SetProperty(d => d.Failure, failure));
            },
            CancellationToken.None
        );

    private async Task GiveUpAsync(WireDelivery one, string failure)
    {
        var service = await services.FindAnyAsync(one.ServiceId);
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                // The end of the request takes key and file with it (WireFollower).
                if (
                    one.Upload is not null
                    && Waiting(scope, one).Any()
                    && ServiceRequests.Find(scope, one.Id) is { } request
                )
                    refusals.Stop(
                        scope,
                        request,
                        service?.Name,
                        failure == ServiceCodes.Suspended ? failure : WireCodes.SpApi,
                        MyData.Core.Services.ServiceEvents.Platform
                    );
                WireFollower.End(scope, Waiting(scope, one), WireState.Ended, failure);
            },
            CancellationToken.None
        );
    }

    private static IQueryable<WireDelivery> Waiting(WriteScope scope, WireDelivery one) =>
        scope.Db.Set<WireDelivery>().Where(d => d.Id == one.Id && d.State == WireState.Waiting);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The SP-API of {Service} did not take delivery {Id} at attempt {Attempt}: {Code}"
    )]
    private partial void NotTaken(Guid id, string service, int attempt, string code);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Services were not told of deliveries; the next round tries again"
    )]
    private partial void RoundFailed(Exception failure);
}
