using MyData.Core.Catalog;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Bank;

namespace MyData.Web.Sandbox.City;

/// <summary>What the made-up city registers at the portal: two services on the national wire, a new one and one of before.</summary>
public static class CityListing
{
    public const string Care = "city-care";
    public const string Parking = "city-parking";
    public const string Vehicle = "API.60GGfgGX1A";
    public const string Root = "/city";
    public static readonly IReadOnlyList<string> Ids = [Care, Parking];

    private static readonly LocalText City = new("沙盒市政府", "Sandbox City");

    public static IReadOnlyList<OnlineServiceListing> Services(CitySecrets secrets) =>
        [
            Service(
                secrets,
                Care,
                new("育兒津貼申請", "Childcare allowance"),
                new(
                    "確認您住在本市、家裡有哪些車，審核育兒津貼。",
                    "To see that you live in the city and which cars the household has, and decide on the allowance."
                ),
                NationalCipher.Gcm,
                [new(BankListing.Household, BankListing.HouseholdFields, Required: true), VehicleItem]
            ),
            Service(
                secrets,
                Parking,
                new("停車優惠申請", "Residents’ parking"),
                new(
                    "確認車子登記在您名下，辦理停車優惠。",
                    "To see that the car is registered in your name, and grant the permit."
                ),
                NationalCipher.Cbc,
                [VehicleItem]
            ),
        ];

    public static string Path(string service) => $"{Root}/{service}";

    /// <summary>What each asks for, in its order.</summary>
    public static IReadOnlyList<string> DataSets(string service) =>
        service == Care ? [BankListing.Household, Vehicle] : [Vehicle];

    // On the national wire an agency gives all that it has.
    private static OnlineItem VehicleItem =>
        new(
            Vehicle,
            SandboxSchemas.Fields(
                SandboxAgencies.All.SelectMany(agency => agency.DataSets).Single(set => set.Id == Vehicle)
            ),
            Required: true
        );

    private static OnlineServiceListing Service(
        CitySecrets secrets,
        string id,
        LocalText name,
        LocalText purpose,
        NationalCipher cipher,
        IReadOnlyList<OnlineItem> items
    ) =>
        new()
        {
            Id = id,
            Name = name,
            Organisation = City,
            Glyph = "市",
            Purpose = purpose,
            PurposeCode = id,
            Retention = TimeSpan.FromDays(90),
            TermsVersion = 1,
            Site = Path(id),
            RedirectUris = [Path(id) + "/back"],
            ClientKeys = [],
            RecipientKey = "",
            Items = items,
            National = new NationalClient
            {
                Secret = secrets.Of(id).Secret,
                CbcIv = secrets.Of(id).CbcIv,
                SpApi = Path(id) + "/sp-api",
                Addresses = ["127.0.0.1", "::1"],
                Cipher = cipher,
            },
        };
}
