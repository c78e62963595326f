using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A record and the proof that it stands in the log; <see cref="LogProof.Verify"/> needs both, and no network.</summary>
/// <param name="Entry">the record's bytes</param>
/// <param name="Proof">the <c>.tlog-proof</c> file</param>
public sealed record LedgerReceipt(byte[] Entry, LogProof Proof);

/// <summary>Receipts, made when they are asked for: any record's, against the newest checkpoint that the policy accepts.</summary>
public sealed class LedgerReceipts(OpenLogs logs, IDbContextFactory<MyDataDb> databases)
{
    /// <summary>Of the record of an event; null where there is none.</summary>
    public Task<LedgerReceipt?> ForEventAsync(long eventId, CancellationToken token) =>
        FindAsync(entry => entry.EventId == eventId, token);

    /// <summary>Of a record by its place; null where there is none.</summary>
    public Task<LedgerReceipt?> ForIndexAsync(OpenLog log, long index, CancellationToken token) =>
        FindAsync(entry => entry.Log == log.Id && entry.Index == index, token);

    /// <summary>Of a record by its id; null where there is none.</summary>
    public Task<LedgerReceipt?> ForIdAsync(Guid id, CancellationToken token) =>
        FindAsync(entry => entry.Id == id, token);

    /// <summary>Of a record that was just written.</summary>
    internal async Task<LedgerReceipt?> OfAsync(OpenLog log, long index, byte[] entry, CancellationToken token)
    {
        // A row that is seen before enough witnesses have seen its checkpoint has no receipt yet.
        if (log.Proven is not { } published || published.Checkpoint.Size <= index)
            return null;
        var path = await log.Tree.InclusionAsync(index, published.Checkpoint.Size, token);
        return new LedgerReceipt(entry, new LogProof(index, path, published.Note));
    }

    private async Task<LedgerReceipt?> FindAsync(Expression<Func<LedgerEntryRow, bool>> which, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        if (await db.Set<LedgerEntryRow>().FirstOrDefaultAsync(which, token) is not { Index: { } index } entry)
            return null;
        return logs.ById(entry.Log) is { } log ? await OfAsync(log, index, entry.Bytes, token) : null;
    }
}
