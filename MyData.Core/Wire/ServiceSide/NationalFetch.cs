using System.Net;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Notifications;
using MyData.Core.OpenId;
using MyData.Core.Services;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>The answer to a fetch.</summary>
/// <param name="Status">as protocols.md B2 has them; 200: the delivery goes out</param>
/// <param name="Code">the stable code of a refusal</param>
/// <param name="RetryAfter">with 429</param>
public sealed record FetchAnswer(
    int Status,
    string? Code = null,
    WireDelivery? Delivery = null,
    TimeSpan? RetryAfter = null
);

/// <summary>
/// <c>GET /service/data</c>: whoever shows the ticket, from an address on the service's list, after its 200. The record of it is durable before the first
/// byte leaves; the key is wiped when the last one has.
/// </summary>
public sealed class NationalFetch(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    OnlineServices services,
    SpApiSender sender,
    ServiceRefusals refusals,
    IReleaseGate gate,
    INotices notices,
    WireSettings settings
)
{
    /// <param name="ticket">the header, as it came; null: none</param>
    /// <param name="from">the caller's address</param>
    public async Task<FetchAnswer> BeginAsync(string? ticket, IPAddress? from, CancellationToken token = default)
    {
        if (!Guid.TryParseExact(ticket, "D", out var id))
            return new(400, WireCodes.TicketForm);
        var hash = TransferTokens.HashOf(id.ToString("D"));
        WireDelivery? delivery;
        await using (var db = await databases.CreateDbContextAsync(token))
            delivery = await db.Set<WireDelivery>().FirstOrDefaultAsync(d => d.TicketHash == hash, token);
        if (delivery is null)
            return new(401, WireCodes.Ticket);
        var service = await services.FindAsync(delivery.ServiceId, token);
        if (service?.National is not { } client || !IsListed(client, from))
            return await RefuseAsync(delivery, new(403, WireCodes.Address), token);
        if (delivery.Upload is null)
            return new(504, WireCodes.Ended);
        return delivery.State switch
        {
            WireState.Waiting when sender.HasAnswered(delivery.Id) => Busy(),
            WireState.Waiting => await RefuseAsync(delivery, new(403, WireCodes.TooEarly), token),
            WireState.Taken => await LeaseAsync(delivery, service.Retention, token),
            WireState.Fetched => new(settings.SecondFetch, WireCodes.Fetched),
            _ => Over(delivery.Failure),
        };
    }

    /// <summary>The whole has gone out: ticket, key, file and the packages on the relay are gone with this write.</summary>
    public Task FinishAsync(WireDelivery delivery) =>
        // Also where the portal stops: she should not read for ever that it is under way.
        FinishAsync(delivery, CancellationToken.None);

    private async Task FinishAsync(WireDelivery delivery, CancellationToken token)
    {
        var service = await services.FindAnyAsync(delivery.ServiceId, token);
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var row = scope.Db.Set<WireDelivery>().Where(d => d.Id == delivery.Id && d.State == WireState.Taken);
                if (NationalRequests.Finish(scope, delivery.Id) is not { } request)
                    return;
                WireFollower.End(scope, row, WireState.Fetched, failure: null);
                WireUploads.Drop(scope, delivery.Id);
                notices.Queue(
                    scope,
                    delivery.CitizenId,
                    NoticeKinds.ServiceTook,
                    new
                    {
                        when = scope.Now,
                        service = service?.Name,
                        consent = request.ConsentId,
                    }
                );
            },
            token
        );
    }

    /// <summary>It broke off: the service may come again.</summary>
    public Task ReleaseAsync(WireDelivery delivery) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<WireDelivery>()
                    .Where(d => d.Id == delivery.Id && d.State == WireState.Taken)
                    .ExecuteUpdate(set => set.SetProperty(d => d.LeasedUntil, (DateTimeOffset?)null));
            },
            CancellationToken.None
        );

    private async Task<FetchAnswer> LeaseAsync(WireDelivery delivery, TimeSpan retention, CancellationToken token)
    {
        var answer = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var free = scope
                    .Db.Set<WireDelivery>()
                    .Where(d => d.Id == delivery.Id && d.State == WireState.Taken)
                    .Where(d => d.LeasedUntil == null || d.LeasedUntil <= scope.Now);
                if (!free.Any())
                    return Busy();
                if (OverdueDeletions.IsSuspended(scope.Db, delivery.ServiceId, scope.Now))
                    return new(403, ServiceCodes.Suspended);
                if (!NationalRequests.Fetched(scope, delivery.Id, retention))
                    return Over(ServiceCodes.Expired);
                free.ExecuteUpdate(set =>
                    set.SetProperty(d => d.LeasedUntil, (DateTimeOffset?)(scope.Now + settings.LongestFetch))
                );
                return new FetchAnswer(200, Delivery: delivery);
            },
            token
        );
        if (answer.Status != 200)
            return answer;
        try
        {
            await gate.PassAsync(token);
            return answer;
        }
        catch
        {
            // Nothing left, so it may come again at once.
            await ReleaseAsync(delivery);
            throw;
        }
    }

    // Of hers she hears, as of any other try of a service; of a ticket that nobody has nobody does.
    private async Task<FetchAnswer> RefuseAsync(WireDelivery delivery, FetchAnswer answer, CancellationToken token)
    {
        if (delivery.State is WireState.Waiting or WireState.Taken && delivery.Upload is not null)
            await writer.WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    if (ServiceRequests.Find(scope, delivery.Id) is { } request)
                        refusals.Tell(scope, delivery.ServiceId, request, answer.Code!);
                },
                token
            );
        return answer;
    }

    private FetchAnswer Busy() => new(429, WireCodes.Busy, RetryAfter: settings.RetryAfter);

    private static FetchAnswer Over(string? why) =>
        why is ServiceCodes.Expired or ServiceCodes.CodeExpired or ServiceCodes.PackageGone
            ? new(408, WireCodes.TicketOver)
            : new(403, WireCodes.Ended);

    private static bool IsListed(NationalClient client, IPAddress? from)
    {
        if (from is null)
            return false;
        var address = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        return client.Addresses.Any(one =>
            IPAddress.TryParse(one, out var single)
                ? single.Equals(address)
                : IPNetwork.TryParse(one, out var range) && range.Contains(address)
        );
    }
}
