using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Whether enough witnesses have seen a checkpoint.</summary>
public interface ILedgerQuorum
{
    /// <exception cref="LedgerException"><see cref="Writing.Unavailable"/>: they do not answer</exception>
    Task WaitAsync(Checkpoint checkpoint, CancellationToken token);
}

/// <summary>
/// Lets through what is recorded, durable, signed and witnessed. While the log is closed it tries an empty write, so that it opens again
/// with the disk and not with the next citizen's luck.
/// </summary>
internal sealed class ReleaseGate(OpenLogs logs, ILedgerQuorum quorum, IWriter writer) : IReleaseGate
{
    public async Task PassAsync(CancellationToken token)
    {
        if (logs.Current is not { IsSigned: true })
            await writer.WriteAsync(scope => scope.Bookkeeping(), token);
        if (logs.Current is not { IsSigned: true, Published: { } published })
            throw new LedgerException(Writing.Unavailable, "What was recorded is not signed yet.");
        await quorum.WaitAsync(published.Checkpoint, token);
        // Just after midnight of the new year, what is released may stand in the log of the old one.
        if (logs.Previous?.Published is { } end)
            await quorum.WaitAsync(end.Checkpoint, token);
    }
}
