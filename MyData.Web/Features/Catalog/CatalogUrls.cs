using MyData.Core.Catalog;

namespace MyData.Web.Features.Catalog;

public static class CatalogUrls
{
    public const string List = "/datasets";
    public const string Choose = "/download";

    public static string Search(CatalogueQuery query, IEnumerable<string>? chosen = null)
    {
        var text = new QueryString();
        if (query.Text is { Length: > 0 } words)
            text = text.Add("q", words);
        if (query.Category is { Length: > 0 } category)
            text = text.Add("category", category);
        if (query.ProviderId is { Length: > 0 } agency)
            text = text.Add("agency", agency);
        return List + (chosen ?? []).Aggregate(text, (rest, id) => rest.Add("ds", id));
    }

    public static string DataSet(string id) => $"{List}/{Uri.EscapeDataString(id)}";

    public static string Schema(string id, int? version = null) =>
        $"{DataSet(id)}/schema.json" + (version is { } number ? QueryString.Create("version", $"{number}") : default);

    /// <summary>Starts with these data sets chosen.</summary>
    public static string Fetch(params string[] ids) =>
        Choose + ids.Aggregate(new QueryString(), (rest, id) => rest.Add("ds", id));
}
