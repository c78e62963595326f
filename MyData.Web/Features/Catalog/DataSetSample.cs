using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using MyData.Core.Catalog;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Catalog;

/// <summary>What <c>data.json</c> looks like, made from the schema; every value is made up.</summary>
public static class DataSetSample
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static string Of(IReadOnlyList<DataSetField> fields) => Record(fields).ToJsonString(Readable);

    private static JsonObject Record(IEnumerable<DataSetField> fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)Value(field))));

    private static JsonNode Value(DataSetField field) =>
        field.Kind switch
        {
            // The agencies' dates are years of the Republic, seven digits (protocols.md B3).
            FieldKind.Date => "1130520",
            FieldKind.Money => 28_000,
            FieldKind.Number => 3,
            FieldKind.Choice => field.Choices[0],
            FieldKind.Picture => "iVBORw0KGgo…",
            FieldKind.Table => new JsonArray(Record(field.Columns)),
            _ => $"‹{field.Label.Here()}›",
        };
}
