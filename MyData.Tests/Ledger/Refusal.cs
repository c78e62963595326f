using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

internal static class Refusal
{
    /// <summary>The code of the refusal, or null where nothing was refused. Other exceptions go through.</summary>
    public static string? Of(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (LedgerException e)
        {
            return e.Code;
        }
    }

    public static async Task<string?> OfAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (LedgerException e)
        {
            return e.Code;
        }
    }
}
