using MyData.Core.Catalog;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Web.Sandbox.Counters;

/// <summary>The made-up services at counters: one that asks for little and offers a choice, one that asks for all, one on the national wire.</summary>
public static class SandboxCounters
{
    public const string EastOffice = "tnn-east";
    public const string WestOffice = "tnn-west";
    public const string HouseholdOffice = "tnn-hro";
    public const string VehicleOffice = "tpe-dmv";

    public static IReadOnlyList<CounterServiceListing> Services { get; } =
    [HouseholdMove, RentSubsidy, VehicleTransfer];

    private static CounterServiceListing HouseholdMove =>
        new()
        {
            Id = "household-move",
            Name = new("戶籍遷入登記", "Registering a move"),
            Organisation = new("臺南市東區戶政事務所", "Tainan East District Household Office"),
            Glyph = "遷",
            Purpose = new(
                "核對您現在的戶籍，辦理遷入。",
                "To compare your present entry in the register and enter the move."
            ),
            Retention = TimeSpan.FromDays(365),
            TermsVersion = 1,
            Needs = [All(Item("API.7QovE2Gev6"))],
            Bring =
            [
                new("國民身分證", "Your ID card"),
                new("一張兩年內的照片", "A photograph not older than two years"),
            ],
            Offices =
            [
                new(
                    HouseholdOffice,
                    new("臺南市東區戶政事務所", "Tainan East District Household Office"),
                    new("臺南市東區崇學路 100 號", "100 Chongxue Road, East District, Tainan")
                ),
            ],
        };

    private static CounterServiceListing RentSubsidy =>
        new()
        {
            Id = "rent-subsidy",
            Name = new("租金補貼", "Rent subsidy"),
            Organisation = new("臺南市政府都市發展局", "Tainan City Urban Development Bureau"),
            Glyph = "租",
            Purpose = new(
                "審查租金補貼的資格：戶籍地，以及工作或所得。",
                "To decide on a rent subsidy: where you are registered, and your work or income."
            ),
            Retention = TimeSpan.FromDays(5 * 365),
            TermsVersion = 2,
            Needs =
            [
                All(new CounterItem("API.7QovE2Gev6", ["name", "id", "birthday", "address", "householdNo"])),
                new() { Of = [Item("API.UZQkKbsOpz"), Item("API.syWqjr4flJ")], Least = 1 },
            ],
            Bring =
            [
                new("租賃契約影本", "A copy of the lease"),
                new("您的存摺封面影本", "A copy of your bank book's first page"),
            ],
            Offices =
            [
                new(
                    EastOffice,
                    new("東區服務櫃台", "East District counter"),
                    new("臺南市東區林森路 418 號", "418 Linsen Road, East District, Tainan")
                ),
                new(
                    WestOffice,
                    new("中西區服務櫃台", "West Central District counter"),
                    new("臺南市中西區民權路 6 號", "6 Minquan Road, West Central District, Tainan")
                ),
            ],
        };

    private static CounterServiceListing VehicleTransfer =>
        new()
        {
            Id = "vehicle-transfer",
            Name = new("汽機車過戶", "Transfer of a vehicle"),
            Organisation = new("臺北市區監理所", "Taipei City Motor Vehicles Office"),
            Glyph = "過",
            Purpose = new("確認車輛登記在您名下。", "To see that the vehicle is registered in your name."),
            Retention = TimeSpan.FromDays(3 * 365),
            TermsVersion = 1,
            Needs = [All(Item("API.60GGfgGX1A"))],
            Bring = [new("行車執照", "The vehicle licence"), new("強制險保險證", "The proof of insurance")],
            Offices =
            [
                new(
                    VehicleOffice,
                    new("臺北市區監理所", "Taipei City Motor Vehicles Office"),
                    new("臺北市松山區八德路四段 21 號", "21 Bade Road, Section 4, Taipei")
                ),
            ],
        };

    private static CounterNeed All(params CounterItem[] items) => new() { Of = items, Least = items.Length };

    // Every field that the data set has.
    private static CounterItem Item(string dataSetId) =>
        new(
            dataSetId,
            SandboxSchemas.Fields(
                SandboxAgencies.All.SelectMany(agency => agency.DataSets).Single(set => set.Id == dataSetId)
            )
        );
}
