using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Ledger;
using MyData.Core.OpenId;

namespace MyData.Core.Transfers;

/// <summary>One round with a provider: may it be asked, ask, and take the arrow that its answer means.</summary>
public sealed class TransferCall(
    IDbContextFactory<MyDataDb> databases,
    Consents consents,
    Catalogue catalog,
    ProviderDirectory providers,
    TransferSteps steps,
    TransferQueue queue,
    IReleaseGate gate,
    ICallerRoster roster,
    TimeProvider time,
    ILogger<TransferCall> log
)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly Func<MyDataDb, Guid, CancellationToken, Task<Transfer?>> _byId = EF.CompileAsyncQuery(
        (MyDataDb db, Guid id, CancellationToken _) => db.Set<Transfer>().FirstOrDefault(t => t.Id == id)
    );

    // Broken off because nothing could be written, which this may not have been able to say in the table either.
    private readonly ConcurrentDictionary<Guid, bool> _brokenOff = new();
    private readonly ConcurrentDictionary<string, FairRoom> _rooms = new(StringComparer.Ordinal);

    /// <summary>Never throws: whatever goes wrong ends this transfer with a code, and no other.</summary>
    public async Task RunAsync(Guid transferId, CancellationToken stopping)
    {
        var call = queue.Begin(transferId, stopping);
        try
        {
            await CallAsync(transferId, call.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server is stopping: the next start asks again.
        }
        catch (OperationCanceledException) when (call.IsCancellationRequested)
        {
            await FailAsync(transferId, new TransferException(TransferCodes.Stopped, "She wants it no more."));
        }
        catch (LedgerException failure) when (Writing.IsUnavailable(failure))
        {
            _brokenOff[transferId] = true;
            queue.Add(transferId, time.GetUtcNow() + Again);
        }
        catch (Exception failure)
        {
            await FailAsync(transferId, failure);
        }
        finally
        {
            queue.End(call);
        }
    }

    private async Task CallAsync(Guid transferId, CancellationToken token)
    {
        if (_brokenOff.ContainsKey(transferId))
        {
            await steps.BreakOffAsync(transferId, token);
            _brokenOff.TryRemove(transferId, out _);
        }
        var transfer = await FindAsync(transferId, token);
        if (transfer is not { State: TransferState.Requested or TransferState.Preparing })
            return;
        var room = _rooms.GetOrAdd(transfer.ProviderId, _ => new FairRoom(providers.Settings.CallsPerProvider));
        using var place = await room.EnterAsync(transfer.CitizenId, token);
        var consent =
            await consents.FindAsync(transfer.CitizenId, transfer.ConsentId, token)
            ?? throw new TransferException(TransferCodes.Platform, "The consent is missing.");
        var item =
            consents.Items(consent).FirstOrDefault(item => item.DataSet == transfer.DataSetId)
            ?? throw new TransferException(TransferCodes.Platform, "The consent is to other data.");
        var view = await JudgeAsync(transfer, item, token);
        await InRoomAsync(transfer, consent, item, view, token);
    }

    // Right before the call and not at consent alone: the owner may have changed it since, also while this waited for room
    // (security.md A3, R14).
    private async Task<DataSetView> JudgeAsync(Transfer transfer, ConsentItem item, CancellationToken token)
    {
        if (await catalog.FindAsync(transfer.DataSetId, token) is not { Listed: true } listed)
            throw new TransferException(TransferCodes.Delisted, "The data set is no longer listed.");
        if (!IsAgreed(listed, transfer, item))
            throw new TransferException(TransferCodes.Changed, "The data set is no longer the one she agreed to.");
        if (!listed.Listing.Suffices(transfer.Level, transfer.Methods))
            throw new TransferException(
                listed.Listing.Accepts(transfer.Methods) ? TransferCodes.LevelTooLow : TransferCodes.MethodRefused,
                "The data set asks for another proof of identity."
            );
        return listed;
    }

    /// <summary>Whether it is still what she agreed to: the same agency, fields and sealing.</summary>
    private static bool IsAgreed(DataSetView listed, Transfer transfer, ConsentItem item) =>
        listed.Provider.Id == transfer.ProviderId
        && listed.Listing.SchemaVersion == transfer.SchemaVersion
        && (item.Wire ?? listed.Listing.Wire) == listed.Listing.Wire;

    private async Task InRoomAsync(
        Transfer transfer,
        ConsentRecord consent,
        ConsentItem item,
        DataSetView view,
        CancellationToken token
    )
    {
        var wire = providers.WireFor(view.Listing.Wire);
        var call = new ProviderCall
        {
            Transfer = transfer,
            Consent = consent,
            Item = item,
            DataSet = view.Listing,
            Provider = view.Provider,
            Endpoint = providers.Resolve(view.Listing.Endpoint),
            Token = wire.PrepareToken(TokenFor(transfer, view)),
        };
        var request = wire.Write(call);
        var expected = new ExpectedSide(
            view.Provider.ClientId,
            item.Fields,
            view.SealedByProvider,
            Reports: await roster.SinceAsync(view.Provider.ClientId, token) is not null
        );
        if (!await steps.BeginAsync(transfer.Id, call.Token, SHA256.HashData(request), expected, token))
            return;
        transfer.Round++;
        await gate.PassAsync(token);
        await TakeAsync(transfer, await wire.CallAsync(call, request, token), token);
    }

    private async Task TakeAsync(Transfer transfer, ProviderAnswer answer, CancellationToken token)
    {
        switch (answer)
        {
            case ProviderAnswer.Sealed package:
                if (await steps.ReadyAsync(transfer.Id, package, token))
                    providers.Sample(transfer, succeeded: true);
                break;
            case ProviderAnswer.Empty:
                if (await steps.EmptyAsync(transfer.Id, token))
                    providers.Sample(transfer, succeeded: true);
                break;
            case ProviderAnswer.Preparing preparing:
                var next = providers.NextAttempt(transfer, preparing.RetryAfter);
                await steps.PreparingAsync(transfer.Id, next, token);
                queue.Add(transfer.Id, next);
                break;
        }
    }

    private async Task FailAsync(Guid transferId, Exception failure)
    {
        var code = failure switch
        {
            TransferException known => known.Code,
            EncryptionException known => known.Code,
            _ => TransferCodes.Platform,
        };
        if (code == TransferCodes.Platform)
            log.LogError(failure, "Transfer {Transfer} failed: {Code}", transferId, code);
        else
            log.LogWarning("Transfer {Transfer} failed: {Code}", transferId, code);
        try
        {
            var failed = await steps.FailAsync(transferId, code, CancellationToken.None);
            // That she wants it no more, before or by this, says nothing of the provider.
            if (
                failed
                && code != TransferCodes.Stopped
                && await FindAsync(transferId, CancellationToken.None) is { } transfer
            )
                providers.Sample(transfer, succeeded: false);
        }
        catch (Exception lost)
        {
            // The row stays in Calling; the next start asks again, or the deadline ends it.
            log.LogError(lost, "Transfer {Transfer} could not be ended", transferId);
        }
    }

    private async Task<Transfer?> FindAsync(Guid transferId, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await _byId(db, transferId, token);
    }

    private static TokenRequest TokenFor(Transfer transfer, DataSetView view) =>
        new()
        {
            TransferId = transfer.Id,
            ConsentId = transfer.ConsentId,
            CitizenId = transfer.CitizenId,
            DataSetId = transfer.DataSetId,
            Audience = view.Provider.ClientId,
            Level = transfer.Level,
            Methods = transfer.Methods,
            AuthTime = transfer.AuthTime,
        };
}
