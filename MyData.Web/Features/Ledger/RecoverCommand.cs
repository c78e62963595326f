using System.Globalization;
using System.Text;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Features.Staff;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Ledger;

/// <summary>
/// <c>dotnet MyData.Web.dll ledger recover [look]</c>: what the database lacks of what was signed and witnessed, and brings it back, as a
/// start does by itself. For a person who wants to see first, or who has switched the start's own recovery off. The portal must not run.
/// </summary>
public static class RecoverCommand
{
    /// <param name="rest">the portal's settings</param>
    /// <param name="looks">whether nothing is to be changed</param>
    public static OperatorAnswer Run(string[] rest, bool looks)
    {
        try
        {
            var builder = WebApplication.CreateBuilder([.. rest, "--MyData:Ledger:Recovers=true"]);
            builder.Logging.ClearProviders();
            builder.AddHosting();
            // Pages and agencies are not needed here, so not all of the core's seams are filled.
            builder.Host.UseDefaultServiceProvider(options => options.ValidateOnBuild = false);
            using var app = builder.Build();
            var reports = Report(app.Services);
            var text = Describe(reports);
            if (looks || reports.All(report => report.IsWhole))
                return new(reports.All(Fine) ? OperatorAnswer.Done : OperatorAnswer.NotDone("").ExitCode, text);
            app.Services.PrepareDatabase();
            return new(OperatorAnswer.Done, $"{text}\nBrought back:\n{Describe(Report(app.Services))}");
        }
        catch (Exception refused) when (refused is StartRefusedException or LedgerException)
        {
            return OperatorAnswer.NotDone(refused.Message);
        }
    }

    private static bool Fine(RecoveryReport report) => report.Problem is null;

    private static IReadOnlyList<RecoveryReport> Report(IServiceProvider services) =>
        services.GetRequiredService<LedgerRecovery>().ReportAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>For a person at a terminal, in English as every log line.</summary>
    private static string Describe(IReadOnlyList<RecoveryReport> reports)
    {
        var text = new StringBuilder();
        foreach (var report in reports)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"log        {report.Origin}");
            text.AppendLine(CultureInfo.InvariantCulture, $"database   {report.From} records");
            foreach (var (name, size) in report.Places)
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"  {name, -8} {(size < 0 ? "does not answer" : $"shows {size}")}"
                );
            text.AppendLine(
                report.Problem is { } problem ? $"problem    {problem.Code}: {problem.Message}"
                : report.IsWhole ? "lacks      nothing"
                : FormattableString.Invariant(
                    $"lacks      {report.From} to {report.To - 1}; all of them are with {report.Witness}"
                )
            );
        }
        return text.ToString().TrimEnd();
    }
}
