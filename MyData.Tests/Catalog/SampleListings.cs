using MyData.Core.Catalog;
using MyData.Core.Citizens;

namespace MyData.Tests.Catalog;

/// <summary>Two small agencies: one seals natively, one speaks the national wire.</summary>
internal static class SampleListings
{
    public const string HouseholdSchema = """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["name","birthday"],"properties":{
        "name":{"type":"string","title":"姓名","titleEn":"Name"},
        "birthday":{"type":"string","format":"roc-date","title":"出生日期","titleEn":"Date of birth"},
        "gender":{"type":"string","enum":["女","男"],"title":"性別","titleEn":"Gender"},
        "photo":{"type":"string","contentEncoding":"base64","contentMediaType":"image/png","title":"相片","titleEn":"Photo"},
        "fee":{"type":"integer","format":"twd","title":"規費","titleEn":"Fee"},
        "members":{"type":"integer","title":"人數","titleEn":"Members"},
        "entries":{"type":"array","title":"記事","titleEn":"Entries","items":{"type":"object","properties":{
            "text":{"type":"string","title":"內容","titleEn":"Content"}}}}}}
        """;

    public static readonly DataSetListing Household = new()
    {
        Id = "API.Household",
        Name = new("戶籍資料", "Household register"),
        Description = new("您在臺灣的戶籍登記。", "Your entry in the household register."),
        Category = "household",
        Schema = HouseholdSchema,
        SchemaVersion = 1,
        Level = AssuranceLevel.LoA2,
        Methods = ["oidc", "documents"],
        Parameters = [],
        Endpoint = "/agencies/ris/household",
        Wire = WireFormat.Native,
        SubjectField = null,
        UsualWait = TimeSpan.FromSeconds(2),
    };

    public static readonly DataSetListing Vehicle = Household with
    {
        Id = "API.Vehicle",
        Name = new("車籍資料", "Vehicles"),
        Description = new("您名下的車輛。", "The vehicles in your name."),
        Category = "vehicle",
        Parameters =
        [
            new ParameterListing
            {
                Name = "INQ_YR",
                Label = new("年度", "Year"),
                Hint = new("民國年，三位數字", "Year of the Republic, three digits"),
                Pattern = "1[0-9]{2}",
                Example = "113",
                Required = true,
            },
        ],
        Wire = WireFormat.National,
        SubjectField = "ownerId",
        UsualWait = TimeSpan.FromMinutes(40),
    };

    public static readonly ProviderListing Registry = Provider("ris", "戶政司", "戶", Household);
    public static readonly ProviderListing Highways = Provider("thb", "公路局", "公", Vehicle);
    public static readonly IReadOnlyList<ProviderListing> All = [Registry, Highways];

    private static ProviderListing Provider(string id, string name, string glyph, DataSetListing set) =>
        new()
        {
            Id = id,
            Name = new($"內政部{name}", $"Agency {id}"),
            ShortName = new(name, id),
            Glyph = glyph,
            ClientId = $"{id}-client",
            ClientKeys = [],
            ResourceSecret = null,
            CertificateSha256 = new string('a', 64),
            Heartbeat = $"/agencies/{id}?heartbeat=true",
            DataSets = [set],
        };
}
