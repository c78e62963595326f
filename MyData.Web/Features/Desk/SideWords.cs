using System.Globalization;
using Microsoft.Extensions.Localization;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Core.Transfers;
using MyData.Web.Features.History;
using MyData.Web.Hosting;
using MyData.Web.Ui;

namespace MyData.Web.Features.Desk;

/// <summary>Both tellings of a transfer, for the staff: as words on the page, as codes in the file.</summary>
public sealed class SideWords(
    Catalogue catalogue,
    TransferSides sides,
    IStringLocalizer<DeskText> text,
    IStringLocalizer<HistoryText> words
)
{
    private const int MostExported = 20_000;

    private static readonly string[] Columns =
    [
        "transfer",
        "report",
        "op",
        "client",
        "data_set",
        "state",
        "differences",
        "ended_at",
        "due_at",
        "result",
        "seal",
        "reported_at",
        "reported_result",
        "reported_seal",
    ];

    /// <summary>As the address has it; what is none of them is as if nothing was chosen.</summary>
    public static SideChoice Choice(string? which) =>
        Enum.TryParse<SideChoice>(which, out var choice) && Enum.IsDefined(choice) ? choice : SideChoice.Open;

    public static BadgeKind Kind(SideView side) =>
        side.State switch
        {
            SideState.Agreed => side.IsLate ? BadgeKind.Warn : BadgeKind.Good,
            SideState.Missing or SideState.Differs => BadgeKind.Bad,
            SideState.Unknown => BadgeKind.Warn,
            _ => BadgeKind.Soft,
        };

    public string State(SideView side) => text[$"SideState-{Code(side)}"];

    public string Result(string? code) =>
        code switch
        {
            null => text["NoReport"],
            "ok" => text["ResultOk"],
            "none" => text["ResultNone"],
            _ => code,
        };

    public string? Seal(string? hex) => hex is { Length: 64 } ? SealDigest.Parse(hex).Display() : null;

    public string Differences(SideView side) =>
        string.Join(text["Comma"], side.Differences.Select(one => words[$"Difference-{one}"].Value));

    /// <summary>Who may report, by the name under which it records; and the data sets.</summary>
    public async Task<(
        IReadOnlyList<(string Client, string Name)> Agencies,
        IReadOnlyDictionary<string, string> DataSets
    )> NamesAsync(CancellationToken token)
    {
        var all = await catalogue.ProvidersAsync(token);
        return (
            [.. all.Select(one => (one.ClientId, one.Name.Here()))],
            all.SelectMany(one => one.DataSets)
                .ToDictionary(one => one.Id, one => one.Name.Here(), StringComparer.Ordinal)
        );
    }

    /// <summary>RFC 4180, in codes, newest first; at most 20,000 lines.</summary>
    public async Task CsvAsync(SideChoice choice, string? client, Stream output, CancellationToken token)
    {
        await using var writer = new StreamWriter(output, leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Columns));
        Guid? before = null;
        for (var written = 0; written < MostExported; written += TransferSides.PageSize)
        {
            var page = await sides.PageAsync(choice, client, before, token);
            foreach (var side in page.Sides)
                await writer.WriteLineAsync(string.Join(',', Fields(side).Select(HistoryExport.Cell)));
            if ((before = page.Next) is null)
                break;
        }
    }

    private static string Code(SideView side) =>
        side is { State: SideState.Agreed, IsLate: true } ? "Late" : side.State.ToString();

    private static string[] Fields(SideView side) =>
        [
            side.TransferId?.ToString("D") ?? "",
            side.ReportId.ToString("D"),
            side.Operation,
            side.Client,
            side.DataSetId ?? "",
            Code(side).ToLowerInvariant(),
            string.Join(' ', side.Differences),
            Time(side.EndedAt),
            Time(side.DueAt),
            side.Result ?? "",
            side.Seal ?? "",
            Time(side.ReportedAt),
            side.ReportedResult ?? "",
            side.ReportedSeal ?? "",
        ];

    private static string Time(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "";
}
