using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;

namespace MyData.Core.Transfers;

/// <summary>What she decided on the consent page of a download.</summary>
public sealed record DecideDownload
{
    public required ConsentDraft Consent { get; init; }
    public required AssuranceLevel Level { get; init; }
    public required string Methods { get; init; }
    public required DateTimeOffset AuthTime { get; init; }

    /// <summary>Her browser's public key; null when she refuses.</summary>
    public required Jwk? RecipientKey { get; init; }

    /// <summary>base64url(SHA-256) of the claim that her browser made with the key; null when she refuses.</summary>
    public required string? ClaimHash { get; init; }

    /// <summary>The online service that it is fetched for; null: for herself.</summary>
    public string? Service { get; init; }
}

/// <summary>Mode 1, download: the decision, "done", and what the pages show.</summary>
public sealed class Downloads(
    Consents consents,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    TransferQueue queue,
    TransferSettings settings
)
{
    private readonly Func<MyDataDb, Guid, int> _open = EF.CompileQuery(
        (MyDataDb db, Guid citizenId) =>
            db.Set<Transfer>()
                .Count(t => t.CitizenId == citizenId && t.State <= TransferState.Ready && t.ForService == null)
    );

    private readonly Func<MyDataDb, Guid, Guid, IEnumerable<Transfer>> _ready = EF.CompileQuery(
        (MyDataDb db, Guid consentId, Guid citizenId) =>
            db.Set<Transfer>()
                .Where(t => t.ConsentId == consentId && t.CitizenId == citizenId && t.State == TransferState.Ready)
                .Where(t => t.ForService == null)
    );

    // By the consent alone: asked for both, SQLite goes through all transfers that she ever had.
    private readonly Func<MyDataDb, Guid, IAsyncEnumerable<Transfer>> _ofConsent = EF.CompileAsyncQuery(
        (MyDataDb db, Guid consentId) =>
            db.Set<Transfer>()
                .AsNoTracking()
                .OrderBy(t => t.Id)
                .Where(t => t.ConsentId == consentId && t.ForService == null)
    );

    /// <summary>
    /// Stores the decision and, with a yes, one transfer for each data set that she has not, in one transaction. The same form sent twice
    /// changes nothing.
    /// </summary>
    /// <exception cref="TransferException">
    /// download.too_many: so much is under way or waiting for her already; download.too_often: she has decided that often
    /// within the hour. Nothing was stored.
    /// </exception>
    public Task<Guid> DecideAsync(DecideDownload request, CancellationToken token = default) =>
        DecideAsync(request, with: null, token);

    /// <inheritdoc cref="DecideAsync(DecideDownload, CancellationToken)"/>
    /// <param name="with">what else belongs to this decision, in its transaction; what it throws undoes all of it</param>
    internal async Task<Guid> DecideAsync(
        DecideDownload request,
        Action<WriteScope>? with,
        CancellationToken token = default
    )
    {
        var consent = consents.Prepare(request.Consent);
        var transfers = await writer.WriteAsync(
            scope =>
            {
                if (!consents.Record(scope, consent, request.Service))
                    return [];
                with?.Invoke(scope);
                return Add(scope, consent, request);
            },
            token
        );
        foreach (var transfer in transfers)
            queue.Add(transfer.Id, transfer.NextAttemptAt);
        return consent.Id;
    }

    /// <summary>"Done": what the platform still holds of this consent is deleted. True when there was something.</summary>
    public Task<bool> FinishAsync(Guid citizenId, Guid consentId, CancellationToken token = default) =>
        writer.WriteAsync(
            scope =>
            {
                var ready = _ready(scope.Db, consentId, citizenId).ToList();
                foreach (var transfer in ready)
                {
                    TransferEnd.Drop(scope, transfer, TransferState.Done);
                    scope.Raise(TransferEnd.Happened(EventKinds.TransferDone, "citizen", transfer));
                }
                return ready.Count > 0;
            },
            token
        );

    /// <summary>Her transfers of one consent, in the order of the page; empty for anybody else's.</summary>
    public async Task<IReadOnlyList<Transfer>> ListAsync(
        Guid citizenId,
        Guid consentId,
        CancellationToken token = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await _ofConsent(db, consentId).Where(t => t.CitizenId == citizenId).ToListAsync(token);
    }

    /// <summary>Her downloads that are under way or ready, newest first: the ids of their consents.</summary>
    public async Task<IReadOnlyList<Transfer>> OpenAsync(Guid citizenId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Transfer>()
            .Where(t => t.CitizenId == citizenId && t.State <= TransferState.Ready && t.ForService == null)
            .OrderByDescending(t => t.Id)
            .ToListAsync(token);
    }

    private List<Transfer> Add(WriteScope scope, ConsentRecord consent, DecideDownload request)
    {
        // Refusals too: each is a signed row that is kept.
        if (Consents.DecidedSince(scope, consent.CitizenId, scope.Now.AddHours(-1)) >= settings.DecisionsAnHour)
            throw new TransferException(TransferCodes.TooOften, "She has decided too often within the hour.");
        if (consent.Decision != ConsentDecision.Given)
            return [];
        // What bears a seal she has already.
        var wanted = request.Consent.Items.Where(item => item.Seal is null).ToList();
        if (_open(scope.Db, consent.CitizenId) + wanted.Count > settings.MostOpen)
            throw new TransferException(TransferCodes.TooManyOpen, "Too much is waiting for her already.");
        var key = request.RecipientKey!.PublicOnly().ToJson();
        var transfers = wanted
            .Select(item => new Transfer
            {
                Id = Ids.New(),
                ConsentId = consent.Id,
                CitizenId = consent.CitizenId,
                DataSetId = item.DataSet,
                ProviderId = item.Provider,
                SchemaVersion = item.SchemaVersion,
                RecipientJwk = key,
                ClaimHash = request.ClaimHash!,
                Level = request.Level,
                Methods = request.Methods,
                AuthTime = request.AuthTime,
                CreatedAt = scope.Now,
                NextAttemptAt = scope.Now,
                DeadlineAt = scope.Now + settings.LongestPreparation,
            })
            .ToList();
        foreach (var transfer in transfers)
        {
            scope.Db.Add(transfer);
            scope.Raise(TransferEnd.Happened(EventKinds.TransferRequested, "citizen", transfer));
        }
        return transfers;
    }
}
