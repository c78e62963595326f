using System.Text.Json;
using Microsoft.Extensions.Localization;
using MyData.Core.Catalog;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Web.Hosting;
using MyData.Web.Ui;

namespace MyData.Web.Features.History;

/// <summary>Puts the facts of a line into plain words. Names come from the catalogue, sentences from HistoryText by kind.</summary>
public sealed class HistoryWords(Catalogue catalogue, IStringLocalizer<HistoryText> text)
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
        return new LineWords
        {
            Sentence = Sentence(
                Template(line.Kind),
                new Dictionary<string, string>
                {
                    ["agency"] = single?.Provider.Name.Here() ?? text["AnAgency"],
                    ["dataset"] = names,
                    ["number"] = line.Detail("number") ?? "",
                    ["notice"] = line.Detail("notice") is { } notice ? Known($"Notice-{notice}") ?? "" : "",
                }
            ),
            Who = Who(line, single),
            Why = line.Purpose is { } purpose ? Purpose(purpose) : text[$"Why-{line.Topic}"],
            Result = Known($"Result-{line.Kind}") ?? text[$"Result-{line.Result}"],
            Reason = line.Code == "ok" ? null : Known($"Code-{line.Code}") ?? CodeText.Words(line.Code),
            Facts = [.. Facts(line)],
            DataSet = single,
            DataSets = names,
        };
    }

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

    private string Template(string kind) => Known($"Line-{kind}") ?? text["AnotherStep"];

    private string Who(HistoryLine line, DataSetView? dataSet) =>
        line.Actor switch
        {
            "citizen" => text["WhoYou"],
            "platform" => text["WhoPlatform"],
            "unknown" => text["WhoUnknown"],
            _ when line.Actor.StartsWith("provider:", StringComparison.Ordinal) => dataSet?.Provider.Name.Here()
                ?? text["AnAgency"],
            _ => text["WhoOperator"],
        };

    private IEnumerable<string> Facts(HistoryLine line)
    {
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
