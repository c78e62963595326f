using MyData.Core.Catalog;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Relying;

namespace MyData.Web.Sandbox.Bank;

/// <summary>What the made-up bank registers at the portal: a loan asks where she lives, and likes to know her work.</summary>
public static class BankListing
{
    public const string Id = "bank-loan";
    public const string PurposeCode = "loan-application";
    public const string Household = "API.7QovE2Gev6";
    public const string Labour = "API.UZQkKbsOpz";
    public const string Root = "/bank";
    public const string Callback = Root + RelyingParty.Callback;
    public static readonly TimeSpan Retention = TimeSpan.FromDays(180);

    /// <summary>The second product: as long as a loan runs, the bank looks at what she is insured for.</summary>
    public const string CareId = "bank-loan-care";
    public const string CarePurposeCode = "income-check";

    // Every field: what a bank asks of somebody's work.
    public static IReadOnlyList<string> LabourFields { get; } =
        SandboxSchemas.Fields(
            SandboxAgencies.All.SelectMany(agency => agency.DataSets).Single(set => set.Id == Labour)
        );

    public static readonly IReadOnlyList<string> HouseholdFields = ["name", "id", "birthday", "address"];
    private static readonly IReadOnlyList<string> AddressFields = ["name", "address"];

    public static RelyingProduct Loan { get; } =
        new(Id, "loan", PurposeCode, [new(Household, HouseholdFields), new(Labour, LabourFields)], "once");

    public static RelyingProduct Care { get; } =
        new(
            CareId,
            "care",
            CarePurposeCode,
            [new(Labour, LabourFields), new(Household, AddressFields)],
            new { frequency = "P30D", window = "P365D" }
        );

    public static RelyingParty Party(BankKeys keys) =>
        new(
            Root,
            keys.Client,
            keys.Recipient,
            [Loan, Care],
            Retention,
            "《沙盒銀行法》第 48 條 (Sandbox Banking Act, art. 48)"
        );

    public static IReadOnlyList<OnlineServiceListing> Services(BankKeys keys) =>
        [
            Service(
                keys,
                Id,
                PurposeCode,
                new("信用貸款申請", "Loan application"),
                new(
                    "確認您是誰、住在哪裡、工作與投保薪資，審核貸款。",
                    "To see who you are, where you live, and your work and insured salary, and decide on the loan."
                ),
                [new(Household, HouseholdFields, Required: true), new(Labour, LabourFields, Required: false)]
            ),
            Service(
                keys,
                CareId,
                CarePurposeCode,
                new("貸款期間收入查核", "Income check while a loan runs"),
                new(
                    "貸款還在還的期間，看您的投保薪資與住址有沒有變，調整利率與通知方式。",
                    "To see, as long as your loan runs, whether your insured salary or address changed, and set rate and mail by it."
                ),
                [new(Labour, LabourFields, Required: true), new(Household, AddressFields, Required: false)]
            ) with
            {
                Standing = new(TimeSpan.FromDays(30), TimeSpan.FromDays(365)),
            },
        ];

    private static OnlineServiceListing Service(
        BankKeys keys,
        string id,
        string purposeCode,
        LocalText name,
        LocalText purpose,
        IReadOnlyList<OnlineItem> items
    ) =>
        new()
        {
            Id = id,
            Name = name,
            Organisation = new("沙盒銀行", "Sandbox Bank"),
            Glyph = "銀",
            Purpose = purpose,
            PurposeCode = purposeCode,
            Retention = Retention,
            TermsVersion = 1,
            Site = Root,
            RedirectUris = [Callback],
            EventUrl = Root + RelyingEvents.Path,
            Contact = "events@bank.example",
            ClientKeys = [keys.Client.PublicOnly().ToJson()],
            RecipientKey = keys.Recipient.PublicOnly().ToJson(),
            Items = items,
        };
}
