using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Services;
using MyData.Web.Sandbox.Pages;

namespace MyData.E2E.Journeys;

/// <summary>Mode 3 from "apply" at the bank to what the bank has received, by her own clicks.</summary>
public sealed class ServiceJourneyTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Theory]
    [InlineData("zh-TW", 360, "lin")]
    [InlineData("en", 1200, "chen")]
    public async Task Loan_FromApplyToReceived_SheSeesTheValuesBeforeTheBankHasThem(
        string language,
        int width,
        string who
    )
    {
        var persona = SandboxSteps.Persona(who);
        // Of another, who refused, something may wait for herself.
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.OpenAsync("/sandbox/bank");
                await journey.Button(journey.Words<SandboxText>("BankApply")).ClickAsync();
                await Assertions.Expect(Heading(journey)).ToContainTextAsync(Bank(journey));
                await journey.AccessibleAsync();
                await journey.Link(journey.Words<ServicesText>("IntroSignIn")).ClickAsync();
                await journey.SignInFirstTimeAsync(persona);

                // Nothing is ticked: what the bank would only like to have stays where it is.
                await Assertions.Expect(journey.Page.GetByRole(AriaRole.Checkbox)).Not.ToBeCheckedAsync();
                await journey.AccessibleAsync();
                await journey.Button(journey.Words<ServicesText>("Continue")).ClickAsync();
                var agree = journey.Button(journey.Words<ServicesText>("AgreeFetch"));
                await Assertions.Expect(agree).ToBeEnabledAsync();
                await journey.AccessibleAsync();
                var handOver = await journey.FetchForServiceAsync();
                await Assertions.Expect(journey.Card(Steps.Household)).ToContainTextAsync(persona.Address);
                Assert.Equal(0, await journey.Page.Locator("script[src*='blazor']").CountAsync());
                var seal = await journey.Card(Steps.Household).Locator(".seal-code").TextContentAsync();
                await journey.AccessibleAsync();
                await handOver.ClickAsync();

                await journey.AtAsync("/sandbox/bank/result");
                await Assertions.Expect(Heading(journey)).ToHaveTextAsync(journey.Words<SandboxText>("BankReceived"));
                await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync(persona.Address);
                Assert.Equal(seal, await journey.Page.Locator("main .seal-code").TextContentAsync());
                await journey.AccessibleAsync();
                Assert.Equal(0, await shared.Portal.HandedOverChunksAsync());
            }
        );
    }

    [Fact]
    public async Task Loan_RefusedAfterSheHasSeenIt_BankHasNothing()
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader(),
            async journey =>
            {
                await journey.OpenAsync("/sandbox/bank");
                await journey.Button(journey.Words<SandboxText>("BankApply")).ClickAsync();
                await journey.Link(journey.Words<ServicesText>("IntroSignIn")).ClickAsync();
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona("wang"));
                await journey.Button(journey.Words<ServicesText>("Continue")).ClickAsync();
                await journey.FetchForServiceAsync();
                await journey.Button(journey.Words<ServicesText>("RefuseHandOver")).ClickAsync();
                await journey.AtAsync("/sandbox/bank/result");
                await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync("access_denied");
            }
        );
    }

    private static ILocator Heading(Journey journey) => journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    private static string Bank(Journey journey) => journey.Reader.Language == "en" ? "Sandbox Bank" : "沙盒銀行";
}
