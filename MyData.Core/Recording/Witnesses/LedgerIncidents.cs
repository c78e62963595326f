using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;

namespace MyData.Core.Recording;

/// <summary>Something that must not happen to a log, with its evidence. Public.</summary>
/// <param name="Code">a stable code</param>
public sealed record Incident(string Code, string Message)
{
    /// <summary>Where it is not said, when it is kept.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>By its name in the policy.</summary>
    public string? Witness { get; init; }

    /// <summary>Where: a file such as <c>tile/0/000</c>, or a table; null where it is about the log as a whole.</summary>
    public string? Place { get; init; }

    /// <summary>The first record concerned, where one is.</summary>
    public long? Index { get; init; }

    /// <summary>Who had the right bytes: a witness, or <c>self</c>.</summary>
    public string? From { get; init; }

    /// <summary>The signed checkpoint that was ours then; of what was healed, the bytes that stood there.</summary>
    public byte[]? Ours { get; init; }

    /// <summary>The checkpoint that the witness showed; of what was healed, the bytes that belong there.</summary>
    public byte[]? Theirs { get; init; }

    /// <summary>Names its evidence; empty before it is kept.</summary>
    public string Id { get; init; } = "";
}

/// <summary>Incidents of one page.</summary>
/// <param name="Next">names the page after it; null where that is empty</param>
public sealed record FoundIncidents(IReadOnlyList<Incident> Incidents, string? Next);

/// <summary>An incident; never changed, never deleted.</summary>
public sealed class LedgerIncidentRow
{
    /// <summary>SHA-256 of code, witness and what it showed, or the day of a refusal: the same twice is one incident.</summary>
    public required byte[] Digest { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Code { get; init; }
    public required string Message { get; init; }
    public string? Witness { get; init; }
    public string? Place { get; init; }
    public long? Index { get; init; }
    public string? HealedFrom { get; init; }
    public byte[]? Ours { get; init; }
    public byte[]? Theirs { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerIncidentRow>
    {
        public void Configure(EntityTypeBuilder<LedgerIncidentRow> builder)
        {
            builder.ToTable("ledger_incidents");
            builder.HasKey(incident => incident.Digest);
            builder.HasIndex(incident => incident.At);
            builder.Property(incident => incident.Index).HasColumnName("Idx");
        }
    }
}

/// <summary>Keeps incidents, and says them aloud.</summary>
public sealed partial class LedgerIncidents(
    IWriter writer,
    IDbContextFactory<MyDataDb> databases,
    TimeProvider time,
    ILogger<LedgerIncidents> log
) : IRecoveries
{
    /// <summary>Something stood there that was not what was signed; it was put right.</summary>
    public const string Healed = "ledger.healed";

    /// <summary>The same, and nobody who answers has the right bytes.</summary>
    public const string Damaged = "ledger.damaged";

    /// <summary>The same of a witness's copy, by its own word.</summary>
    public const string WitnessHealed = "witness.healed";

    /// <inheritdoc cref="WitnessHealed"/>
    public const string WitnessDamaged = "witness.damaged";

    /// <summary>A witness shows that another one cosigned another log; kept as <c>ledger.fork</c> where its two notes prove it.</summary>
    public const string WitnessForked = "witness.forked";

    /// <summary>Records that the database lacked came back.</summary>
    public const string Recovered = "ledger.recovered";

    /// <summary>
    /// Another node took the writes over, by the runbook's command, which writes it (<c>e2e/Running/database</c>, <c>nodes.promoted</c>). Place: the
    /// node; from: the one that was lost; index: the ledger's size then; message: <see cref="ToldPromotion"/>.
    /// </summary>
    public const string Promoted = "ledger.promoted";

    /// <summary>Bytes of the longest note, or other evidence, that is kept here: a tile, or a record.</summary>
    internal const int MostNote = 8 * 1024;

    private const string Fork = "ledger.fork";
    private const string Rollback = "ledger.rollback";
    private const string Refused = "witness.refused";
    private const long SecondsOfADay = 24 * 60 * 60;

    /// <summary>Those that stop the ledger before others; of each the newest first.</summary>
    public async Task<IReadOnlyList<Incident>> ListAsync(int most, CancellationToken token) =>
        (await PageAsync(most, null, token))!.Incidents;

    /// <summary>The same from behind another page on, so that all of them can be read.</summary>
    /// <param name="cursor">of the page before; null for the first</param>
    /// <returns>null for a cursor that no page gave</returns>
    public async Task<FoundIncidents?> PageAsync(int most, string? cursor, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var rows = db.Set<LedgerIncidentRow>().AsQueryable();
        var same = 0;
        if (cursor is not null)
        {
            if (
                DigestIn(cursor) is not { } digest
                || await rows.FirstOrDefaultAsync(row => row.Digest == digest, token) is not { } last
            )
                return null;
            var (stops, at) = (last.Code is Fork or Rollback, last.At);
            rows = rows.Where(row => (row.Code == Fork || row.Code == Rollback) == stops ? row.At <= at : stops);
            // Of the same moment some were shown: they come first, and are left out below.
            same = await rows.CountAsync(
                row => row.At == at && (row.Code == Fork || row.Code == Rollback) == stops,
                token
            );
        }
        var found = await rows.OrderByDescending(row => row.Code == Fork || row.Code == Rollback)
            .ThenByDescending(row => row.At)
            .ThenBy(row => row.Digest)
            .Take(same + most + 1)
            .Select(row => new Incident(row.Code, row.Message)
            {
                At = row.At,
                Witness = row.Witness,
                Place = row.Place,
                Index = row.Index,
                From = row.HealedFrom,
                Ours = row.Ours,
                Theirs = row.Theirs,
                Id = Convert.ToHexStringLower(row.Digest),
            })
            .ToListAsync(token);
        var page = cursor is null ? found : found.SkipWhile(one => one.Id != cursor).Skip(1).ToList();
        return page.Count > most ? new FoundIncidents(page[..most], page[most - 1].Id) : new FoundIncidents(page, null);
    }

    /// <summary>One part of an incident's evidence; null where there is none.</summary>
    /// <param name="id">see <see cref="Incident.Id"/></param>
    /// <param name="theirs">what belongs there, or what the witness showed; else what was ours</param>
    public async Task<byte[]?> EvidenceAsync(string id, bool theirs, CancellationToken token)
    {
        if (DigestIn(id) is not { } digest)
            return null;
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<LedgerIncidentRow>()
            .Where(row => row.Digest == digest)
            .Select(row => theirs ? row.Theirs : row.Ours)
            .FirstOrDefaultAsync(token);
    }

    /// <summary>Those of one witness since then: the forks that it showed, or all others.</summary>
    internal async Task<int> CountAsync(string witness, bool forks, DateTimeOffset since, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<LedgerIncidentRow>()
            .CountAsync(row => row.Witness == witness && row.At >= since && row.Code == Fork == forks, token);
    }

    /// <summary>By the log's own incidents, which nobody takes away. The incident stands before anything else is written again.</summary>
    public DateTimeOffset? Last(MyDataDb db) =>
        db.Set<LedgerIncidentRow>().Where(row => row.Code == Recovered).Max(row => (DateTimeOffset?)row.At);

    /// <inheritdoc cref="Last"/>
    internal async Task<DateTimeOffset?> LastRecoveryAsync(CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return Last(db);
    }

    /// <summary>Keeps it, once. That it cannot be written is no reason to go on: the caller acts upon it either way.</summary>
    internal async Task AddAsync(Incident incident, CancellationToken token)
    {
        try
        {
            var isNew = await writer.WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    return Add(scope, incident);
                },
                token
            );
            if (isNew)
                Happened(incident.Code, incident.Witness, incident.Message);
        }
        catch (Ledger.LedgerException failure)
        {
            Happened(incident.Code, incident.Witness, incident.Message);
            NotKept(failure);
        }
    }

    /// <summary>The same in the write that acts upon it.</summary>
    /// <returns>whether it is new</returns>
    internal bool Add(WriteScope scope, Incident incident)
    {
        var at = (incident.At == default ? time.GetUtcNow() : incident.At).TrimToMilliseconds();
        var row = new LedgerIncidentRow
        {
            Digest = DigestOf(incident, at),
            At = at,
            Code = incident.Code,
            Message = incident.Message,
            Witness = incident.Witness,
            Place = incident.Place,
            Index = incident.Index,
            HealedFrom = incident.From,
            Ours = Short(incident.Ours),
            Theirs = Short(incident.Theirs),
        };
        if (scope.Db.Set<LedgerIncidentRow>().Any(known => known.Digest == row.Digest))
            return false;
        scope.Db.Add(row);
        return true;
    }

    internal void Say(Incident incident) =>
        Happened(incident.Code, incident.Witness, $"{incident.Place} {incident.Index}: {incident.Message}");

    private static byte[]? DigestIn(string id) =>
        id.Length == 2 * SHA256.HashSizeInBytes && id.All(char.IsAsciiHexDigitLower) ? Convert.FromHexString(id) : null;

    private static byte[]? Short(byte[]? note) => note?.Length > MostNote ? null : note;

    // A witness that refuses can show something else each time, and what nobody can heal is found in each round: one a day. What was
    // healed and breaks again is another.
    private static byte[] DigestOf(Incident incident, DateTimeOffset at)
    {
        var what = incident.Code switch
        {
            Refused => Ledger.LogText.Decimal(at.ToUnixTimeSeconds() / SecondsOfADay),
            Damaged => $"{incident.Place}\n{incident.Index}\n{at.ToUnixTimeSeconds() / SecondsOfADay}",
            Healed or Recovered or WitnessHealed or WitnessDamaged =>
                $"{incident.Place}\n{incident.Index}\n{at.ToUnixTimeMilliseconds()}",
            _ => null,
        };
        return SHA256.HashData([
            .. Encoding.UTF8.GetBytes($"{incident.Code}\n{incident.Witness}\n"),
            .. what is null
                ? incident.Theirs ?? Encoding.UTF8.GetBytes(incident.Message)
                : Encoding.UTF8.GetBytes(what),
        ]);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Ledger incident {Code} at {Witness}: {Message}")]
    private partial void Happened(string code, string? witness, string message);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The incident was not written")]
    private partial void NotKept(Exception failure);
}
