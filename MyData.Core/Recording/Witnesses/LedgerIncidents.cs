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
    public DateTimeOffset At { get; init; }

    /// <summary>By its name in the policy.</summary>
    public string? Witness { get; init; }

    /// <summary>The signed checkpoint that was ours then.</summary>
    public byte[]? Ours { get; init; }

    /// <summary>The checkpoint that the witness showed.</summary>
    public byte[]? Theirs { get; init; }
}

/// <summary>An incident; never changed, never deleted.</summary>
public sealed class LedgerIncidentRow
{
    /// <summary>SHA-256 of code, witness and what it showed, or the day of a refusal: the same twice is one incident.</summary>
    public required byte[] Digest { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Code { get; init; }
    public required string Message { get; init; }
    public string? Witness { get; init; }
    public byte[]? Ours { get; init; }
    public byte[]? Theirs { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerIncidentRow>
    {
        public void Configure(EntityTypeBuilder<LedgerIncidentRow> builder)
        {
            builder.ToTable("ledger_incidents");
            builder.HasKey(incident => incident.Digest);
            builder.HasIndex(incident => incident.At);
        }
    }
}

/// <summary>Keeps incidents, and says them aloud.</summary>
public sealed partial class LedgerIncidents(
    IWriter writer,
    IDbContextFactory<MyDataDb> databases,
    TimeProvider time,
    ILogger<LedgerIncidents> log
)
{
    /// <summary>Bytes of the longest note that is kept.</summary>
    internal const int MostNote = 8 * 1024;

    private const string Refused = "witness.refused";
    private const long SecondsOfADay = 24 * 60 * 60;

    /// <summary>Those that stop the ledger before others; of each the newest first.</summary>
    public async Task<IReadOnlyList<Incident>> ListAsync(int most, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<LedgerIncidentRow>()
            .OrderByDescending(row => row.Code == "ledger.fork" || row.Code == "ledger.rollback")
            .ThenByDescending(row => row.At)
            .Take(most)
            .Select(row => new Incident(row.Code, row.Message)
            {
                At = row.At,
                Witness = row.Witness,
                Ours = row.Ours,
                Theirs = row.Theirs,
            })
            .ToListAsync(token);
    }

    /// <summary>Keeps it, once. That it cannot be written is no reason to go on: the caller acts upon it either way.</summary>
    internal async Task AddAsync(Incident incident, CancellationToken token)
    {
        var at = time.GetUtcNow().TrimToMilliseconds();
        var row = new LedgerIncidentRow
        {
            Digest = DigestOf(incident, at),
            At = at,
            Code = incident.Code,
            Message = incident.Message,
            Witness = incident.Witness,
            Ours = Short(incident.Ours),
            Theirs = Short(incident.Theirs),
        };
        try
        {
            var isNew = await writer.WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    if (scope.Db.Set<LedgerIncidentRow>().Any(known => known.Digest == row.Digest))
                        return false;
                    scope.Db.Add(row);
                    return true;
                },
                token
            );
            if (isNew)
                Happened(row.Code, row.Witness, row.Message);
        }
        catch (Ledger.LedgerException failure)
        {
            Happened(row.Code, row.Witness, row.Message);
            NotKept(failure);
        }
    }

    private static byte[]? Short(byte[]? note) => note?.Length > MostNote ? null : note;

    // A witness that refuses can show something else each time: one a day.
    private static byte[] DigestOf(Incident incident, DateTimeOffset at) =>
        SHA256.HashData([
            .. Encoding.UTF8.GetBytes($"{incident.Code}\n{incident.Witness}\n"),
            .. incident.Code == Refused
                ? Encoding.UTF8.GetBytes(Ledger.LogText.Decimal(at.ToUnixTimeSeconds() / SecondsOfADay))
                : incident.Theirs ?? Encoding.UTF8.GetBytes(incident.Message),
        ]);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Ledger incident {Code} at {Witness}: {Message}")]
    private partial void Happened(string code, string? witness, string message);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The incident was not written")]
    private partial void NotKept(Exception failure);
}
