using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.Relying;

namespace MyData.Web.Sandbox.Subsidy;

/// <summary>The housing office of a made-up city: a rent subsidy asks where she lives and what she earned, and takes packages by the native wire.</summary>
public static class SubsidyListing
{
    public const string Id = "city-rent";
    public const string Root = "/subsidy";
    private const string Income = "API.syWqjr4flJ";

    /// <summary>The last year whose income is settled, by the calendar of the Republic.</summary>
    private const string Year = "113";

    private static readonly TimeSpan Retention = TimeSpan.FromDays(365);

    // The sum alone: not who paid what.
    private static readonly IReadOnlyList<string> IncomeFields = ["name", "id", "year", "totalGross"];

    public static RelyingParty Party(string folder)
    {
        var (client, recipient) = Keys(folder);
        return new(
            Root,
            client,
            recipient,
            [
                new(
                    Id,
                    "rent",
                    Id,
                    [
                        new(BankListing.Household, BankListing.HouseholdFields),
                        new(Income, IncomeFields, new Dictionary<string, string> { ["year"] = Year }),
                    ],
                    "once"
                ),
            ],
            Retention,
            "《沙盒市補助自治條例》第 12 條 (Sandbox City Subsidies Ordinance, art. 12)"
        );
    }

    public static OnlineServiceListing Service(string folder)
    {
        var (_, recipient) = Keys(folder);
        return new()
        {
            Id = Id,
            Name = new("租金補貼申請", "Rent subsidy"),
            Organisation = new("沙盒市住宅處", "Sandbox City Housing Office"),
            Glyph = "宅",
            Purpose = new(
                "確認您住在本市，並看一個年度的所得總額，審核租金補貼。",
                "To see that you live in the city and the sum of one year’s income, and decide on the subsidy."
            ),
            PurposeCode = Id,
            Retention = Retention,
            TermsVersion = 1,
            Site = Root,
            RedirectUris = [Root + RelyingParty.Callback],
            EventUrl = Root + RelyingEvents.Path,
            Contact = "events@housing.example",
            // It may roll its key by itself.
            ClientKeys = [],
            JwksUri = Root + RelyingParty.KeySet,
            RecipientKey = recipient.PublicOnly().ToJson(),
            Items =
            [
                new(BankListing.Household, BankListing.HouseholdFields, Required: true),
                new(Income, IncomeFields, Required: true),
            ],
        };
    }

    private static (Jwk Client, Jwk Recipient) Keys(string folder) => RelyingKeys.Load(folder, "subsidy");
}
