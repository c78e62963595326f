using MyData.Core.Ledger;

namespace MyData.Web.Features.Ledger;

/// <summary>
/// <c>dotnet MyData.Web.dll export &lt;url or folder&gt; &lt;to&gt; [policy file]</c>: a whole log as static files, which <see cref="AuditCommand"/>
/// verifies from index 0 with no server behind them. It verifies the copy itself before it gives it its checkpoint.
/// </summary>
public static class ExportCommand
{
    public const string Name = "export";

    /// <returns>0: the copy is whole; 1: something is wrong with the log; 2: the command was not understood, or could not be done</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length is not (3 or 4))
        {
            Console.Error.WriteLine("export <url or folder> <to> [policy file]");
            return 2;
        }
        try
        {
            using var place = new LogPlace(args[1]);
            var own = args.ElementAtOrDefault(3);
            var policy = await place.PolicyAsync(own);
            var report = await LogExport.RunAsync(place.Log, policy, Path.GetFullPath(args[2]), records: true, default);
            Console.Write(AuditCommand.Describe(report, own is null));
            return report.IsGood ? 0 : 1;
        }
        catch (Exception failure) when (failure is LedgerException or IOException or HttpRequestException)
        {
            Console.Error.WriteLine(failure.Message);
            return 2;
        }
    }
}
