using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Localization;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Core.Transfers;
using MyData.Web.Hosting;
using MyData.Web.Ui;

namespace MyData.Web.Features.History;

/// <summary>Puts the facts of a line into plain words. Names come from the catalogue, sentences from HistoryText by kind.</summary>
public sealed class HistoryWords(
    Catalogue catalogue,
    CounterServices counters,
    OnlineServices online,
    TransferSides sides,
    IStringLocalizer<HistoryText> text
)
{
    // Enough to tell her networks apart.
    private const int NetworkShown = 6;

    public async Task<LineWords> OfAsync(HistoryLine line, CancellationToken cancellationToken = default)
    {
        var dataSets = new List<DataSetView?>();
        foreach (var id in DataSetIds(line))
            dataSets.Add(await catalogue.FindAsync(id, cancellationToken));
        var single = line.DataSetId is null ? null : dataSets[0];
        var names = Join(dataSets.Select(NameOf));
        var service = line.Detail("service");
        var counter =
            IsOnline(line) || service is null ? null : await counters.FindAnyAsync(service, cancellationToken);
        var site = IsOnline(line) && service is not null ? await online.FindAnyAsync(service, cancellationToken) : null;
        var office = line.Detail("office") is { } place ? counter?.Office(place)?.Name.Here() : null;
        return new LineWords
        {
            Sentence = Sentence(
                Template(line),
                new Dictionary<string, string>
                {
                    ["agency"] = single?.Provider.Name.Here() ?? text["AnAgency"],
                    ["dataset"] = names,
                    ["number"] = line.Detail("number") ?? "",
                    ["service"] = (counter?.Name ?? site?.Name)?.Here() ?? text["AService"],
                    ["office"] = office ?? text["AnOffice"],
                    ["notice"] = line.Detail("notice") is { } notice ? Known($"Notice-{notice}") ?? "" : "",
                }
            ),
            Who =
                site is not null && line.Actor.StartsWith("service:", StringComparison.Ordinal)
                    ? site.Organisation.Here()
                    : Who(line, single, office),
            Why = line.Purpose is { } purpose ? Purpose(purpose) : text[$"Why-{line.Topic}"],
            Result = Known($"Result-{line.Kind}") ?? text[$"Result-{line.Result}"],
            Reason = line.Code == "ok" ? null : Known($"Code-{line.Code}") ?? CodeText.Words(line.Code),
            Facts = [.. Facts(line)],
            DataSet = single,
            DataSets = names,
        };
    }

    /// <summary>What the other ends report of the transfers in these entries.</summary>
    public Task<IReadOnlyList<SideView>> SidesAsync(IEnumerable<HistoryEntry> entries, CancellationToken token) =>
        sides.OfAsync(
            [.. entries.SelectMany(entry => entry.Lines).Select(line => line.TransferId).OfType<Guid>().Distinct()],
            token
        );

    public string Purpose(string code) => Known($"Purpose-{code}") ?? text["AnotherPurpose"];

    /// <summary>Names in a row, as the language joins them.</summary>
    public string Join(IEnumerable<string> names)
    {
        var all = names.Distinct().ToList();
        return all.Count switch
        {
            0 => text["SomeData"],
            1 => all[0],
            _ => string.Join(text["ListComma"], all.SkipLast(1)) + text["ListAnd"] + all[^1],
        };
    }

    public string NameOf(DataSetView? dataSet) => dataSet?.Listing.Name.Here() ?? text["SomeData"];

    /// <summary>Cuts a template at its named places; what stands for a name is strong.</summary>
    public static IReadOnlyList<Phrase> Sentence(string template, IReadOnlyDictionary<string, string> values)
    {
        var phrases = new List<Phrase>();
        var rest = template;
        while (rest.IndexOf('{', StringComparison.Ordinal) is >= 0 and var start)
        {
            var end = rest.IndexOf('}', start);
            phrases.Add(new(rest[..start], Strong: false));
            phrases.Add(new(values[rest[(start + 1)..end]], Strong: true));
            rest = rest[(end + 1)..];
        }
        phrases.Add(new(rest, Strong: false));
        return [.. phrases.Where(phrase => phrase.Text.Length > 0)];
    }

    // A decision for a service reads otherwise than one for herself.
    private string Template(HistoryLine line) =>
        (line.Detail("told") is { } told ? Known($"Line-{line.Kind}-{told}") : null)
        ?? (line.Detail("service") is null ? null : Known($"Line-{line.Kind}-{line.Purpose ?? "service"}"))
        ?? Known($"Line-{line.Kind}")
        ?? text["AnotherStep"];

    /// <summary>Whether the service that it names is an online one, and not one at counters.</summary>
    public static bool IsOnline(HistoryLine line) =>
        line.Kind.StartsWith("service.", StringComparison.Ordinal)
        || line.Kind.StartsWith("standing.", StringComparison.Ordinal)
        // What an agency seals for a service itself.
        || (line.Kind.StartsWith("transfer.", StringComparison.Ordinal) && line.Detail("service") is not null)
        || line.Kind.StartsWith("member.", StringComparison.Ordinal)
        || line.Purpose is Purposes.Service or Purposes.ServiceFetch;

    private string Who(HistoryLine line, DataSetView? dataSet, string? office) =>
        line.Actor switch
        {
            "citizen" => text["WhoYou"],
            "platform" => text["WhoPlatform"],
            "unknown" => text["WhoUnknown"],
            "agent" => text["WhoAgent"],
            _ when line.Kind.StartsWith("counter.", StringComparison.Ordinal) => office is null
                ? text["WhoClerk"]
                : text["WhoClerkAt", office],
            _ when line.Actor.StartsWith("service:", StringComparison.Ordinal) => text["WhoService"],
            _ when line.Actor.StartsWith("provider:", StringComparison.Ordinal) => dataSet?.Provider.Name.Here()
                ?? text["AnAgency"],
            _ => text["WhoOperator"],
        };

    private IEnumerable<string> Facts(HistoryLine line)
    {
        if (line.Kind is EventKinds.ServiceKept or EventKinds.StandingAgreed && line.Detail("until") is { } until)
            yield return text[
                "FactUntil",
                Dates.Text(DateTimeOffset.Parse(until, CultureInfo.InvariantCulture), dateOnly: true)
            ];
        if (line.Details.TryGetValue("claims", out var claims) && claims.GetArrayLength() > 0)
            yield return text[
                "FactClaims",
                Join(claims.EnumerateArray().Select(claim => Known($"Claim-{claim}") ?? $"{claim}"))
            ];
        if (line.Detail("restored") is not null)
            yield return text["FactRestored"];
        if (line.Detail("methods") is { Length: > 0 } methods)
            yield return text["FactMethods", Join(methods.Split(' ').Select(m => Known($"Method-{m}") ?? m))];
        if (line.Detail("level") is { } level and not "0")
            yield return text["FactLevel", level];
        if (line.Detail("device") is { Length: > 0 } device)
            yield return text["FactDevice", device];
        if (line.Detail("network") is { Length: > 0 } network)
            yield return text["FactNetwork", network.Length > NetworkShown ? network[..NetworkShown] : network];
        if (line.Kind == EventKinds.ComplaintFiled && line.Detail("choice") is { } choice)
            yield return text[$"Choice-{choice}"];
    }

    private static IEnumerable<string> DataSetIds(HistoryLine line)
    {
        if (line.DataSetId is { } one)
            return [one];
        return line.Details.TryGetValue("datasets", out var many) && many.ValueKind == JsonValueKind.Array
            ? many.EnumerateArray().Select(id => id.ToString())
            : [];
    }

    private string? Known(string key) => text[key] is { ResourceNotFound: false } found ? found.Value : null;
}
