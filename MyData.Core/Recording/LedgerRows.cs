using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A log: one a year. Its name and its key never change. Public.</summary>
public sealed class LedgerLogRow
{
    public int Id { get; private set; }
    public required int Year { get; init; }

    /// <summary>The first line of its checkpoints.</summary>
    public required string Origin { get; init; }

    /// <summary>Its public key, as <c>name+id+base64</c>.</summary>
    public required string Key { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerLogRow>
    {
        public void Configure(EntityTypeBuilder<LedgerLogRow> builder)
        {
            builder.ToTable("ledger_logs");
            builder.HasIndex(log => log.Year).IsUnique();
        }
    }
}

/// <summary>
/// A record as it was hashed. Triggers refuse every change but the first setting of its place. Its thief has
/// what every reader of the log has: codes and tags that lead to nobody.
/// </summary>
public sealed class LedgerEntryRow
{
    public required Guid Id { get; init; }
    public required int Log { get; init; }

    /// <summary>Its place in the log; none until it is sequenced, which on SQLite is in the same transaction.</summary>
    public long? Index { get; init; }

    public required byte[] Bytes { get; init; }

    /// <summary>The event that it tells of; none where another system recorded it.</summary>
    public long? EventId { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerEntryRow>
    {
        public void Configure(EntityTypeBuilder<LedgerEntryRow> builder)
        {
            builder.ToTable("ledger_entries");
            builder.Property(entry => entry.Index).HasColumnName("Idx");
            builder.HasIndex(entry => new { entry.Log, entry.Index }).IsUnique();
            builder.HasIndex(entry => entry.EventId).IsUnique();
            builder.HasIndex(entry => entry.Log, "IX_ledger_entries_waiting").HasFilter("\"Idx\" IS NULL");
        }
    }
}

/// <summary>A size that the log has had, and its root; every one is kept. Public.</summary>
public sealed class LedgerCheckpointRow
{
    public required int Log { get; init; }

    /// <summary>Entries.</summary>
    public required long Size { get; init; }

    public required byte[] Root { get; init; }

    /// <summary>The signed note, with the witnesses' signatures; one a minute is kept here, the newest is a file.</summary>
    public byte[]? Note { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerCheckpointRow>
    {
        public void Configure(EntityTypeBuilder<LedgerCheckpointRow> builder)
        {
            builder.ToTable("ledger_checkpoints");
            builder.HasKey(checkpoint => new { checkpoint.Log, checkpoint.Size });
        }
    }
}

/// <summary>Which record a person's tag stands in. Public: the same stands in the record.</summary>
public sealed class LedgerTagRow
{
    public required byte[] Tag { get; init; }
    public required Guid Entry { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerTagRow>
    {
        public void Configure(EntityTypeBuilder<LedgerTagRow> builder)
        {
            builder.ToTable("ledger_tags");
            builder.HasKey(tag => tag.Tag);
        }
    }
}

/// <summary>
/// The vault: a person's key, sealed (<see cref="PersonKeys"/>), of which her tags and salts are made. Its thief, with the vault's key too,
/// could tell which records are about one account. Emptied when she closes it; the row stays, so that no second key is made.
/// </summary>
public sealed class LedgerPersonRow
{
    public required Guid CitizenId { get; init; }
    public byte[]? Key { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerPersonRow>
    {
        public void Configure(EntityTypeBuilder<LedgerPersonRow> builder)
        {
            builder.ToTable("ledger_people");
            builder.HasKey(person => person.CitizenId);
        }
    }
}

/// <summary>How many records of a log are about a person: the next counter of her tags. Goes with her key.</summary>
public sealed class LedgerCounterRow
{
    public required Guid CitizenId { get; init; }
    public required int Log { get; init; }
    public required long Next { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerCounterRow>
    {
        public void Configure(EntityTypeBuilder<LedgerCounterRow> builder)
        {
            builder.ToTable("ledger_counters");
            builder.HasKey(counter => new { counter.CitizenId, counter.Log });
        }
    }
}

/// <summary>
/// The vault: somebody whom another system named before she had an account. Its thief sees keyed pseudonyms. Goes when her account takes
/// her key over.
/// </summary>
public sealed class LedgerNamedRow
{
    /// <summary>As <c>citizens</c> has it.</summary>
    public required string Pseudonym { get; init; }

    /// <summary>In place of the account's id in <c>ledger_people</c>.</summary>
    public required Guid PersonId { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerNamedRow>
    {
        public void Configure(EntityTypeBuilder<LedgerNamedRow> builder)
        {
            builder.ToTable("ledger_named");
            builder.HasKey(named => named.Pseudonym);
            builder.HasIndex(named => named.PersonId).IsUnique();
        }
    }
}

/// <summary>A key by which another system signs what it records, or the certificate under which it sends syslog. Public; revoked, never deleted.</summary>
public sealed class LedgerClientKeyRow
{
    public required string Client { get; init; }

    /// <summary>The key's own name, see <see cref="CallerKey.Kid"/>.</summary>
    public required string Kid { get; init; }

    /// <summary>SubjectPublicKeyInfo, or the certificate where <see cref="Kid"/> begins with <c>tls:</c>; DER.</summary>
    public required byte[] Key { get; init; }

    public required DateTimeOffset AddedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerClientKeyRow>
    {
        public void Configure(EntityTypeBuilder<LedgerClientKeyRow> builder)
        {
            builder.ToTable("ledger_client_keys");
            builder.HasKey(key => new { key.Client, key.Kid });
        }
    }
}
