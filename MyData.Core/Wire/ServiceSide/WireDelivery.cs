using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>Where a delivery stands.</summary>
public enum WireState
{
    /// <summary>The service has not taken ticket and key yet: told (again) at <see cref="WireDelivery.NextAttemptAt"/>.</summary>
    Waiting = 0,

    /// <summary>It has, and may fetch.</summary>
    Taken = 1,

    /// <summary>Final: it has fetched the whole.</summary>
    Fetched = 2,

    /// <summary>Final: <see cref="WireDelivery.Failure"/> says why; of what could not be had, that the service knows it.</summary>
    Ended = 3,
}

/// <summary>
/// What a service on the national wire is told and may fetch: the outbox row, made in the write of her decision. While it lives it holds the key
/// that opens what her browser uploaded, sealed: who has this row, the parts and the platform's key folder could open what this one service
/// gets. In its last state it holds neither key nor ticket.
/// </summary>
public sealed class WireDelivery
{
    /// <summary>The request's id.</summary>
    public required Guid Id { get; init; }
    public required Guid CitizenId { get; init; }
    public required Guid ConsentId { get; init; }
    public required string ServiceId { get; init; }

    /// <summary>What her browser uploaded; null where there is only to tell that it could not be had.</summary>
    public Guid? Upload { get; init; }

    /// <summary>Bytes of the JWE, and SHA-256 of them in lower-case hexadecimal.</summary>
    public long Length { get; init; }
    public string? Digest { get; init; }

    /// <summary>base64url(SHA-256) of the <c>permission_ticket</c>.</summary>
    public required string TicketHash { get; init; }

    /// <summary><see cref="WireSecret"/>, sealed; null in the last states.</summary>
    public byte[]? Secret { get; init; }

    public WireState State { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset? NextAttemptAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when a fetch that is under way keeps others away.</summary>
    public DateTimeOffset? LeasedUntil { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The stable code of the last failure, or of the end.</summary>
    public string? Failure { get; init; }

    internal const string Table = "wire_deliveries";
    internal const string SecretPurpose = "wire.secret";

    private sealed class Mapping : IEntityTypeConfiguration<WireDelivery>
    {
        public void Configure(EntityTypeBuilder<WireDelivery> builder)
        {
            builder.ToTable(Table);
            builder.HasIndex(d => d.TicketHash).IsUnique();
            builder.HasIndex(d => new { d.State, d.NextAttemptAt });
            builder.HasIndex(d => d.ConsentId);
            builder.HasIndex(d => d.CitizenId);
        }
    }
}

/// <summary>What goes to the SP-API.</summary>
/// <param name="Key">32 characters; null where nothing is to be opened</param>
/// <param name="Unable">ids of what could not be had; null where all was</param>
internal sealed record WireSecret(string TxId, string Ticket, string? Key, IReadOnlyList<string>? Unable);

/// <summary>A piece of a JWE as her browser uploaded it: cipher text, whose key the platform has from her "agree" on.</summary>
public sealed class WirePart
{
    public required Guid Upload { get; init; }
    public required int Number { get; init; }
    public required Guid RequestId { get; init; }
    public required byte[] Bytes { get; init; }

    /// <summary>An hour from its upload; agreed to, the end of the request.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>By plain SQL: the change tracker would copy and compare bytes that nobody ever changes. The same piece again changes nothing.</summary>
    internal void Insert(MyDataDb db) =>
        db.Database.ExecuteSql(
            $"INSERT INTO wire_parts (\"Upload\", \"Number\", \"RequestId\", \"Bytes\", \"ExpiresAt\") VALUES ({Upload}, {Number}, {RequestId}, {Bytes}, {ExpiresAt.ToUnixTimeMilliseconds()}) ON CONFLICT DO NOTHING"
        );

    internal const string Table = "wire_parts";

    private sealed class Mapping : IEntityTypeConfiguration<WirePart>
    {
        public void Configure(EntityTypeBuilder<WirePart> builder)
        {
            builder.ToTable(Table).HasKey(part => new { part.Upload, part.Number });
            builder.HasIndex(part => part.RequestId);
            builder.HasIndex(part => part.ExpiresAt);
        }
    }
}
