using System.Globalization;
using System.Text;
using MyData.Core.Data;
using MyData.Core.Recording;
using MyData.Core.Watch;

namespace MyData.Web.Features.LedgerApi;

/// <summary>Figures for Prometheus (text format 0.0.4): sizes, times and states. No address, no person.</summary>
public sealed class LedgerMetrics(
    LedgerBoard board,
    LedgerPulse pulse,
    AnswerTimes times,
    LedgerIntake intake,
    Alarms alarms,
    DiskRoom disk,
    TimeProvider time
)
{
    public async Task<string> TextAsync(CancellationToken token)
    {
        var text = new StringBuilder();
        if (await board.ReadAsync(token) is { } view)
        {
            Add(text, "ledger_records", "counter", "Records in this year's log.", (view.Size, ""));
            if (view.Blocks is [{ At: { } at }, ..])
                Add(
                    text,
                    "ledger_checkpoint_age_seconds",
                    "gauge",
                    "Since the newest record that a checkpoint counts.",
                    ((time.GetUtcNow() - at).TotalSeconds, "")
                );
            var witnesses = view.Nodes.Where(node => node.Role == NodeRole.Witness).ToList();
            Add(
                text,
                "ledger_witness_lag_records",
                "gauge",
                "Records that a witness has not cosigned.",
                [.. witnesses.Select(one => ((double)one.Lag, Label("witness", one.Name)))]
            );
            Add(
                text,
                "ledger_witness_up",
                "gauge",
                "1 while a witness answers.",
                [.. witnesses.Select(one => (one.Error is null ? 1.0 : 0.0, Label("witness", one.Name)))]
            );
            Add(
                text,
                "database_node_up",
                "gauge",
                "1 while the PostgreSQL of a node takes writes or follows, 0 while it should follow and does not.",
                [
                    .. view
                        .Databases.Where(one => one.State != NodeDatabaseState.Unknown)
                        .Select(one => (one.State == NodeDatabaseState.Away ? 0.0 : 1.0, Label("node", one.Name))),
                ]
            );
            Add(
                text,
                "ledger_stopped",
                "gauge",
                "1 while the ledger stands still until somebody has looked.",
                (view.Nodes[0].Error is null ? 0 : 1, "")
            );
        }
        var rates = pulse.Rates;
        Add(
            text,
            "ledger_records_per_second",
            "gauge",
            "Mean of the last minute.",
            ((double)rates.Sum(rate => (long)rate) / rates.Count, "")
        );
        Add(text, "ledger_intake_under_way", "gauge", "Records of other systems under way.", (intake.UnderWay, ""));
        var minute = times.Minute;
        Add(
            text,
            "answer_seconds",
            "gauge",
            "Answers of the last minute, by quantile.",
            (minute.Half.TotalSeconds, "{quantile=\"0.5\"}"),
            (minute.Most.TotalSeconds, "{quantile=\"0.99\"}")
        );
        Add(text, "answers_total", "counter", "Answers since the process began.", (times.All, ""));
        var (open, unseen) = await alarms.CountAsync(token);
        Add(text, "alarms_open", "gauge", "Alarms that nobody has closed.", (open, ""));
        Add(text, "alarms_unseen", "gauge", "Alarms that nobody has seen.", (unseen, ""));
        if (disk.Free is { } free)
            Add(text, "disk_free_bytes", "gauge", "Free where the database is.", (free, ""));
        return text.ToString();
    }

    private static void Add(
        StringBuilder text,
        string name,
        string kind,
        string help,
        params IReadOnlyList<(double Value, string Labels)> values
    )
    {
        if (values.Count == 0)
            return;
        text.Append(CultureInfo.InvariantCulture, $"# HELP mydata_{name} {help}\n# TYPE mydata_{name} {kind}\n");
        foreach (var (value, labels) in values)
            text.Append(CultureInfo.InvariantCulture, $"mydata_{name}{labels} {value:R}\n");
    }

    private static string Label(string name, string value) =>
        $"{{{name}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"}}";
}
