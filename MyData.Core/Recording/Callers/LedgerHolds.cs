using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// The vault: until when a record is not displayed to whom it is about, by which law, and who said so. Never changed, never deleted. Its
/// thief learns which records are of investigations.
/// </summary>
public sealed class LedgerHoldRow
{
    public required Guid Entry { get; init; }
    public required DateTimeOffset Until { get; init; }

    /// <summary>Code of the legal basis.</summary>
    public required string By { get; init; }
    public required string Client { get; init; }
    public required DateTimeOffset SetAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerHoldRow>
    {
        public void Configure(EntityTypeBuilder<LedgerHoldRow> builder)
        {
            builder.ToTable("ledger_holds");
            builder.HasKey(hold => hold.Entry);
            builder.HasIndex(hold => hold.Until);
        }
    }
}

/// <summary>A system that may have displays held; gone when that ends. Public: the log says so too.</summary>
public sealed class LedgerHoldRightRow
{
    public required string Client { get; init; }
    public required DateTimeOffset GivenAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerHoldRightRow>
    {
        public void Configure(EntityTypeBuilder<LedgerHoldRightRow> builder)
        {
            builder.ToTable("ledger_hold_rights");
            builder.HasKey(right => right.Client);
        }
    }
}

/// <summary>Stores a record's hold in the write that stores the record.</summary>
internal sealed class HoldFollower : ISentFollower
{
    public bool Follow(WriteScope scope, SentRecord sent)
    {
        if (sent.Hold is not { } hold)
            return false;
        scope.Db.Add(
            new LedgerHoldRow
            {
                Entry = sent.Record.Id,
                Until = hold.Until,
                By = hold.By,
                Client = sent.Record.Via,
                SetAt = scope.Now,
            }
        );
        return true;
    }
}

/// <summary>
/// Delayed display where the law says so (ledger.md, "Vault"): which systems may ask for it, and for which records it is so now. Nobody may,
/// until whoever runs the portal says so; both are entries of the log.
/// </summary>
public sealed class LedgerHolds(IDbContextFactory<MyDataDb> databases, IWriter writer, TimeProvider time)
    : IRestoredFollower
{
    /// <summary>Holds that are listed.</summary>
    public const int MostListed = 1000;

    /// <returns>false where no good key is registered for it, or it may already</returns>
    public Task<bool> AllowAsync(string client, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                if (
                    !scope.Db.Set<LedgerClientKeyRow>().Any(key => key.Client == client && key.RevokedAt == null)
                    || scope.Db.Set<LedgerHoldRightRow>().Any(right => right.Client == client)
                )
                    return false;
                scope.Db.Add(new LedgerHoldRightRow { Client = client, GivenAt = scope.Now });
                scope.Raise(Changed(EventKinds.LedgerHoldAllowed, client));
                return true;
            },
            token
        );

    /// <summary>From now on it may have nothing held any more; what is held stays so until its day.</summary>
    /// <returns>false where it might not anyway</returns>
    public Task<bool> EndAsync(string client, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                if (scope.Db.Set<LedgerHoldRightRow>().Where(right => right.Client == client).ExecuteDelete() == 0)
                    return false;
                scope.Raise(Changed(EventKinds.LedgerHoldEnded, client));
                return true;
            },
            token
        );

    /// <summary>Who may, by name.</summary>
    public async Task<IReadOnlyList<LedgerHoldRightRow>> RightsAsync(CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<LedgerHoldRightRow>().OrderBy(right => right.Client).ToListAsync(token);
    }

    /// <summary>What was held, newest first, over or not: for whoever runs the portal.</summary>
    public async Task<IReadOnlyList<LedgerHoldRow>> ListAsync(CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<LedgerHoldRow>().OrderByDescending(hold => hold.SetAt).Take(MostListed).ToListAsync(token);
    }

    /// <summary>Whether a record stands with just this hold, or with none.</summary>
    public async Task<bool> IsSameAsync(SentRecord sent, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var hold = await db.Set<LedgerHoldRow>().FirstOrDefaultAsync(row => row.Entry == sent.Record.Id, token);
        return sent.Hold == (hold is null ? null : new DisplayHold(hold.Until, hold.By));
    }

    /// <summary>Everything that is held now, whomever it is about.</summary>
    internal async Task<IReadOnlyList<(LedgerEntryRow Entry, DisplayHold Hold)>> NowAsync(
        MyDataDb db,
        CancellationToken token
    )
    {
        var now = time.GetUtcNow();
        var rows = await (
            from hold in db.Set<LedgerHoldRow>()
            where hold.Until > now
            join entry in db.Set<LedgerEntryRow>() on hold.Entry equals entry.Id
            where entry.Index != null
            select new
            {
                entry,
                hold.Until,
                hold.By,
            }
        ).ToListAsync(token);
        return [.. rows.Select(row => (row.entry, new DisplayHold(row.Until, row.By)))];
    }

    /// <summary>Of these records, those that are held now.</summary>
    internal async Task<Dictionary<Guid, DisplayHold>> NowAsync(
        MyDataDb db,
        IReadOnlyCollection<Guid> records,
        CancellationToken token
    )
    {
        var (asked, now) = (records.ToArray(), time.GetUtcNow());
        return await db.Set<LedgerHoldRow>()
            .Where(hold => asked.Contains(hold.Entry) && hold.Until > now)
            .ToDictionaryAsync(hold => hold.Entry, hold => new DisplayHold(hold.Until, hold.By), token);
    }

    /// <inheritdoc/>
    public void Follow(WriteScope scope, IReadOnlyList<LedgerRecord> records)
    {
        // Who was allowed since the backup must be allowed anew; who lost it since has lost it.
        foreach (var record in records.Where(record => record.Operation == EventKinds.LedgerHoldEnded))
            scope.Db.Set<LedgerHoldRightRow>().Where(right => right.Client == record.To).ExecuteDelete();
    }

    private static Event Changed(string kind, string client) =>
        new()
        {
            Kind = kind,
            Actor = "platform",
            Details = JsonSerializer.Serialize(new { to = client }),
        };
}
