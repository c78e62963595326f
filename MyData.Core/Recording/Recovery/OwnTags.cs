using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Whose tags some records have, as far as the vault knows.</summary>
/// <param name="Next">by person: her counter after them</param>
internal sealed record OwnedTags(
    IReadOnlyDictionary<UInt128, Guid> Owners,
    IReadOnlyDictionary<Guid, long> Next,
    IReadOnlySet<Guid> Accounts
)
{
    /// <summary>The account of whom a tag is; null where nobody here has one.</summary>
    public Guid? AccountOf(byte[] tag) =>
        Owners.TryGetValue(OwnTags.Number(tag), out var owner) && Accounts.Contains(owner) ? owner : null;
}

/// <summary>
/// Finds whose tags stand in records that came back: of each person of the vault the tags that would be next are computed, and looked for,
/// until some in a row are nobody's. So no counter gives a tag that the log has already.
/// </summary>
internal sealed class OwnTags(PersonKeys keys, IDbContextFactory<MyDataDb> databases)
{
    /// <summary>Tags that may be unknown before a known one: records of one batch may stand in another order than their counters.</summary>
    private const int Ahead = 16;

    // Who has none of the first few has none at all: counters leave nothing out.
    private const int First = 4;

    public static UInt128 Number(byte[] tag) => BinaryPrimitives.ReadUInt128BigEndian(tag);

    public async Task<OwnedTags> FindAsync(
        int log,
        string origin,
        int year,
        IReadOnlyList<LedgerRecord> records,
        CancellationToken token
    )
    {
        var there = records.SelectMany(record => record.Tags).Select(Number).ToHashSet();
        var (owners, next) = (new Dictionary<UInt128, Guid>(), new Dictionary<Guid, long>());
        await using var db = await databases.CreateDbContextAsync(token);
        var people =
            from person in db.Set<LedgerPersonRow>()
            where person.Key != null
            join counter in db.Set<LedgerCounterRow>().Where(c => c.Log == log)
                on person.CitizenId equals counter.CitizenId
                into counters
            from counter in counters.DefaultIfEmpty()
            select new
            {
                person.CitizenId,
                person.Key,
                Next = counter == null ? 0 : counter.Next,
            };
        await foreach (var person in people.AsAsyncEnumerable().WithCancellation(token))
        {
            var key = keys.Open(person.Key!, person.CitizenId);
            var end = person.Next + First;
            for (var counter = person.Next; counter < end; counter++)
            {
                var tag = Number(PersonTag.Compute(key, origin, year, counter));
                if (!there.Contains(tag))
                    continue;
                (owners[tag], next[person.CitizenId], end) = (person.CitizenId, counter + 1, counter + 1 + Ahead);
            }
        }
        return new OwnedTags(owners, next, await AccountsAsync(db, next.Keys, token));
    }

    private static async Task<IReadOnlySet<Guid>> AccountsAsync(
        MyDataDb db,
        IEnumerable<Guid> people,
        CancellationToken token
    )
    {
        var accounts = new HashSet<Guid>();
        foreach (var some in people.Chunk(500))
            accounts.UnionWith(await CitizenAccounts.AmongAsync(db, some, token));
        return accounts;
    }
}
