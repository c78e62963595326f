using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Opens the log before anything is served, on the same path as after a failure: with an empty write.</summary>
internal sealed class LedgerStart(IWriter writer) : IPreparation
{
    public void Prepare()
    {
        try
        {
            writer.WriteAsync(scope => scope.Bookkeeping()).GetAwaiter().GetResult();
        }
        catch (LedgerException refused) when (refused.InnerException is LedgerException cause)
        {
            throw new StartRefusedException([$"the ledger is not whole ({cause.Code}): {cause.Message}"], cause);
        }
    }
}
