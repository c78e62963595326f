using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Open;
using MyData.Web.Features.Services;
using MyData.Web.Sandbox.Pages;

namespace MyData.E2E.Journeys;

/// <summary>What she has fetched for herself goes to a bank: chosen in place of a new fetch, looked at once more, and under the same seal all the way.</summary>
public sealed class HeldJourneyTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Theory]
    [InlineData("zh-TW", 360, "lin")]
    [InlineData("en", 1200, "chen")]
    public async Task Labour_FetchedForHerself_GoesToTheBankUnderTheSameSeal(string language, int width, string who)
    {
        var persona = SandboxSteps.Persona(who);
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.FillInAsync([Steps.Labour]);
                await journey.SignInFirstTimeAsync(persona);
                await journey.AgreeAsync();
                await journey.ShowsAsync(Steps.Labour, "Ready");
                await journey.OpenPackagesAsync();
                var seal = await SealAsync(journey.Card(Steps.Labour));
                await journey.Link(journey.Words<OpenText>("ToService")).ClickAsync();
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
                    .ToHaveTextAsync(journey.Words<ServicesText>("ListTitle"));
                await journey.LookAsync("services");

                await journey.OpenAsync("/sandbox/bank");
                await journey.Button(journey.Words<SandboxText>("BankCareApply")).ClickAsync();
                var held = journey.Page.Locator("input[name=held]");
                await Assertions.Expect(held).ToBeEnabledAsync();
                await Assertions.Expect(held).Not.ToBeCheckedAsync();
                await journey.LookAsync("held-choose");
                await held.CheckAsync();
                await journey.Button(journey.Words<ServicesText>("Continue")).ClickAsync();
                var use = journey.Button(journey.Words<ServicesText>("AgreeUse"));
                await Assertions.Expect(use).ToBeEnabledAsync();
                await journey.LookAsync("held-use");
                await use.ClickAsync();

                var handOver = journey.Button(journey.Words<ServicesText>("AgreeHandOver"));
                await Assertions.Expect(handOver).ToBeEnabledAsync();
                Assert.Equal(seal, await SealAsync(journey.Card(Steps.Labour)));
                await journey.LookAsync("held-hand-over");
                await handOver.ClickAsync();
                await journey.AtAsync("/sandbox/bank/result");
                Assert.Equal(seal, await SealAsync(journey.Page.Locator("main")));
                Assert.Equal(0, await shared.Portal.HandedOverChunksAsync());

                await journey.OpenAsync("/history");
                await journey.LookAsync("held-history");
            }
        );
    }

    /// <summary>Opened anew at the hand-over, and another certificate stands in it than its agency has: nothing goes, and her history and the agency's line say so.</summary>
    [Fact]
    public async Task Labour_RefusedByHerBrowserAtTheHandOver_GoesNowhere_AndIsTold()
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader(),
            async journey =>
            {
                await journey.FillInAsync([Steps.Labour]);
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona("li"));
                await journey.AgreeAsync();
                await journey.ShowsAsync(Steps.Labour, "Ready");
                await journey.OpenAsync("/sandbox/bank");
                await journey.Button(journey.Words<SandboxText>("BankCareApply")).ClickAsync();
                await journey.Page.Locator("input[name=held]").CheckAsync();
                await journey.Button(journey.Words<ServicesText>("Continue")).ClickAsync();
                var use = journey.Button(journey.Words<ServicesText>("AgreeUse"));
                await Assertions.Expect(use).ToBeEnabledAsync();
                await use.ClickAsync();
                var handOver = journey.Button(journey.Words<ServicesText>("AgreeHandOver"));
                await Assertions.Expect(handOver).ToBeEnabledAsync();
                await journey.Page.RouteAsync(
                    "**/services/requests/*",
                    async route =>
                    {
                        var answer = await route.FetchAsync();
                        var page = await answer.TextAsync();
                        await route.FulfillAsync(
                            new()
                            {
                                Response = answer,
                                Body = page.Replace(
                                    "\"certificateSha256\":\"",
                                    "\"certificateSha256\":\"00",
                                    StringComparison.Ordinal
                                ),
                            }
                        );
                    }
                );
                var reported = journey.Page.WaitForResponseAsync("**/download/*/report");
                await journey.Page.ReloadAsync();
                Assert.Equal(204, (await reported).Status);
                await Assertions.Expect(handOver).ToBeDisabledAsync();
                Assert.Equal(
                    1,
                    await shared.Portal.NumberAsync(
                        "select count(*) from events where Kind = 'package.refused' and Code = 'certificate.unregistered'"
                    )
                );
            }
        );
    }

    /// <summary>Her key is in the browser that fetched it: in another one the box stays shut, and a new fetch is what there is.</summary>
    [Fact]
    public async Task Labour_InABrowserWithoutItsKey_CannotBeChosen()
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader(),
            async journey =>
            {
                await journey.FillInAsync([Steps.Labour]);
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona("wang"));
                await journey.AgreeAsync();
                await journey.ShowsAsync(Steps.Labour, "Ready");
                await journey.Page.EvaluateAsync(
                    "new Promise(done => { const gone = indexedDB.deleteDatabase('mydata'); gone.onsuccess = gone.onblocked = done; })"
                );
                await journey.OpenAsync("/sandbox/bank");
                await journey.Button(journey.Words<SandboxText>("BankCareApply")).ClickAsync();
                await Assertions
                    .Expect(journey.Page.GetByText(journey.Words<ServicesText>("UseHeldMissing")))
                    .ToBeVisibleAsync();
                await Assertions.Expect(journey.Page.Locator("input[name=held]")).ToBeDisabledAsync();
                await journey.Button(journey.Words<ServicesText>("Continue")).ClickAsync();
                await Assertions.Expect(journey.Button(journey.Words<ServicesText>("AgreeFetch"))).ToBeEnabledAsync();
            }
        );
    }

    private static Task<string?> SealAsync(ILocator place) => place.Locator(".seal-code").First.TextContentAsync();
}
