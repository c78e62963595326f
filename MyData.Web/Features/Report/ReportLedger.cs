using System.Text;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.Report;

/// <summary>The log as the report finds it: how far, by whom signed, whole or not, how busy.</summary>
public sealed class ReportLedger(
    OpenLogs logs,
    LedgerBoard board,
    LedgerFiles files,
    LedgerRecords records,
    LedgerReceipts receipts,
    TimeProvider time
)
{
    /// <summary>Records of a log that is audited as a whole for a report; a longer one takes its own command.</summary>
    public const long MostAudited = 2_000_000;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Null before the first record that is proven.</summary>
    public async Task<Found?> ReadAsync(IProgress<long> verified, CancellationToken token)
    {
        if (await board.ReadAsync(token) is not { } view || logs.Find(view.Year) is not { Proven: { } proven } log)
            return null;
        var start = time.GetTimestamp();
        var audit = proven.Checkpoint.Size <= MostAudited ? await AuditAsync(log, verified, token) : null;
        var took = time.GetElapsedTime(start);
        return new Found(view, log, proven)
        {
            Audit = audit,
            AuditTook = took,
            ReceiptHolds = await ReceiptHoldsAsync(log, proven.Checkpoint.Size - 1, token),
            Hours = await HoursAsync(log, proven.Checkpoint.Size, token),
            Week = proven.Checkpoint.Size - await records.FirstAsync(log, time.GetUtcNow().AddDays(-7), token),
        };
    }

    private Task<AuditReport> AuditAsync(OpenLog log, IProgress<long> verified, CancellationToken token) =>
        LogAudit.RunAsync(files.Find(log.Year)!, Policy(log), [], records: true, verified, token);

    private async Task<bool> ReceiptHoldsAsync(OpenLog log, long index, CancellationToken token)
    {
        if (await receipts.ForIndexAsync(log, index, token) is not { } receipt)
            return false;
        try
        {
            receipt.Proof.Verify(Policy(log), receipt.Entry);
            return true;
        }
        catch (LedgerException)
        {
            return false;
        }
    }

    private WitnessPolicy Policy(OpenLog log) => WitnessPolicy.Parse(Encoding.UTF8.GetBytes(files.Policy(log.Year)!));

    private async Task<IReadOnlyList<long>> HoursAsync(OpenLog log, long size, CancellationToken token)
    {
        var now = time.GetUtcNow();
        var places = new List<long>();
        for (var ago = 24; ago > 0; ago--)
            places.Add(await records.FirstAsync(log, now - ago * Hour, token));
        places.Add(size);
        return [.. places.Zip(places.Skip(1), (from, to) => Math.Max(0, to - from))];
    }

    public sealed record Found(LedgerBoardView View, OpenLog Log, PublishedCheckpoint Proven)
    {
        public required AuditReport? Audit { get; init; }
        public required TimeSpan AuditTook { get; init; }
        public required bool ReceiptHolds { get; init; }
        public required IReadOnlyList<long> Hours { get; init; }
        public required long Week { get; init; }
    }
}
