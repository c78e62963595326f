using System.Text.Json.Nodes;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Web.Sandbox.Keys;
using MyData.Web.Sandbox.Misbehaving;
using MyData.Web.Sandbox.Personas;
using MyData.Web.Sandbox.Records;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>The made-up agencies. Names and ids are those of the live platform (protocols.md B3), the data are not.</summary>
public static class SandboxAgencies
{
    /// <summary>The agency that does whatever one asks it to do wrong.</summary>
    public const string Odd = "odd";

    public static IReadOnlyList<SandboxAgency> All { get; } =
    [
        new()
        {
            Id = "ris",
            Name = new("內政部戶政司", "Department of Household Registration"),
            ShortName = new("戶政司", "Household registry"),
            Glyph = "戶",
            DataSets = [Household, IdCard],
        },
        new()
        {
            Id = "bli",
            Name = new("勞動部勞工保險局", "Bureau of Labor Insurance"),
            ShortName = new("勞保局", "Labour insurance"),
            Glyph = "勞",
            DataSets = [Labour],
        },
        new()
        {
            Id = "fia",
            Name = new("財政部財政資訊中心", "Fiscal Information Agency"),
            ShortName = new("財政部", "Tax authority"),
            Glyph = "稅",
            DataSets = [Income, Property],
        },
        new()
        {
            Id = "dla",
            Name = new("內政部地政司", "Department of Land Administration"),
            ShortName = new("地政司", "Land registry"),
            Glyph = "地",
            DataSets = [Land],
        },
        new()
        {
            Id = "thb",
            Name = new("交通部公路局", "Highway Bureau"),
            ShortName = new("公路局", "Vehicle registry"),
            Glyph = "車",
            DataSets = [Vehicle],
        },
        new()
        {
            Id = "sfaa",
            Name = new("衛生福利部社會及家庭署", "Social and Family Affairs Administration"),
            ShortName = new("社家署", "Social affairs"),
            Glyph = "社",
            DataSets = [Disability],
        },
        new()
        {
            Id = Odd,
            Name = new("怪機關（錯誤測試）", "Odd agency (for tests of failure)"),
            ShortName = new("怪機關", "Odd agency"),
            Glyph = "怪",
            DataSets =
            [
                OddSet("API.sandboxOddN", "odd-native", new("怪資料（密封）", "Odd data (sealed)"), WireFormat.Native),
                OddSet(
                    "API.sandboxOddP",
                    "odd-national",
                    new("怪資料（明文）", "Odd data (plain)"),
                    WireFormat.National
                ),
                Unreachable(
                    "API.sandboxRefused",
                    "refused",
                    new("拒絕連線", "Refuses the connection"),
                    "https://127.0.0.1:9/"
                ),
                Unreachable(
                    "API.sandboxNoName",
                    "no-name",
                    new("找不到主機", "Host without an address"),
                    "https://agency.invalid/"
                ),
                Unreachable("API.sandboxTls", "tls", new("憑證不可信", "TLS certificate nobody trusts"), UntrustedTls),
            ],
        },
        new()
        {
            Id = KeyMaking.Lapsed,
            Name = new("逾期機關（憑證過期）", "Lapsed agency (expired certificate)"),
            ShortName = new("逾期機關", "Lapsed agency"),
            Glyph = "逾",
            DataSets =
            [
                OddSet(
                    "API.sandboxLapsed",
                    "lapsed",
                    new("憑證過期的資料", "Data under an expired certificate"),
                    WireFormat.Native,
                    false
                ),
            ],
        },
    ];

    /// <summary>Stands in the listing for the address of <see cref="UntrustedTlsListener"/>, whose port is a setting.</summary>
    internal const string UntrustedTls = "tls:";

    public static IReadOnlyList<string> Ids { get; } = [.. All.Select(a => a.Id)];

    private static SandboxDataSet Household =>
        new()
        {
            Id = "API.7QovE2Gev6",
            Slug = "household",
            Name = new("戶籍資料", "Household register"),
            Description = new(
                "您本人的戶籍登記：姓名、出生、住址、父母、配偶與記事。",
                "Your own entry in the household register: name, birth, address, parents, spouse and remarks."
            ),
            Category = "household",
            Build = (person, _) => HouseholdRecords.Record(person),
        };

    private static SandboxDataSet IdCard =>
        new()
        {
            Id = "API.idPhotoRev",
            Slug = "id-card",
            Name = new("國民身分證影像", "ID card image"),
            Description = new(
                "國民身分證正面與反面的影像，及領補換資料。",
                "Both sides of your ID card as pictures, and when it was issued."
            ),
            Category = "identity",
            Methods = ["oidc", "passkey"],
            Build = (person, _) => Found(IdCardRecords.Build(person)),
        };

    private static SandboxDataSet Labour =>
        new()
        {
            Id = "API.UZQkKbsOpz",
            Slug = "labour",
            SchemaVersion = 2,
            Name = new("勞工保險資料", "Labour insurance"),
            Description = new(
                "投保單位、投保薪資、年資、勞退專戶與歷次異動。",
                "Insuring unit, insured salary, years of insurance, pension account and every change."
            ),
            Category = "labour",
            UsualWait = TimeSpan.FromSeconds(3),
            Build = (person, _) => Found(LabourRecords.Build(person)),
        };

    private static SandboxDataSet Income =>
        new()
        {
            Id = "API.syWqjr4flJ",
            Slug = "income",
            Name = new("綜合所得資料", "Income"),
            Description = new(
                "一個年度的各類所得與扣繳稅額。需要一些時間準備，可以先離開。",
                "Your income and the tax withheld in one year. It takes a while to prepare; you may leave meanwhile."
            ),
            Category = "tax",
            Parameters = [Year("year", new("所得年度", "Income year"))],
            UsualWait = TimeSpan.FromSeconds(40),
            Slow = true,
            Build = (person, parameters) => new(TaxRecords.Income(person, parameters["year"])),
        };

    private static SandboxDataSet Property =>
        new()
        {
            Id = "API.Mo23SDWhsn",
            Slug = "property",
            Name = new("財產歸屬資料", "Property"),
            Description = new(
                "一個年度歸您名下的土地、房屋、汽車與投資。",
                "Land, houses, cars and investments in your name in one year."
            ),
            Category = "property",
            Parameters = [Year("INQ_YR", new("查詢年度", "Year"))],
            Wire = WireFormat.National,
            SubjectField = "ownerId",
            UsualWait = TimeSpan.FromSeconds(4),
            Build = (person, parameters) => new(TaxRecords.Property(person, parameters["INQ_YR"])),
        };

    private static SandboxDataSet Land =>
        new()
        {
            Id = "API.KvvyRZSc5K",
            Slug = "land",
            Name = new("地籍及實價資料", "Land register and actual prices"),
            Description = new(
                "您的土地與建物登記，附全國實價明細（約 20 MB）。",
                "Your land and buildings, with the list of actual prices (about 20 MB)."
            ),
            Category = "land",
            UsualWait = TimeSpan.FromSeconds(10),
            Large = true,
            Build = (person, _) =>
                new(LandRecords.Build(person)) { Csv = LandRecords.PriceCsv, CsvField = "priceFile" },
        };

    private static SandboxDataSet Vehicle =>
        new()
        {
            Id = "API.60GGfgGX1A",
            Slug = "vehicle",
            Name = new("車籍資料", "Vehicles"),
            Description = new("登記在您名下的汽車與機車。", "Cars and motorcycles registered in your name."),
            Category = "vehicle",
            Wire = WireFormat.National,
            SubjectField = "ownerId",
            Build = (person, _) => Found(VehicleRecords.Build(person)),
        };

    private static SandboxDataSet Disability =>
        new()
        {
            Id = "API.nyhnLM1fve",
            Slug = "disability",
            Name = new("身心障礙證明", "Disability certificate"),
            Description = new(
                "證明的類別、等級與期限。需要信賴等級 3，行動憑證推出後才能取得。",
                "Kind, degree and term of the certificate. It asks for assurance level 3, which comes with the mobile credential."
            ),
            Category = "household",
            Level = AssuranceLevel.LoA3,
            Methods = ["mobile"],
            Build = (person, _) => new(DisabilityRecords.Build(person)),
        };

    private static SandboxDataSet OddSet(
        string id,
        string slug,
        LocalText name,
        WireFormat wire,
        bool misbehaves = true
    ) =>
        new()
        {
            Id = id,
            Slug = slug,
            Schema = "odd",
            Name = name,
            Description = new("用來測試機關出錯時的情形。", "Shows what happens when an agency goes wrong."),
            Category = "identity",
            Parameters = misbehaves ? [Behaviour] : [],
            Wire = wire,
            SubjectField = wire == WireFormat.National ? "ownerId" : null,
            Misbehaves = misbehaves,
            Build = (person, _) => new(OddRecords.Build(person)),
        };

    private static SandboxDataSet Unreachable(string id, string slug, LocalText name, string address) =>
        OddSet(id, slug, name, WireFormat.Native, misbehaves: false) with
        {
            Address = address,
        };

    private static ParameterListing Behaviour =>
        new()
        {
            Name = Misbehaviours.Parameter,
            Label = new("錯誤種類", "Kind of failure"),
            Hint = new("留空則依沙盒的開關。", "Empty: as the sandbox’s switch says."),
            Pattern = "^[a-z0-9-]{1,40}$",
            Example = "no-data",
        };

    private static ParameterListing Year(string name, LocalText label) =>
        new()
        {
            Name = name,
            Label = label,
            Hint = new("民國年，105 到 114", "Year of the Republic, 105 to 114"),
            Pattern = "^(10[5-9]|11[0-4])$",
            Example = "114",
            Required = true,
        };

    private static AgencyRecord? Found(JsonObject? data) => data is null ? null : new(data);
}
