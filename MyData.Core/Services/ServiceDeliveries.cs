using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>A token and the key that has just proved to be its own.</summary>
public sealed record TokenUse(string Token, ProvenKey Key);

/// <summary>A package as the service gets it: the cipher text that she saw, behind a head with the service's entry alone.</summary>
public sealed record ServicePackage(Transfer Transfer, string Head);

/// <summary>
/// The service fetches each package by its token (protocols.md A5): complete until acknowledged, then gone. The record of it is durable
/// before the first byte leaves.
/// </summary>
public sealed class ServiceDeliveries(
    ServiceRequests requests,
    HandOvers handOvers,
    DeliveryReceipts receipts,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    IReleaseGate gate,
    DeliveryNotices notices,
    StandingEnds standings,
    ServiceSettings settings
)
{
    private readonly Func<MyDataDb, string, CancellationToken, Task<ServiceRequest?>> _byToken = EF.CompileAsyncQuery(
        (MyDataDb db, string hash, CancellationToken _) =>
            db.Set<ServiceRequest>().FirstOrDefault(r => r.TokenHash == hash)
    );

    private readonly Func<MyDataDb, Guid, Guid, CancellationToken, Task<ServiceItem?>> _item = EF.CompileAsyncQuery(
        (MyDataDb db, Guid request, Guid transfer, CancellationToken _) =>
            db.Set<ServiceItem>().FirstOrDefault(i => i.RequestId == request && i.TransferId == transfer)
    );

    /// <exception cref="OpenIdException">invalid_token, invalid_dpop_proof.</exception>
    /// <exception cref="ServiceException">service.received, service.package_gone, service.suspended; of a standing consent: why nothing comes.</exception>
    /// <exception cref="NotReadyException">Of a standing consent: its agency is at work.</exception>
    public async Task<ServicePackage> FetchAsync(TokenUse use, Guid transferId, CancellationToken token = default)
    {
        var (view, item) = await FindAsync(use, transferId, token);
        if (item.Failure is { } failure)
            throw new ServiceException(failure);
        var (transfer, head) = await PackageAsync(view.Request, item, token);
        var refused = await writer.WriteAsync(scope => Fetched(scope, use, view, item, transfer), token);
        if (refused is not null)
            throw refused;
        await gate.PassAsync(token);
        return new(transfer, head);
    }

    private async Task<string?> FailureAsync(ServiceItem item, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<ServiceItem>()
            .Where(i => i.RequestId == item.RequestId && i.TransferId == item.TransferId)
            .Select(i => i.Failure)
            .FirstOrDefaultAsync(token);
    }

    private async Task<(Transfer Transfer, string Head)> PackageAsync(
        ServiceRequest request,
        ServiceItem item,
        CancellationToken token
    )
    {
        var direct = request.FetchOfId is not null && item.ReceivedAt is null;
        // First whether it waits, then whether it is there: in between it may only have come.
        if (direct && await handOvers.WaitAsync(item.TransferId, token) is { } wait)
            throw new NotReadyException(wait);
        var ready = await handOvers.FindAsync([item.TransferId], token);
        if (direct)
            // Its agency sealed it for the service alone.
            return ready is [var whole]
                ? (whole, whole.Head!)
                : throw new ServiceException(await FailureAsync(item, token) ?? ServiceCodes.PackageGone);
        if (item.Entry is not { } entry || ready is not [var handed])
            throw new ServiceException(item.ReceivedAt is null ? ServiceCodes.PackageGone : ServiceCodes.Received);
        return (handed, Encoding.UTF8.GetString(SealedPackageHead.ForRecipient(handed.Head!, entry).Raw.Span));
    }

    /// <summary>The service signs that it has it: nothing is kept here any more. The same receipt again changes nothing.</summary>
    /// <exception cref="OpenIdException">invalid_token, invalid_dpop_proof, invalid_request with service.receipt.</exception>
    /// <exception cref="ServiceException">service.received: with another receipt.</exception>
    public async Task ReceiveAsync(TokenUse use, Guid transferId, string receipt, CancellationToken token = default)
    {
        var (view, item) = await FindAsync(use, transferId, token);
        if (item.ReceivedAt is not null)
            throw new ServiceException(ServiceCodes.Received);
        if (await handOvers.FindAsync([transferId], token) is not [{ SealDigest: { } seal }])
            throw new ServiceException(ServiceCodes.PackageGone);
        var (said, deleteBy) = await receipts.CheckAsync(view, transferId, receipt, token);
        if (said != seal)
        {
            await writer.WriteAsync(scope => Differs(scope, use, view, item, said), token);
            throw OpenIdException.InvalidRequest("The receipt is not taken: seal.", ServiceCodes.Receipt);
        }
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes(receipt));
        var refused = await writer.WriteAsync(
            scope => Received(scope, use, view, item, seal, receipt, deleteBy, digest),
            token
        );
        if (refused is not null)
            throw refused;
        await gate.PassAsync(token);
    }

    /// <summary>Her packages of a request, also those that are gone.</summary>
    public async Task<IReadOnlyList<ServiceItem>> ItemsAsync(Guid requestId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<ServiceItem>()
            .Where(item => item.RequestId == requestId)
            .OrderBy(item => item.TransferId)
            .ToListAsync(token);
    }

    private async Task<(RequestView View, ServiceItem Item)> FindAsync(
        TokenUse use,
        Guid transferId,
        CancellationToken token
    )
    {
        var hash = TransferTokens.HashOf(use.Token);
        await using var db = await databases.CreateDbContextAsync(token);
        var row = await _byToken(db, hash, token);
        if (row is null || row.KeyThumbprint != use.Key.Thumbprint || !IsAlive(row))
            throw Dead();
        var item = await _item(db, row.Id, transferId, token);
        var view = await requests.ViewAsync(row, token);
        return view is null || item is null ? throw Dead() : (view, item);
    }

    // A token that has done all that it was for still says so.
    private bool IsAlive(ServiceRequest row) =>
        row.State == RequestState.Received
        || row is { State: RequestState.Ended, Code: ServiceCodes.NotFetched, FetchOfId: not null }
        || (row.State == RequestState.Granted && !requests.IsOver(row));

    private Exception? Fetched(WriteScope scope, TokenUse use, RequestView view, ServiceItem item, Transfer transfer)
    {
        scope.Bookkeeping();
        if (!UsedAssertion.UseUp(scope, use.Key.Proof))
            return Replayed();
        if (ServiceRequests.Find(scope, view.Request.Id) is not { State: RequestState.Granted } row)
            return Dead();
        if (OverdueDeletions.IsSuspended(scope.Db, row.ServiceId, scope.Now))
            return new ServiceException(ServiceCodes.Suspended);
        if (IsOfOtherTerms(scope, view, row, item))
            return new ServiceException(StandingCodes.Changed);
        var its = scope.Db.Set<ServiceItem>().Where(i => i.RequestId == row.Id && i.TransferId == item.TransferId);
        if (its.Any(i => i.DeletedAt != null || i.Failure != null))
            return new ServiceException(ServiceCodes.PackageGone);
        var first = its.Where(i => i.FetchedAt == null)
            // It has it now, whether it will sign for it or not.
            .ExecuteUpdate(set =>
                set.SetProperty(i => i.FetchedAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(i => i.Seal, transfer.SealDigest)
                    .SetProperty(
                        i => i.DueAt,
                        (DateTimeOffset?)(scope.Now + view.Content.Retention + settings.ReceiptTime)
                    )
            );
        if (first != 1)
            return null;
        scope.Raise(
            ServiceEvents.Happened(
                EventKinds.ServiceFetched,
                ServiceEvents.Of(row.ServiceId),
                row,
                item: item,
                seal: transfer.SealDigest
            )
        );
        notices.Fetched(scope, row, view.Service.Name, item.TransferId);
        return null;
    }

    // It signs for something else than it was sent: nothing ends by that, and both sides of it are shown.
    private void Differs(WriteScope scope, TokenUse use, RequestView view, ServiceItem item, string said)
    {
        scope.Bookkeeping();
        var row = ServiceRequests.Find(scope, view.Request.Id);
        if (UsedAssertion.UseUp(scope, use.Key.Proof) && row?.State == RequestState.Granted)
            ServiceRefusals.Tell(
                scope,
                row.ServiceId,
                row,
                ServiceCodes.Receipt,
                settings.MostRefusalsTold,
                item,
                said
            );
    }

    /// <summary>A fetch by a standing consent, and the terms are not those that she agreed to: it ends here.</summary>
    private bool IsOfOtherTerms(WriteScope scope, RequestView view, ServiceRequest row, ServiceItem item)
    {
        if (row.FetchOfId is not { } root || StandingEnds.Find(scope, root) is not { } standing)
            return false;
        if (!StandingTerms.AreOthers(standing, view.Service, view.Content, [item.DataSetId]))
            return false;
        standings.End(scope, standing, view.Service.Name, StandingCodes.Changed, ServiceEvents.Platform);
        return true;
    }

    private Exception? Received(
        WriteScope scope,
        TokenUse use,
        RequestView view,
        ServiceItem item,
        string seal,
        string receipt,
        DateTimeOffset deleteBy,
        byte[] digest
    )
    {
        scope.Bookkeeping();
        if (!UsedAssertion.UseUp(scope, use.Key.Proof))
            return Replayed();
        if (ServiceRequests.Find(scope, view.Request.Id) is not { State: RequestState.Granted } row)
            return Dead();
        var changed = scope
            .Db.Set<ServiceItem>()
            .Where(i => i.RequestId == row.Id && i.TransferId == item.TransferId && i.ReceivedAt == null)
            // Who signs for what it never fetched signs for nothing.
            .Where(i => i.FetchedAt != null && i.DeletedAt == null)
            .ExecuteUpdate(set =>
                set.SetProperty(i => i.ReceivedAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(i => i.Receipt, receipt)
                    .SetProperty(i => i.DeleteBy, (DateTimeOffset?)deleteBy)
                    .SetProperty(i => i.DueAt, (DateTimeOffset?)(deleteBy + settings.ReceiptTime))
                    .SetProperty(i => i.Entry, (string?)null)
            );
        if (changed != 1)
            return new ServiceException(ServiceCodes.Received);
        scope.Raise(
            ServiceEvents.Happened(
                EventKinds.ServiceReceived,
                ServiceEvents.Of(row.ServiceId),
                row,
                item: item,
                seal: seal,
                deleteBy: deleteBy,
                answer: digest
            )
        );
        if (Finish(scope, row.Id))
            notices.Received(scope, row, view.Service.Name);
        HandOvers.End(scope, item.TransferId);
        return null;
    }

    /// <summary>Nothing is left to fetch: each package is signed for, deleted already, or does not come. False where something is, or it was over.</summary>
    internal static bool Finish(WriteScope scope, Guid requestId) =>
        !scope
            .Db.Set<ServiceItem>()
            .Any(i => i.RequestId == requestId && i.ReceivedAt == null && i.DeletedAt == null && i.Failure == null)
        && scope
            .Db.Set<ServiceRequest>()
            .Where(r => r.Id == requestId && r.State == RequestState.Granted)
            .ExecuteUpdate(set =>
                set.SetProperty(r => r.State, RequestState.Received)
                    .SetProperty(r => r.EndedAt, (DateTimeOffset?)scope.Now)
            ) == 1;

    private static OpenIdException Dead() =>
        new("invalid_token", 401, "The token is not good for this.", ServiceCodes.Token);

    private static OpenIdException Replayed() =>
        OpenIdException.InvalidProof("The proof was used before.", DpopProofs.ReplayedCode);
}
