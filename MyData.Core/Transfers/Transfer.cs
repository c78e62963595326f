using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Citizens;
using MyData.Core.Data;

namespace MyData.Core.Transfers;

/// <summary>Where a transfer stands. <c>README.md</c> beside this file draws the arrows and says what a crash leaves.</summary>
public enum TransferState
{
    /// <summary>Agreed to; the provider is called as soon as there is room.</summary>
    Requested = 0,

    /// <summary>A call to the provider is under way.</summary>
    Calling = 1,

    /// <summary>The provider is preparing it; called again at <see cref="Transfer.NextAttemptAt"/>.</summary>
    Preparing = 2,

    /// <summary>The sealed package waits for her browser until <see cref="Transfer.ExpiresAt"/>.</summary>
    Ready = 3,

    /// <summary>Final: she pressed "done"; nothing is kept.</summary>
    Done = 4,

    /// <summary>Final: the provider holds nothing about her.</summary>
    Empty = 5,

    /// <summary>Final: see <see cref="Transfer.Code"/>; nothing was handed over.</summary>
    Failed = 6,

    /// <summary>Final: not fetched by the end of its time; nothing is kept.</summary>
    Expired = 7,
}

/// <summary>
/// One data set on its way to one destination. Its thief learns which account asked which agency when, and not with which
/// parameters (they stand in the consent, sealed); the package itself is cipher text for a key that never left her browser.
/// </summary>
public sealed class Transfer
{
    public required Guid Id { get; init; }
    public required Guid ConsentId { get; init; }
    public required Guid CitizenId { get; init; }
    public required string DataSetId { get; init; }
    public required string ProviderId { get; init; }
    public required int SchemaVersion { get; init; }

    /// <summary>The public JWK that its agency seals for: her browser's, or the service's.</summary>
    public required string RecipientJwk { get; init; }

    /// <summary>The online service that its agency seals for, where no browser is there (protocols.md A4); null: her browser.</summary>
    public string? ForService { get; init; }

    /// <summary>base64url(SHA-256(claim)): whoever shows the claim may fetch the package; of no claim where it is for a service.</summary>
    public required string ClaimHash { get; init; }

    /// <summary>Level and methods of the session at consent, and when it signed in.</summary>
    public required AssuranceLevel Level { get; init; }
    public required string Methods { get; init; }
    public required DateTimeOffset AuthTime { get; init; }

    public TransferState State { get; set; }

    /// <summary>Calls made so far.</summary>
    public int Round { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the provider is called (again).</summary>
    public DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>By when the package must be here, or the transfer fails.</summary>
    public required DateTimeOffset DeadlineAt { get; init; }

    public DateTimeOffset? ReadyAt { get; set; }

    /// <summary>When a package that nobody finished with is deleted.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? ClaimedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The stable code of a failure; one of <see cref="TransferCodes"/> or a code of Encryption.</summary>
    public string? Code { get; set; }

    /// <summary>Lower-case hex of the seal digest (protocols.md A4).</summary>
    public string? SealDigest { get; set; }

    /// <summary>The sealed package's head: its JSON text up to and with <c>"ciphertext":"</c>.</summary>
    public string? Head { get; set; }

    /// <summary>Characters of cipher text that stand in the chunks.</summary>
    public long CipherTextLength { get; set; }

    public bool IsFinal =>
        State is TransferState.Done or TransferState.Empty or TransferState.Failed or TransferState.Expired;

    private sealed class Mapping : IEntityTypeConfiguration<Transfer>
    {
        public void Configure(EntityTypeBuilder<Transfer> builder)
        {
            builder.ToTable("transfers");
            builder.HasIndex(transfer => transfer.ConsentId);
            builder.HasIndex(transfer => new { transfer.CitizenId, transfer.State });
            builder.HasIndex(transfer => new { transfer.State, transfer.NextAttemptAt });
        }
    }
}

/// <summary>384 KiB of a sealed package's cipher text; the last one is shorter.</summary>
public sealed class PackageChunk
{
    public required Guid TransferId { get; init; }
    public required int Number { get; init; }
    public required byte[] Bytes { get; init; }

    /// <summary>By plain SQL: the change tracker would copy and compare bytes that nobody ever changes.</summary>
    public void Insert(MyDataDb db) =>
        db.Database.ExecuteSql(
            $"INSERT INTO package_chunks (\"TransferId\", \"Number\", \"Bytes\") VALUES ({TransferId}, {Number}, {Bytes})"
        );

    private sealed class Mapping : IEntityTypeConfiguration<PackageChunk>
    {
        public void Configure(EntityTypeBuilder<PackageChunk> builder) =>
            builder.ToTable("package_chunks").HasKey(chunk => new { chunk.TransferId, chunk.Number });
    }
}
