namespace MyData.Core.Recording;

/// <summary>What the database lacks of what was signed, for whoever asks before anything is changed.</summary>
public sealed class LedgerRecovery
{
    private readonly LogRecovery _recovery;

    internal LedgerRecovery(LogRecovery recovery) => _recovery = recovery;

    /// <summary>A report for each log. Changes nothing.</summary>
    /// <exception cref="Ledger.LedgerException"><c>ledger.key</c></exception>
    public Task<IReadOnlyList<RecoveryReport>> ReportAsync(CancellationToken token) => _recovery.ReportAsync(token);
}
