using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Consent;

/// <summary>Records decisions and gives their receipts.</summary>
public sealed class Consents(
    IDbContextFactory<MyDataDb> databases,
    SigningKeys keys,
    IIssuer issuer,
    PersonalDataVault vault,
    TimeProvider time
)
{
    private static readonly JsonSerializerOptions Short = new()
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    // Asked in every decision, and for what the log says of it.
    private static readonly PerModel<Func<MyDataDb, Guid, ConsentRecord?>> ById = new(() =>
        EF.CompileQuery((MyDataDb db, Guid id) => db.Set<ConsentRecord>().FirstOrDefault(c => c.Id == id))
    );
    private static readonly PerModel<Func<MyDataDb, Guid, DateTimeOffset, int>> Decided = new(() =>
        EF.CompileQuery(
            (MyDataDb db, Guid citizenId, DateTimeOffset since) =>
                db.Set<ConsentRecord>().Count(c => c.CitizenId == citizenId && c.DecidedAt > since)
        )
    );

    private readonly Func<MyDataDb, Guid, Guid, CancellationToken, Task<ConsentRecord?>> _find = EF.CompileAsyncQuery(
        (MyDataDb db, Guid consentId, Guid citizenId, CancellationToken _) =>
            db.Set<ConsentRecord>().FirstOrDefault(c => c.Id == consentId && c.CitizenId == citizenId)
    );

    /// <summary>The signed record of a decision, not yet stored.</summary>
    public ConsentRecord Prepare(ConsentDraft draft)
    {
        var now = time.GetUtcNow().TrimToMilliseconds();
        var pseudonym = vault.Pseudonym(draft.CitizenId.ToString("N"), "receipt");
        return new ConsentRecord
        {
            Id = draft.Id,
            CitizenId = draft.CitizenId,
            SessionId = draft.SessionId,
            Decision = draft.Decision,
            Purpose = draft.Purpose,
            RecipientKey = draft.RecipientKey,
            Items = vault.Seal(JsonSerializer.Serialize(draft.Items), ConsentRecord.ItemsPurpose, draft.Id),
            Receipt = vault.Seal(
                ConsentReceipt.Sign(draft, pseudonym, now, issuer, keys),
                ConsentRecord.ReceiptPurpose,
                draft.Id
            ),
            DecidedAt = now,
        };
    }

    /// <summary>Stores the decision. False when this form was already sent: then nothing changes.</summary>
    /// <param name="service">that it is to, or is fetched for, if any</param>
    public bool Record(WriteScope scope, ConsentRecord consent, string? service = null)
    {
        if (FindStored(scope, consent.Id) is not null)
            return false;
        scope.Db.Add(consent);
        scope.Raise(
            new Event
            {
                Kind = consent.Decision == ConsentDecision.Given ? EventKinds.ConsentGiven : EventKinds.ConsentRefused,
                Actor = "citizen",
                CitizenId = consent.CitizenId,
                ConsentId = consent.Id,
                SessionId = consent.SessionId,
                Purpose = consent.Purpose,
                Details = JsonSerializer.Serialize(
                    new
                    {
                        datasets = Items(consent).Select(item => item.DataSet),
                        service,
                        // What is only fetched for a service goes to herself.
                        to = consent.Purpose == Purposes.ServiceFetch ? null : service,
                    },
                    Short
                ),
            }
        );
        return true;
    }

    /// <summary>Within a write.</summary>
    public static ConsentRecord? Find(WriteScope scope, Guid consentId) =>
        scope.Db.Set<ConsentRecord>().Find(consentId);

    /// <summary>The same without those that this write has added and not stored yet.</summary>
    internal static ConsentRecord? FindStored(WriteScope scope, Guid consentId) =>
        ById.For(scope.Db)(scope.Db, consentId);

    /// <summary>How many decisions of hers are stored since then.</summary>
    public static int DecidedSince(WriteScope scope, Guid citizenId, DateTimeOffset since) =>
        Decided.For(scope.Db)(scope.Db, citizenId, since);

    /// <summary>She takes a decision back, in the write that says what ends with it. False where she had, or it is not hers.</summary>
    public static bool Withdraw(WriteScope scope, Guid citizenId, Guid consentId) =>
        scope
            .Db.Set<ConsentRecord>()
            .Where(c => c.Id == consentId && c.CitizenId == citizenId && c.WithdrawnAt == null)
            .ExecuteUpdate(set => set.SetProperty(c => c.WithdrawnAt, (DateTimeOffset?)scope.Now)) == 1;

    /// <summary>What she has given and not taken back: each with its purpose.</summary>
    internal static async Task<IReadOnlyList<(Guid Id, string Purpose)>> GoodAsync(
        MyDataDb db,
        Guid citizenId,
        CancellationToken token
    )
    {
        var rows = await db.Set<ConsentRecord>()
            .Where(c => c.CitizenId == citizenId && c.Decision == ConsentDecision.Given && c.WithdrawnAt == null)
            .Select(c => new { c.Id, c.Purpose })
            .ToListAsync(token);
        return [.. rows.Select(row => (row.Id, row.Purpose))];
    }

    public async Task<ConsentRecord?> FindAsync(Guid citizenId, Guid consentId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await _find(db, consentId, citizenId, token);
    }

    /// <summary>Several of hers at once, by id.</summary>
    public async Task<IReadOnlyDictionary<Guid, ConsentRecord>> FindAllAsync(
        Guid citizenId,
        IReadOnlyCollection<Guid> consentIds,
        CancellationToken token = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<ConsentRecord>()
            .Where(c => c.CitizenId == citizenId && consentIds.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, token);
    }

    /// <summary>Her own receipt as JWS compact; null for anybody else's.</summary>
    public async Task<string?> FindReceiptAsync(Guid citizenId, Guid consentId, CancellationToken token = default) =>
        await FindAsync(citizenId, consentId, token) is { } consent ? Receipt(consent) : null;

    /// <summary>What the agency of one data set is shown of her receipt: its own part, signed anew where there are others.</summary>
    public string ReceiptFor(ConsentRecord consent, string dataSet) =>
        Items(consent).Count == 1
            ? Receipt(consent)
            : ConsentReceipt.Narrow(Receipt(consent), dataSet, time.GetUtcNow(), keys);

    /// <summary>What she decided on, in clear.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Not sealed by this platform for this consent.</exception>
    public IReadOnlyList<ConsentItem> Items(ConsentRecord consent) => Items(vault, consent);

    /// <inheritdoc cref="Items(ConsentRecord)"/>
    internal static IReadOnlyList<ConsentItem> Items(PersonalDataVault vault, ConsentRecord consent) =>
        JsonSerializer.Deserialize<IReadOnlyList<ConsentItem>>(
            vault.Open(consent.Items, ConsentRecord.ItemsPurpose, consent.Id)
        ) ?? [];

    /// <summary>The receipt as JWS compact.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Not sealed by this platform for this consent.</exception>
    public string Receipt(ConsentRecord consent) =>
        vault.Open(consent.Receipt, ConsentRecord.ReceiptPurpose, consent.Id);
}
