using MyData.Core.Ledger;

namespace MyData.Core.Transfers;

/// <summary>In what two tellings of one transfer may differ, and whether they do.</summary>
public static class SideDifferences
{
    public const string Result = "result";
    public const string Seal = "seal";
    public const string Fields = "fields";
    public const string DataSet = "dataset";
    public const string Person = "person";

    /// <summary>Somebody else's record stands under the report's id.</summary>
    public const string Sender = "sender";

    private const string Ok = "ok";

    public static IReadOnlyList<string> All { get; } = [Sender, Person, DataSet, Result, Seal, Fields];

    /// <summary>What can be judged of the report alone.</summary>
    /// <param name="samePerson">it names her alone, or nobody</param>
    internal static string Found(TransferSide side, LedgerRecord report, bool samePerson)
    {
        var asked = side.Fields.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var given = side.Seals && report.Result == Ok && asked.Length > 0;
        return Join([
            report.Via == side.Client ? null : Sender,
            samePerson ? null : Person,
            report.From == side.From ? null : DataSet,
            // Fewer are none: of some fields nothing may be held.
            given && (report.Fields.Count == 0 || report.Fields.Except(asked).Any())
                ? Fields
                : null,
        ]);
    }

    /// <summary>Puts both tellings side by side, once the transfer has ended and the report is there.</summary>
    internal static void Judge(TransferSide side)
    {
        if (side.TransferId is null)
            side.State = SideState.Unknown;
        else if (side.EndedAt is null)
            side.State = SideState.Open;
        else if (side.ReportedAt is null)
            side.State =
                !side.Reports || IsFailure(side.Result) ? SideState.Unneeded
                : side.State == SideState.Missing ? SideState.Missing
                : SideState.Waiting;
        else
        {
            var both = side.Result == Ok && side.ReportedResult == Ok;
            side.Differences = Join([
                .. side.Found.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                // Of what she broke off the other end cannot know how it would have ended.
                TransferCodes.IsBrokenOff(side.Result)
                || Kind(side.Result) == Kind(side.ReportedResult)
                    ? null
                    : Result,
                side.Seals && both && side.Seal != side.ReportedSeal ? Seal : null,
            ]);
            side.State = side.Differences.Length == 0 ? SideState.Agreed : SideState.Differs;
        }
    }

    private static bool IsFailure(string? result) => Kind(result) is not (Ok or TransferReport.Nothing);

    // Each end has codes of its own for what went wrong.
    private static string Kind(string? result) => result is Ok or TransferReport.Nothing ? result : "";

    private static string Join(IEnumerable<string?> found)
    {
        var set = found.ToHashSet();
        return string.Join(' ', All.Where(set.Contains));
    }
}
