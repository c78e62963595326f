using System.Globalization;
using System.Text;
using MyData.Core.Recording;
using MyData.Web.Features.Staff;

namespace MyData.Web.Features.Ledger;

/// <summary>Carries out what the command <c>ledger scrub</c> asks of the running portal.</summary>
public sealed class ScrubOrders(LedgerScrub scrub, IHostApplicationLifetime life, TimeProvider time)
{
    /// <summary>The door is held for ten seconds at most; a longer round goes on without whoever asked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);

    public async Task<OperatorAnswer> RunAsync(CancellationToken token)
    {
        var round = scrub.Asked(life.ApplicationStopping);
        try
        {
            return new(OperatorAnswer.Done, Describe(await round.WaitAsync(Patience, time, token)));
        }
        catch (TimeoutException)
        {
            return new(
                OperatorAnswer.Done,
                "The round goes on; what it finds stands in the viewer. Ask again to hear when it is done."
            );
        }
    }

    private static string Describe(ScrubReport report)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{report.Records} records, {report.Tags} tags and {report.Files} files in {report.Took.TotalSeconds:0.0} s; wrong: {report.Found.Count}"
        );
        foreach (var one in report.Found)
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n  {one.Code}  {one.Place}  {one.Index}  {(one.From is null ? "" : $"from {one.From}  ")}{one.Message}"
            );
        return text.ToString();
    }
}
