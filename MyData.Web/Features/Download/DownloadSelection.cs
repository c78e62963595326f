using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using MyData.Core.Catalog;

namespace MyData.Web.Features.Download;

/// <summary>What there is to choose from: data sets, and the services at counters that they may be for.</summary>
public sealed record Choices(Catalogue DataSets, CounterServices Services);

/// <summary>
/// What she has chosen so far: data sets (<c>ds</c>), carried in the URL, and their parameters (<c>{data set}:{name}</c>), in
/// forms and <see cref="SealedDrafts"/>. Parsed afresh at every step; only what the catalogue knows is taken.
/// </summary>
public sealed class DownloadSelection
{
    private const string DataSetKey = "ds";
    internal const string ForKey = "for";
    private const int MostDataSets = 20;
    private const int LongestValue = 100;
    private static readonly TimeSpan PatternLimit = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, string> _values;

    private DownloadSelection(
        IReadOnlyList<DataSetView> dataSets,
        bool someUnknown,
        Dictionary<string, string> values,
        string? draft,
        CounterServiceListing? service
    ) => (DataSets, SomeUnknown, _values, Draft, For) = (dataSets, someUnknown, values, draft, service);

    public IReadOnlyList<DataSetView> DataSets { get; }

    /// <summary>Something was asked for that is not listed (any more).</summary>
    public bool SomeUnknown { get; }

    /// <summary>The name of the draft that keeps her values; null where none does.</summary>
    public string? Draft { get; }

    /// <summary>The service at counters that she wants to show it to; null: for herself.</summary>
    public CounterServiceListing? For { get; }

    /// <summary>What she typed, by <see cref="KeyOf"/>.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    public bool IsEmpty => DataSets.Count == 0;

    public bool AsksParameters => DataSets.Any(view => view.Listing.Parameters.Count > 0);

    /// <summary>What a form of ours sends.</summary>
    public static Task<DownloadSelection> ReadAsync(IFormCollection form, Choices choices, CancellationToken token) =>
        ReadAsync(
            form[DataSetKey],
            form[ForKey],
            form.Where(field => field.Value.Count == 1)
                .ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal),
            draft: null,
            choices,
            token
        );

    /// <summary>What an address asks for, with the values of a draft.</summary>
    public static Task<DownloadSelection> ReadAsync(
        IQueryCollection query,
        IReadOnlyDictionary<string, string> values,
        Choices choices,
        CancellationToken token
    ) => ReadAsync(query[DataSetKey], query[ForKey], values, query["draft"], choices, token);

    private static async Task<DownloadSelection> ReadAsync(
        StringValues dataSets,
        string? service,
        IReadOnlyDictionary<string, string> values,
        string? draft,
        Choices choices,
        CancellationToken token
    )
    {
        var asked = dataSets.OfType<string>().Distinct().Take(MostDataSets).ToList();
        var found = new List<DataSetView>();
        foreach (var id in asked)
        {
            if (await choices.DataSets.FindAsync(id, token) is { Listed: true } view)
                found.Add(view);
        }
        var selection = new DownloadSelection(
            found,
            found.Count < asked.Count,
            new(StringComparer.Ordinal),
            draft,
            service is { Length: > 0 } ? await choices.Services.FindAsync(service, token) : null
        );
        foreach (var (view, parameter) in selection.Parameters())
        {
            var key = KeyOf(view, parameter);
            if (values.GetValueOrDefault(key)?.Trim() is { Length: > 0 } given)
                selection._values[key] = Typed(given.Length > LongestValue ? given[..LongestValue] : given, parameter);
        }
        return selection;
    }

    public static string KeyOf(DataSetView view, ParameterListing parameter) => KeyOf(view.Id, parameter.Name);

    public static string KeyOf(string dataSet, string parameter) => $"{dataSet}:{parameter}";

    /// <summary>The same, kept by that draft.</summary>
    public DownloadSelection With(string? draft) => new(DataSets, SomeUnknown, _values, draft, For);

    /// <summary>The fields that are asked for: all, or those that the service may see. On the national wire an agency knows no choice.</summary>
    public IReadOnlyList<DataSetField> FieldsOf(DataSetView view) =>
        view.SealedByProvider && For?.Item(view.Id) is { } item
            ? [.. view.Fields.Where(field => item.Fields.Contains(field.Name))]
            : view.Fields;

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

    /// <summary>The form fields that carry this selection on.</summary>
    public IEnumerable<KeyValuePair<string, string>> Fields() =>
        DataSets
            .Select(view => KeyValuePair.Create(DataSetKey, view.Id))
            .Concat(For is null ? [] : [KeyValuePair.Create(ForKey, For.Id)])
            .Concat(_values);

    private IEnumerable<(DataSetView View, ParameterListing Parameter)> Parameters() =>
        DataSets.SelectMany(view => view.Listing.Parameters.Select(parameter => (view, parameter)));

    /// <summary>As the agency takes it: a year from a Chinese keyboard often comes in full-width digits, which is no mistake of hers.</summary>
    private static string Typed(string given, ParameterListing parameter)
    {
        if (Fits(given, parameter.Pattern))
            return given;
        var half = string.Concat(given.Select(one => one is >= '\uFF01' and <= '\uFF5E' ? (char)(one - 0xFEE0) : one));
        return Fits(half, parameter.Pattern) ? half : given;
    }

    private static bool Fits(string value, string pattern) =>
        Regex.IsMatch(
            value,
            $"^(?:{pattern})$",
            RegexOptions.CultureInvariant | RegexOptions.NonBacktracking,
            PatternLimit
        );
}
