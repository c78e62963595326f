using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using MyData.Core.Catalog;

namespace MyData.Web.Features.Download;

/// <summary>
/// What she has chosen so far, carried in the URL: data sets (<c>ds</c>) and their parameters (<c>{data set}:{name}</c>).
/// Parsed afresh at every step; only what the catalogue knows is taken.
/// </summary>
public sealed class DownloadSelection
{
    private const string DataSetKey = "ds";
    private const int MostDataSets = 20;
    private const int LongestValue = 100;
    private static readonly TimeSpan PatternLimit = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private DownloadSelection(IReadOnlyList<DataSetView> dataSets, bool someUnknown) =>
        (DataSets, SomeUnknown) = (dataSets, someUnknown);

    public IReadOnlyList<DataSetView> DataSets { get; }

    /// <summary>Something was asked for that is not listed (any more).</summary>
    public bool SomeUnknown { get; }

    public bool IsEmpty => DataSets.Count == 0;

    public bool AsksParameters => DataSets.Any(view => view.Listing.Parameters.Count > 0);

    public static async Task<DownloadSelection> ReadAsync(
        IEnumerable<KeyValuePair<string, StringValues>> fields,
        Catalogue catalogue,
        CancellationToken token
    )
    {
        var values = fields.ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal);
        var asked = values.GetValueOrDefault(DataSetKey).OfType<string>().Distinct().Take(MostDataSets).ToList();
        var found = new List<DataSetView>();
        foreach (var id in asked)
        {
            if (await catalogue.FindAsync(id, token) is { Listed: true } view)
                found.Add(view);
        }
        var selection = new DownloadSelection(found, found.Count < asked.Count);
        foreach (var (view, parameter) in selection.Parameters())
        {
            var key = KeyOf(view, parameter);
            if (values.GetValueOrDefault(key) is [{ } value] && value.Trim() is { Length: > 0 } given)
                selection._values[key] = given.Length > LongestValue ? given[..LongestValue] : given;
        }
        return selection;
    }

    public static string KeyOf(DataSetView view, ParameterListing parameter) => $"{view.Id}:{parameter.Name}";

    public string? ValueOf(DataSetView view, ParameterListing parameter) =>
        _values.GetValueOrDefault(KeyOf(view, parameter));

    /// <summary>The parameters that are missing, or do not fit what the agency asks for.</summary>
    public IEnumerable<(DataSetView View, ParameterListing Parameter, bool Missing)> Problems() =>
        from pair in Parameters()
        let value = ValueOf(pair.View, pair.Parameter)
        where value is null ? pair.Parameter.Required : !Fits(value, pair.Parameter.Pattern)
        select (pair.View, pair.Parameter, value is null);

    public IReadOnlyDictionary<string, string> ParametersOf(DataSetView view) =>
        view
            .Listing.Parameters.Where(parameter => ValueOf(view, parameter) is not null)
            .ToDictionary(parameter => parameter.Name, parameter => ValueOf(view, parameter)!);

    /// <summary>The form fields, or query, that carry this selection on; without one data set where that is asked.</summary>
    public IEnumerable<KeyValuePair<string, string>> Fields(DataSetView? without = null) =>
        DataSets
            .Where(view => view != without)
            .SelectMany(view =>
                view.Listing.Parameters.Select(parameter => KeyOf(view, parameter))
                    .Where(_values.ContainsKey)
                    .Select(key => KeyValuePair.Create(key, _values[key]))
                    .Prepend(KeyValuePair.Create(DataSetKey, view.Id))
            );

    private IEnumerable<(DataSetView View, ParameterListing Parameter)> Parameters() =>
        DataSets.SelectMany(view => view.Listing.Parameters.Select(parameter => (view, parameter)));

    private static bool Fits(string value, string pattern) =>
        Regex.IsMatch(
            value,
            $"^(?:{pattern})$",
            RegexOptions.CultureInvariant | RegexOptions.NonBacktracking,
            PatternLimit
        );
}
