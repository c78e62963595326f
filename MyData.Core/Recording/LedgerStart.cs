using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Opens the log before anything is served, on the same path as after a failure: with an empty write. Before that what is missing comes back.
/// </summary>
internal sealed class LedgerStart(LogRecovery recovery) : IPreparation
{
    public void Prepare()
    {
        try
        {
            recovery.PrepareAsync().GetAwaiter().GetResult();
            recovery.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (LedgerException refused)
        {
            var cause = refused.Code == Writing.Unavailable ? refused.InnerException as LedgerException : refused;
            if (cause is null)
                throw;
            throw new StartRefusedException([$"the ledger is not whole ({cause.Code}): {cause.Message}"], cause);
        }
    }
}
