using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Transfers;

/// <summary>
/// Packages that go to somebody else than herself: the very cipher text that waits for her, with one more entry among its recipients.
/// </summary>
public sealed class HandOvers(IDbContextFactory<MyDataDb> databases, TimeProvider time)
{
    private static readonly PerModel<Func<MyDataDb, Guid, Transfer?>> Waiting = new(() =>
        EF.CompileQuery(
            (MyDataDb db, Guid id) =>
                db.Set<Transfer>().FirstOrDefault(t => t.Id == id && t.State == TransferState.Ready)
        )
    );
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(2);

    /// <summary>Her packages that wait on the relay, the newest first.</summary>
    public async Task<IReadOnlyList<Transfer>> ReadyAsync(Guid citizenId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Transfer>()
            .Where(t => t.CitizenId == citizenId && t.State == TransferState.Ready && t.ForService == null)
            .OrderByDescending(t => t.Id)
            .ToListAsync(token);
    }

    /// <summary>Those of them that still wait on the relay.</summary>
    public async Task<IReadOnlyList<Transfer>> FindAsync(
        IReadOnlyCollection<Guid> ids,
        CancellationToken token = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Transfer>()
            .Where(t => ids.Contains(t.Id) && t.State == TransferState.Ready)
            .OrderBy(t => t.Id)
            .ToListAsync(token);
    }

    /// <summary>Hers that bear these seals, whatever became of them since.</summary>
    public async Task<IReadOnlyList<Transfer>> OfSealsAsync(
        Guid citizenId,
        IReadOnlyCollection<string> seals,
        CancellationToken token = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await OfSeals(db, citizenId, seals).OrderBy(t => t.Id).ToListAsync(token);
    }

    /// <summary>Within a write: the ids of hers that bear these seals.</summary>
    public static IReadOnlyList<Guid> OfSeals(WriteScope scope, Guid citizenId, IReadOnlyCollection<string> seals) =>
        [.. OfSeals(scope.Db, citizenId, seals).Select(t => t.Id)];

    private static IQueryable<Transfer> OfSeals(MyDataDb db, Guid citizenId, IReadOnlyCollection<string> seals) =>
        db.Set<Transfer>()
            .Where(t => t.CitizenId == citizenId && t.ForService == null)
            .Where(t => t.SealDigest != null && seals.Contains(t.SealDigest));

    /// <summary>When to ask again for a package that is still on its way to the relay; null where it is not.</summary>
    public async Task<TimeSpan?> WaitAsync(Guid id, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var next = await db.Set<Transfer>()
            .Where(t => t.Id == id && t.State < TransferState.Ready)
            .Select(t => (DateTimeOffset?)t.NextAttemptAt)
            .FirstOrDefaultAsync(token);
        return next is { } at ? (at - time.GetUtcNow() is { } wait && wait > LeastWait ? wait : LeastWait) : null;
    }

    /// <summary>Within a write: when the first of these packages runs out; null where one of them is not hers, or waits no more.</summary>
    public static DateTimeOffset? Until(WriteScope scope, Guid citizenId, IReadOnlyCollection<Guid> ids)
    {
        var waiting = scope
            .Db.Set<Transfer>()
            .Where(t => ids.Contains(t.Id) && t.CitizenId == citizenId && t.State == TransferState.Ready)
            .Select(t => t.ExpiresAt)
            .ToList();
        return waiting.Count == ids.Count && waiting.Count > 0 && waiting.Min() is { } until && until > scope.Now
            ? until
            : null;
    }

    /// <summary>The last agreed hand-over is acknowledged: nothing is kept (protocols.md A4). False where nothing was.</summary>
    public static bool End(WriteScope scope, Guid transferId)
    {
        var transfer = Waiting.For(scope.Db)(scope.Db, transferId);
        if (transfer is null)
            return false;
        TransferEnd.Drop(scope, transfer, TransferState.Done);
        scope.Raise(TransferEnd.Happened(EventKinds.TransferHandedOver, "platform", transfer));
        return true;
    }
}
