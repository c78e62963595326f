using MyData.Core.Catalog;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Web.Sandbox.Bank;

/// <summary>What the made-up bank registers at the portal: a loan asks where she lives, and likes to know her work.</summary>
public static class BankListing
{
    public const string Id = "bank-loan";
    public const string PurposeCode = "loan-application";
    public const string Household = "API.7QovE2Gev6";
    public const string Labour = "API.UZQkKbsOpz";
    public const string Root = "/bank";
    public const string Callback = Root + "/callback";
    public static readonly TimeSpan Retention = TimeSpan.FromDays(180);

    public static readonly IReadOnlyList<string> HouseholdFields = ["name", "id", "birthday", "address"];

    public static IReadOnlyList<OnlineServiceListing> Services(BankKeys keys) =>
        [
            new()
            {
                Id = Id,
                Name = new("信用貸款申請", "Loan application"),
                Organisation = new("沙盒銀行", "Sandbox Bank"),
                Glyph = "銀",
                Purpose = new(
                    "確認您是誰、住在哪裡、工作與投保薪資，審核貸款。",
                    "To see who you are, where you live, and your work and insured salary, and decide on the loan."
                ),
                PurposeCode = PurposeCode,
                Retention = Retention,
                TermsVersion = 1,
                Site = Root,
                RedirectUris = [Callback],
                EventUrl = Root + BankEvents.Path,
                ClientKeys = [keys.Client.PublicOnly().ToJson()],
                RecipientKey = keys.Recipient.PublicOnly().ToJson(),
                Items = [new(Household, HouseholdFields, Required: true), new(Labour, LabourFields, Required: false)],
            },
        ];

    // Every field: what a bank asks of somebody's work.
    public static IReadOnlyList<string> LabourFields { get; } =
        SandboxSchemas.Fields(
            SandboxAgencies.All.SelectMany(agency => agency.DataSets).Single(set => set.Id == Labour)
        );
}
