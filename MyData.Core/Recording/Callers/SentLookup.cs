using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Records of other systems by their ids, from the rows.</summary>
internal sealed class SentLookup(IDbContextFactory<MyDataDb> databases) : ISentRecords
{
    public async Task<IReadOnlyList<LedgerRecord>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var wanted = ids.ToArray();
        var rows = await db.Set<LedgerEntryRow>()
            .Where(entry => wanted.Contains(entry.Id) && entry.EventId == null)
            .Select(entry => entry.Bytes)
            .ToListAsync(token);
        return [.. rows.Select(bytes => LedgerRecord.Parse(bytes))];
    }
}
