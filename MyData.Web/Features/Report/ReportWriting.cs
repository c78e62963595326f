using System.Globalization;
using Microsoft.Extensions.Localization;
using MyData.Core.Staff;
using MyData.Core.Watch;
using MyData.Web.Features.Ledger;
using MyData.Web.Hosting;
using MyData.Web.Ui;

namespace MyData.Web.Features.Report;

/// <summary>
/// Answers the list of the tender (003, 查核依據 2) from the facts: what is done for each, and what the system showed of it when the report was
/// made. Nothing that was not looked at then is claimed.
/// </summary>
public sealed class ReportWriting(IStringLocalizer<ReportText> text, MyDataSettings settings)
{
    private const double Megabyte = 1024 * 1024;
    private const int Decade = 3_652;
    private static readonly string[] Chapters =
    [
        "Correct",
        "Integrity",
        "Immutable",
        "NonRepudiation",
        "Decentral",
        "Use",
        "Operation",
        "Growth",
        "Upkeep",
        "Network",
        "Law",
    ];

    /// <summary>In the language of the current thread.</summary>
    public ReportContent Write(ReportFacts facts)
    {
        var parts = new List<ReportPart> { new ReportParagraph(text["Intro"]), new ReportTable(Glance(facts)) };
        foreach (var chapter in Chapters)
        {
            if (chapter == "Correct")
                parts.Add(new ReportHeading(1, text["PartOne"]));
            if (chapter == "Use")
                parts.Add(new ReportHeading(1, text["PartTwo"]));
            parts.Add(new ReportHeading(2, text[$"Title-{chapter}"]));
            parts.Add(new ReportParagraph(text[$"Says-{chapter}"]));
            if (chapter == "Growth")
                parts.Add(new ReportBars(text["BarsCaption"], facts.Hours, text["BarsFirst"], text["BarsLast"]));
            parts.Add(new ReportTable(Evidence(chapter, facts)));
        }
        parts.Add(new ReportHeading(1, text["LimitsTitle"]));
        parts.Add(new ReportParagraph(text["LimitsSays"]));
        parts.Add(new ReportList([.. Limits(facts)]));
        parts.Add(new ReportHeading(1, text["NotClaimedTitle"]));
        parts.Add(new ReportList([.. Lines("NotClaimed-", 5)]));
        parts.Add(new ReportHeading(1, text["SelfTitle"]));
        parts.Add(new ReportParagraph(text["SelfSays"]));
        parts.Add(
            new ReportList([
                text["Self-1", $"{facts.Address.TrimEnd('/')}{LedgerUrls.Of(facts.Year)}"],
                text["Self-2", $"{facts.Address.TrimEnd('/')}/ledger/v1/exports/{facts.Year}"],
                text["Self-3"],
                text["Self-4"],
            ])
        );
        return new ReportContent(
            text["Title"],
            text["Subtitle", Dates.Text(facts.At)],
            text["Foot", facts.Origin, LedgerWords.Number(facts.Size), facts.Root[..12], At(facts.At)],
            parts
        );
    }

    private IReadOnlyList<ReportFact> Glance(ReportFacts facts) =>
        [
            Fact("Made", At(facts.At)),
            Fact("Ledger", facts.Origin),
            Fact("Size", text["Records", LedgerWords.Number(facts.Size)]),
            Fact("Root", facts.Root),
            Audited(facts),
            Quorum(facts),
            Fact(
                "Incidents",
                facts.Incidents.Count == 0 ? text["None"] : Counted(facts.Incidents),
                isGood: facts.Incidents.Count == 0
            ),
            Fact("Alarms", AlarmsOf(facts)),
        ];

    private IReadOnlyList<ReportFact> Evidence(string chapter, ReportFacts facts) =>
        chapter switch
        {
            "Correct" =>
            [
                Audited(facts),
                Fact("Callers", text["CallersOf", facts.Callers, facts.CallerKeys], "/ledger/v1/keys"),
            ],
            "Integrity" =>
            [
                Fact(
                    "Checkpoint",
                    text["CheckpointOf", LedgerWords.Number(facts.Size), At(facts.CheckpointAt)],
                    $"{LedgerUrls.Of(facts.Year)}/checkpoint"
                ),
                Fact(
                    "Receipt",
                    text[facts.ReceiptHolds ? "ReceiptHolds" : "ReceiptFails", LedgerWords.Number(facts.Size - 1)],
                    LedgerUrls.Receipt(facts.Year, facts.Size - 1),
                    facts.ReceiptHolds
                ),
                Audited(facts),
            ],
            "Immutable" =>
            [
                Quorum(facts),
                Fact("Signers", Joined(facts.Signers), $"{LedgerUrls.Of(facts.Year)}/checkpoint"),
                Fact(
                    "Incidents",
                    facts.Incidents.Count == 0 ? text["None"] : Counted(facts.Incidents),
                    "/ledger/v1/incidents",
                    facts.Incidents.Count == 0
                ),
            ],
            "NonRepudiation" =>
            [
                Fact("LogKey", facts.Key, "/ledger/v1/policy"),
                Fact("Callers", text["CallersOf", facts.Callers, facts.CallerKeys], "/ledger/v1/keys"),
            ],
            "Decentral" =>
            [
                Quorum(facts),
                .. facts.Nodes.Select(Node),
                .. facts.Nodes.Select(Scrubbed).OfType<ReportFact>(),
            ],
            "Use" =>
            [
                Fact("Agencies", text["AgenciesOf", facts.Agencies, facts.DataSets], "/datasets"),
                Fact("Callers", text["CallersOf", facts.Callers, facts.CallerKeys], "/ledger/v1/keys"),
                Fact("Api", "OpenAPI 3.1", "/ledger/v1/openapi.json"),
            ],
            "Operation" =>
            [
                Fact("Staff", StaffOf(facts)),
                Fact("Alarms", AlarmsOf(facts), "/audit"),
                Fact("Metrics", "Prometheus, SSE", "/ledger/v1/metrics, /ledger/v1/events"),
            ],
            "Growth" => Growth(facts),
            "Upkeep" =>
            [
                Fact("Software", $".NET {Environment.Version}, {facts.Version}"),
                Fact("Formats", "RFC 9162, C2SP (signed-note, tlog-checkpoint, tlog-tiles, tlog-witness, tlog-proof)"),
                Fact("Export", text["ExportOf"], "/ledger/v1/exports"),
            ],
            "Network" =>
            [
                Fact("Origin", facts.Address, isGood: facts.Address.StartsWith("https:", StringComparison.Ordinal)),
                Fact("Rates", text["RatesOf", settings.Ledger.NetworkPerSecond, settings.Ledger.IntakePerSecond]),
                Fact("MetricsFrom", settings.Ledger.MetricsFrom),
            ],
            _ =>
            [
                Fact("Retention", text["RetentionOf"]),
                Fact("Personal", text["PersonalOf"], LedgerUrls.Records(facts.Year)),
            ],
        };

    private IReadOnlyList<ReportFact> Growth(ReportFacts facts)
    {
        var found = new List<ReportFact>
        {
            Fact("Day", text["DayOf", LedgerWords.Number(facts.Day), LedgerWords.Number(facts.Hours.Max())]),
            Fact("Week", text["Records", LedgerWords.Number(facts.Week)]),
            Fact(
                "Answers",
                facts.AnswersCounted == 0
                    ? text["NoAnswers"]
                    : text[
                        "AnswersOf",
                        Milliseconds(facts.HalfAnswers),
                        Milliseconds(facts.MostAnswers),
                        facts.AnswersCounted
                    ],
                "/ledger/v1/metrics"
            ),
        };
        if (facts is { DiskUsed: { } used, DiskFree: { } free })
            found.Add(Fact("Disk", text["DiskOf", Megabytes(used), Megabytes(free)]));
        if (facts is { DiskUsed: { } bytes and > 0, DiskFree: { } room, Week: > 0, Size: > 0 })
        {
            var days = (long)(room / Math.Max(facts.Week / 7.0 * bytes / facts.Size, 1));
            found.Add(
                Fact("Room", days < Decade ? text["RoomOf", LedgerWords.Number(days)].Value : text["RoomLong"].Value)
            );
        }
        return found;
    }

    private IEnumerable<string> Limits(ReportFacts facts)
    {
        yield return facts.Witnesses switch
        {
            0 => text["Limit-Alone"],
            1 => text["Limit-One"],
            _ => text["Limit-Some", facts.Witnesses, facts.Needed, facts.MayFail, facts.Witnesses - facts.Needed + 1],
        };
        foreach (var line in Lines("Limit-", 4))
            yield return line;
    }

    private IEnumerable<string> Lines(string prefix, int count) =>
        Enumerable
            .Range(1, count)
            .Select(at => text[string.Create(CultureInfo.InvariantCulture, $"{prefix}{at}")].Value);

    private ReportFact Audited(ReportFacts facts) =>
        facts.Audit is not { } audit
            ? Fact("Audit", text["AuditLong"], "audit")
            : Fact(
                "Audit",
                text[
                    audit.IsGood ? "AuditGood" : "AuditBad",
                    LedgerWords.Number(audit.Verified),
                    Milliseconds(facts.AuditTook),
                    audit.Count
                ],
                "audit",
                audit.IsGood
            );

    private ReportFact Quorum(ReportFacts facts) =>
        facts.IsAlone
            ? Fact("Quorum", text["QuorumNone"], "/ledger/v1/policy", isGood: false)
            : Fact("Quorum", text["QuorumOf", facts.Needed, facts.Witnesses, facts.MayFail], "/ledger/v1/policy");

    private ReportFact Node(Core.Recording.NodeView node) =>
        new(
            node.Name,
            text[
                node.Error is null ? "NodeOf" : "NodeFails",
                text[$"Role-{node.Role}"].Value,
                LedgerWords.Number(node.Size),
                LedgerWords.Number(node.Lag),
                node.Error ?? ""
            ],
            "/ledger/v1/nodes",
            node.Error is null
        );

    private ReportFact? Scrubbed(Core.Recording.NodeView node) =>
        node.Report is { ScrubbedAt: { } at } ? new(text["ScrubOf", node.Name], At(at), "/ledger/v1/nodes") : null;

    private ReportFact Fact(string label, string value, string? source = null, bool? isGood = null) =>
        new(text[$"Label-{label}"], value, source, isGood);

    private string AlarmsOf(ReportFacts facts) =>
        facts.Alarms.Count == 0
            ? text["None"]
            : Joined(
                AlarmCodes
                    .All.Where(facts.Alarms.ContainsKey)
                    .Select(code => text["AlarmOf", code, facts.Alarms[code].All, facts.Alarms[code].Open].Value)
            );

    private string StaffOf(ReportFacts facts) =>
        Joined(
            StaffRoles
                .Platform.Append(StaffRoles.Clerk)
                .Select(role => $"{text[$"Staff-{role}"]} {facts.Staff.GetValueOrDefault(role)}")
        );

    private string Counted(IReadOnlyDictionary<string, int> counts) =>
        Joined(counts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}"));

    private string Joined(IEnumerable<string> all) =>
        string.Join(text["Comma"], all) is { Length: > 0 } list ? list : text["None"];

    private static string At(DateTimeOffset? at) =>
        at is { } known
            ? known.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : "";

    private static string Milliseconds(TimeSpan time) =>
        time.TotalMilliseconds.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => (bytes / Megabyte).ToString("N1", CultureInfo.InvariantCulture);
}
