using System.Globalization;
using System.Text;
using MyData.Core.Ledger;

namespace MyData.Web.Features.Ledger;

/// <summary>
/// <c>dotnet MyData.Web.dll audit &lt;url, folder or ZIP&gt; [policy file]</c>: checks a log from index 0 with its published files alone, or each
/// receipt of an evidence bundle. Without a policy of the auditor's own it believes the key that the log itself names, and says so.
/// </summary>
public static class AuditCommand
{
    public const string Name = "audit";

    /// <returns>0: nothing is wrong; 1: something is; 2: the command was not understood, or the log not reached</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length is not (2 or 3))
        {
            Console.Error.WriteLine("audit <url, folder or ZIP> [policy file]");
            return 2;
        }
        try
        {
            var own = args.ElementAtOrDefault(2);
            if (await EvidenceAudit.OpenAsync(args[1]) is { } evidence)
                using (evidence)
                    return await evidence.RunAsync(own, Console.Out) ? 0 : 1;
            using var place = new LogPlace(args[1]);
            var policy = WitnessPolicy.Parse(await place.PolicyAsync(own));
            var report = await LogAudit.RunAsync(place.Log, policy, [], records: true, null, default);
            Console.Write(Describe(report, own is null));
            return report.IsGood ? 0 : 1;
        }
        catch (Exception failure)
            when (failure is LedgerException or IOException or InvalidDataException or HttpRequestException)
        {
            Console.Error.WriteLine(failure.Message);
            return 2;
        }
    }

    /// <summary>For a person at a terminal, in English as every log line.</summary>
    internal static string Describe(AuditReport report, bool ownWord)
    {
        var text = new StringBuilder();
        if (report.Checkpoint is { } checkpoint)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"log        {checkpoint.Origin}");
            text.AppendLine(CultureInfo.InvariantCulture, $"size       {checkpoint.Size}");
            text.AppendLine(CultureInfo.InvariantCulture, $"root       {Convert.ToBase64String(checkpoint.Root.Span)}");
        }
        if (report.Outcome is { } outcome)
        {
            var names = outcome.Cosigners.Select(one => one.Name);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"signed by  {outcome.Log}{(ownWord ? " (the log's own word)" : "")}"
            );
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"witnesses  {(outcome.Cosigners.Count > 0 ? string.Join(", ", names) : "none")}"
            );
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"verified   {report.Verified}");
        text.AppendLine(CultureInfo.InvariantCulture, $"wrong      {report.Count}");
        foreach (var finding in report.Findings)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {finding.Code}  {finding.File}  {finding.Index}  {finding.Message}"
            );
        return text.ToString();
    }
}
