using System.Text;
using MyData.Core.Ledger;

namespace MyData.Load.Nodes;

/// <summary>What became of all that was acknowledged, by the log's published files alone.</summary>
/// <param name="Held">receipts that were looked at</param>
/// <param name="Lost">receipts whose record is not where they say, byte for byte</param>
/// <param name="Forged">receipts that do not verify, and records by a caller who never sent them</param>
/// <param name="Findings">what the audit of the whole log from index 0 found, and that it does not extend a checkpoint of a receipt</param>
public sealed record Reckoning(long Size, int Held, int Lost, int Forged, IReadOnlyList<AuditFinding> Findings)
{
    /// <param name="log">its static files, such as <c>/ledger/2026</c> of a portal</param>
    public static async Task<Reckoning> OfAsync(SteadyCallers callers, ILogReader log, CancellationToken token)
    {
        // What is acknowledged while this runs may be behind the checkpoint that is read.
        var held = callers.Acknowledged.ToList();
        var policy = WitnessPolicy.Parse((await log.ReadAsync(ILogReader.Policy, token))!);
        var seen = new Dictionary<long, Checkpoint>();
        var forged = 0;
        foreach (var one in held)
        {
            try
            {
                var proof = LogProof.Parse(Encoding.UTF8.GetBytes(one.Proof));
                var checkpoint = proof.Verify(policy, Encoding.UTF8.GetBytes(one.Entry));
                forged += proof.Index == one.Index ? 0 : 1;
                seen.TryAdd(checkpoint.Size, checkpoint);
            }
            catch (LedgerException)
            {
                forged++;
            }
        }
        var audit = await LogAudit.RunAsync(log, policy, [.. seen.Values], records: true, null, token);
        var entries = await EntriesAsync(log, audit.Checkpoint?.Size ?? 0, token);
        var lost = held.Count(one =>
            one.Index >= entries.Count
            || !entries[(int)one.Index].AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(one.Entry))
        );
        forged += entries.Select(entry => LedgerRecord.Parse(entry)).Count(record => callers.IsForged(record));
        return new Reckoning(entries.Count, held.Count, lost, forged, audit.Findings);
    }

    private static async Task<List<byte[]>> EntriesAsync(ILogReader log, long size, CancellationToken token)
    {
        var entries = new List<byte[]>();
        while (entries.Count < size)
        {
            var width = (int)Math.Min(Tile.FullWidth, size - entries.Count);
            var path = new TilePath(TilePath.Entries, entries.Count / Tile.FullWidth, width);
            if (await log.ReadAsync(path.ToString(), token) is not { } bytes)
                return entries;
            Read(bytes, entries);
        }
        return entries;
    }

    private static void Read(byte[] bytes, List<byte[]> entries)
    {
        var bundle = new EntryBundle(bytes);
        while (bundle.TryNext(out var entry))
            entries.Add(entry.ToArray());
    }
}
