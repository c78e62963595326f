namespace MyData.Core.Data;

/// <summary>
/// No receipt, no data (ledger.md, "Shape"): stands before everything that leaves the platform about a person. What was written before
/// the call is provable when it returns.
/// </summary>
public interface IReleaseGate
{
    /// <exception cref="Ledger.LedgerException"><see cref="Writing.Unavailable"/>: nothing may leave now; ask again later</exception>
    Task PassAsync(CancellationToken token);
}
