using MyData.Core.Citizens;
using MyData.Core.Transfers;
using MyData.Tests.Catalog;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>A data set's owner says which proofs count; the sandbox's ID card takes no two documents.</summary>
public sealed class AcceptedMethodTests(FaultPortal house) : IClassFixture<FaultPortal>
{
    private const string IdCard = "API.idPhotoRev";
    private const string Household = "API.7QovE2Gev6";

    [Theory]
    [InlineData(AssuranceLevel.LoA2, "oidc", true)]
    [InlineData(AssuranceLevel.LoA3, "passkey documents", true)]
    [InlineData(AssuranceLevel.LoA1, "oidc", false)]
    [InlineData(AssuranceLevel.LoA4, "passkey", false)]
    [InlineData(AssuranceLevel.LoA4, "", false)]
    public void Suffices_WantsTheLevelAndOneAcceptedMethod(AssuranceLevel level, string methods, bool enough) =>
        Assert.Equal(enough, SampleListings.Household.Suffices(level, methods));

    [Theory]
    [InlineData("zh-TW", "身分登入服務", "健保卡號與戶號")]
    [InlineData("en", "Identity sign-in service", "Health card and household number")]
    public async Task Consent_OfASessionByAnotherMethod_NamesTheProofsAndOffersTheseOnly(
        string language,
        string accepted,
        string refused
    )
    {
        using var citizen = await Traveller.SignInAsync(house.Portal, language: language);
        var page = await citizen.Browser.GetAsync($"/download/consent?ds={IdCard}");
        Assert.Null(page.Html.QuerySelector("[data-consent-form]"));
        Assert.Contains(accepted, page.Words, StringComparison.Ordinal);
        var signIn = await citizen.Browser.GetAsync(page.Single("a.button-primary").GetAttribute("href")!);
        signIn.ShouldBeAt("/signin");
        Assert.Contains(accepted, signIn.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(refused, signIn.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decide_OfASessionByAnotherMethod_StoresNothing()
    {
        var read = await house.Citizen.Browser.GetAsync($"/download/consent?ds={IdCard}");
        var statement = read.Single("input[name=statement]").GetAttribute("value")!;
        using var documents = await Traveller.SignInAsync(house.Portal);
        await documents.Browser.GetAsync($"/download/consent?ds={Household}");
        var page = await documents.Browser.SubmitAsync(
            "/download/decide",
            ("ds", IdCard),
            ("statement", statement),
            ("decision", "agree"),
            ("recipient_jwk", documents.Key.PublicOnly().ToJson()),
            ("claim_hash", Claims.HashOf(documents.Claim))
        );
        page.ShouldBeAt("/download/consent");
    }
}
