using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Services;
using MyData.Web.Sandbox.Pages;

namespace MyData.E2E.Journeys;

/// <summary>A city's housing office on the native wire, whose signing key stands at its own address: from "apply" to what it has received.</summary>
public sealed class SubsidyJourneyTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Theory]
    [InlineData("zh-TW", 360, "lin")]
    [InlineData("en", 1200, "chen")]
    public async Task Subsidy_FromApplyToReceived(string language, int width, string who)
    {
        var persona = SandboxSteps.Persona(who);
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.OpenAsync("/sandbox");
                await journey.Link(journey.Words<SandboxText>("ServicesOpenSubsidy")).ClickAsync();
                await journey.AtAsync("/sandbox/subsidy");
                await journey.LookAsync("subsidy");
                await journey.Button(journey.Words<SandboxText>("SubsidyApply")).ClickAsync();
                await journey.Link(journey.Words<ServicesText>("IntroSignIn")).ClickAsync();
                await journey.SignInFirstTimeAsync(persona);
                var agree = journey.Button(journey.Words<ServicesText>("AgreeFetch"));
                await Assertions.Expect(agree).ToBeEnabledAsync();
                await journey.LookAsync("subsidy-fetch");
                var handOver = await journey.FetchForServiceAsync();
                await Assertions.Expect(journey.Card(Steps.Household)).ToContainTextAsync(persona.Address);
                var seals = await journey.Page.Locator("[data-transfer] .seal-code").AllTextContentsAsync();
                Assert.Equal(2, seals.Count);
                await handOver.ClickAsync();

                await journey.AtAsync("/sandbox/subsidy/result");
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
                    .ToHaveTextAsync(journey.Words<SandboxText>("BankReceived"));
                await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync(persona.Address);
                Assert.Equal(
                    seals.Order(StringComparer.Ordinal),
                    (await journey.Page.Locator("main .seal-code").AllTextContentsAsync()).Order(StringComparer.Ordinal)
                );
                await journey.LookAsync("subsidy-received");
                Assert.Equal(0, await shared.Portal.HandedOverChunksAsync());
            }
        );
    }

    [Fact]
    public async Task Subsidy_Refused_OfficeHasNothing()
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader(),
            async journey =>
            {
                await journey.OpenAsync("/sandbox/subsidy");
                await journey.Button(journey.Words<SandboxText>("SubsidyApply")).ClickAsync();
                await journey.Link(journey.Words<ServicesText>("IntroSignIn")).ClickAsync();
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona("wang"));
                await journey.Button(journey.Words<ServicesText>("Refuse")).ClickAsync();
                await journey.AtAsync("/sandbox/subsidy/result");
                await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync("access_denied");
            }
        );
    }
}
