using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Holds the rows that say where each tag stands against the records themselves, of which they are an index.</summary>
internal sealed class TagMending(RowRepairs repairs, IDbContextFactory<MyDataDb> databases)
{
    public const string Table = "ledger_tags";

    /// <param name="first">the place of the first of these</param>
    /// <param name="entries">of one bundle, as they were signed</param>
    public async Task MendAsync(long first, IReadOnlyList<byte[]> entries, Found found, CancellationToken token)
    {
        var wanted = new List<(byte[] Tag, Guid Entry, long Index)>();
        for (var at = 0; at < entries.Count; at++)
            if (Read(entries[at]) is { } record)
                wanted.AddRange(record.Tags.Select(tag => (tag, record.Id, first + at)));
        found.Tags += wanted.Count;
        if (wanted.Count == 0)
            return;
        var tags = wanted.Select(one => one.Tag).ToArray();
        await using var db = await databases.CreateDbContextAsync(token);
        var there = await db.Set<LedgerTagRow>()
            .Where(t => tags.Contains(t.Tag))
            .ToDictionaryAsync(t => OwnTags.Number(t.Tag), t => t.Entry, token);
        foreach (var (tag, entry, index) in wanted)
        {
            if (!there.TryGetValue(OwnTags.Number(tag), out var said) || said != entry)
                await repairs.RunAsync(found, Table, scope => Put(scope, tag, entry, index), token);
        }
    }

    /// <summary>Takes away what no record has: rows that were put there. Reads all of them.</summary>
    public async Task RemoveOthersAsync(Found found, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var rows =
            from tag in db.Set<LedgerTagRow>()
            join entry in db.Set<LedgerEntryRow>() on tag.Entry equals entry.Id into entries
            from entry in entries.DefaultIfEmpty()
            select new
            {
                tag.Tag,
                tag.Entry,
                Bytes = entry == null ? null : entry.Bytes,
            };
        var others = new List<(byte[] Tag, Guid Entry)>();
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(token))
            if (row.Bytes is null || Read(row.Bytes) is not { } record || !Has(record, row.Tag))
                others.Add((row.Tag, row.Entry));
        foreach (var (tag, entry) in others)
            await repairs.RunAsync(
                found,
                Table,
                scope =>
                {
                    scope.Db.Set<LedgerTagRow>().Where(t => t.Tag == tag).ExecuteDelete();
                    return new Incident(LedgerIncidents.Healed, "The row belonged to no record.")
                    {
                        Place = Table,
                        From = LogRecovery.Own,
                        Ours = [.. tag, .. entry.ToByteArray(bigEndian: true)],
                    };
                },
                token
            );
    }

    private static Incident Put(WriteScope scope, byte[] tag, Guid entry, long index)
    {
        var row = scope.Db.Set<LedgerTagRow>().Where(t => t.Tag == tag);
        var wrong = row.Select(t => (Guid?)t.Entry).FirstOrDefault();
        if (wrong is null)
            scope.Db.Add(new LedgerTagRow { Tag = tag, Entry = entry });
        else
            row.ExecuteUpdate(set => set.SetProperty(t => t.Entry, entry));
        return new Incident(
            LedgerIncidents.Healed,
            wrong is null ? "The row was gone." : "The row named another record."
        )
        {
            Place = Table,
            Index = index,
            From = LogRecovery.Own,
            Ours = wrong?.ToByteArray(bigEndian: true),
            Theirs = entry.ToByteArray(bigEndian: true),
        };
    }

    private static bool Has(LedgerRecord record, byte[] tag) => record.Tags.Any(one => one.AsSpan().SequenceEqual(tag));

    private static LedgerRecord? Read(byte[] entry)
    {
        try
        {
            return LedgerRecord.Parse(entry);
        }
        catch (LedgerException)
        {
            return null;
        }
    }
}
