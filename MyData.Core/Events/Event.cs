using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Events;

/// <summary>
/// One thing that happened: who, what, why, when, result. Written in the transaction of the change that it tells of, never
/// changed afterwards. Holds no personal data: a person is her account's id. Store: not trusted with identity; its thief
/// learns which account did what when, and not whose account it is.
/// </summary>
public sealed class Event
{
    public long Id { get; private set; }

    /// <summary>UTC, whole milliseconds; set by the write.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>One of <see cref="EventKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The citizen whose data or account it is about; null for what concerns nobody's data.</summary>
    public Guid? CitizenId { get; init; }

    /// <summary>Who did it: <c>citizen</c>, <c>platform</c>, <c>provider:{id}</c>, <c>operator:{id}</c>.</summary>
    public required string Actor { get; init; }

    public string? DataSetId { get; init; }
    public Guid? ConsentId { get; init; }
    public Guid? TransferId { get; init; }
    public Guid? SessionId { get; init; }

    /// <summary>The purpose code of the consent, such as <c>own-use</c>.</summary>
    public string? Purpose { get; init; }

    /// <summary>The stable result code: <c>ok</c>, or the code of the refusal or failure.</summary>
    public string Code { get; init; } = "ok";

    /// <summary>Further facts without personal data, as a JSON object (digests, levels, methods).</summary>
    public string? Details { get; init; }

    /// <summary>
    /// SHA-256 of what was sent to an agency, for the event's record in the ledger; not stored here, where no salt protects it from trying.
    /// </summary>
    public byte[]? RequestDigest { get; init; }

    /// <summary>SHA-256 of what the agency answered, likewise.</summary>
    public byte[]? ResponseDigest { get; init; }

    /// <summary>Stores it alone; what is mapped below, by hand, since it runs with most writes.</summary>
    internal void Insert(WriterStatements statements)
    {
        using var row = statements.Read(
            """
            INSERT INTO events ("At", "Kind", "CitizenId", "Actor", "DataSetId", "ConsentId", "TransferId", "SessionId",
                "Purpose", "Code", "Details")
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING "Id"
            """,
            At.ToUnixTimeMilliseconds(),
            Kind,
            CitizenId,
            Actor,
            DataSetId,
            ConsentId,
            TransferId,
            SessionId,
            Purpose,
            Code,
            Details
        );
        row.Read();
        Id = row.GetInt64(0);
    }

    private sealed class Mapping : IEntityTypeConfiguration<Event>
    {
        public void Configure(EntityTypeBuilder<Event> builder)
        {
            builder.ToTable("events");
            builder.HasIndex(e => new { e.CitizenId, e.Id });
            builder.HasIndex(e => e.ConsentId);
            builder.Ignore(e => e.RequestDigest);
            builder.Ignore(e => e.ResponseDigest);
        }
    }
}
