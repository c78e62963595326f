using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Consent;
using MyData.Web.Features.History;
using MyData.Web.Features.Services;
using MyData.Web.Sandbox.Pages;

namespace MyData.E2E.Journeys;

/// <summary>A bank that may look again while the loan runs: ticked, fetched again, paused, an item struck, taken back.</summary>
public sealed class StandingJourneyTests
{
    [Theory]
    [InlineData("zh-TW", 360, "lin")]
    [InlineData("en", 1200, "chen")]
    public async Task Standing_FetchedAgain_Paused_Struck_AndTakenBack(string language, int width, string who)
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await ApplyAsync(journey, who);
                var standing = journey.Page.Locator("[data-standing]");
                await Assertions.Expect(standing).ToHaveAttributeAsync("data-standing", "active");
                await LookAsync(journey, "bank");
                var again = journey.Button(journey.Words<SandboxText>("BankFetchAgain"));
                await again.ClickAsync();
                await Assertions
                    .Expect(journey.Page.GetByText(journey.Words<SandboxText>("BankStandingFetches", 1)))
                    .ToBeVisibleAsync();
                // Two of the hand-over, and the same two again.
                await Assertions.Expect(journey.Page.Locator("main dl")).ToHaveCountAsync(4);
                await again.ClickAsync();
                await Assertions.Expect(journey.Page.GetByText("standing.too_early")).ToBeVisibleAsync();
                await LookAsync(journey, "bank-too-early");

                await journey.OpenAsync(ConsentsUrls.Page);
                var card = journey.Page.Locator("[data-status]");
                await Assertions.Expect(card).ToHaveAttributeAsync("data-status", "Standing");
                await LookAsync(journey, "consents");
                await journey.Button(Words(journey, "PauseOf")).ClickAsync();
                await Assertions.Expect(card).ToHaveAttributeAsync("data-status", "Paused");
                await Assertions.Expect(journey.Page.GetByRole(AriaRole.Status)).ToBeVisibleAsync();
                await LookAsync(journey, "paused");
                await BankHearsAsync(journey, "paused");
                await again.ClickAsync();
                await Assertions.Expect(journey.Page.GetByText("standing.paused")).ToBeVisibleAsync();

                await journey.OpenAsync(ConsentsUrls.Page);
                await journey.Button(Words(journey, "ResumeOf")).ClickAsync();
                await Assertions.Expect(card).ToHaveAttributeAsync("data-status", "Standing");
                await BankHearsAsync(journey, "active");

                await journey.OpenAsync(ConsentsUrls.Page);
                await card.Locator("a[href*='/strike']").Last.ClickAsync();
                await LookAsync(journey, "strike");
                await journey.Button(journey.Words<ConsentsText>("StrikeYes")).ClickAsync();
                await Assertions
                    .Expect(card.GetByText(journey.Words<ConsentsText>("StandingStruck")))
                    .ToBeVisibleAsync();
                await LookAsync(journey, "struck");

                await card.GetByRole(AriaRole.Link, new() { Name = Words(journey, "WithdrawOf") }).ClickAsync();
                await LookAsync(journey, "withdraw");
                await journey.Button(journey.Words<ConsentsText>("AskYes")).ClickAsync();
                await Assertions.Expect(card).Not.ToHaveAttributeAsync("data-status", "Standing");
                await BankHearsAsync(journey, "ended");
                await again.ClickAsync();
                await Assertions.Expect(journey.Page.GetByText("service.withdrawn")).ToBeVisibleAsync();
                await journey.OpenAsync(HistoryUrls.Page);
                await LookAsync(journey, "history");
            }
        );
    }

    private static async Task ApplyAsync(Journey journey, string who)
    {
        await journey.OpenAsync("/signin?back=" + ConsentsUrls.Page);
        await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
        await journey.AtAsync(ConsentsUrls.Page);
        await journey.OpenAsync("/sandbox/bank");
        await LookAsync(journey, "apply");
        await journey.Button(journey.Words<SandboxText>("BankCareApply")).ClickAsync();
        await journey.Page.Locator("#choose-items input[type=checkbox]").CheckAsync();
        await journey.Button(journey.Words<ServicesText>("Continue")).ClickAsync();
        await LookAsync(journey, "first-consent");
        var handOver = await journey.FetchForServiceAsync();
        var tick = journey.Page.Locator("[name=standing]");
        await Assertions.Expect(tick).Not.ToBeCheckedAsync();
        await tick.CheckAsync();
        await LookAsync(journey, "second-consent");
        await handOver.ClickAsync();
        await journey.AtAsync("/sandbox/bank/result");
    }

    /// <summary>The bank is told within seconds; its page says so when it has heard.</summary>
    private static async Task BankHearsAsync(Journey journey, string state)
    {
        await journey.OpenAsync("/sandbox/bank/result");
        var standing = journey.Page.Locator("[data-standing]");
        for (var looks = 0; await standing.GetAttributeAsync("data-standing") != state; looks++)
        {
            Assert.True(looks < 2_000, $"The bank does not hear: {state}.");
            await journey.Page.ReloadAsync();
        }
    }

    private static string Words(Journey journey, string key) =>
        journey.Words<ConsentsText>(key, journey.Reader.Language == "en" ? "Sandbox Bank" : "沙盒銀行");

    private static async Task LookAsync(Journey journey, string name)
    {
        await journey.AccessibleAsync();
        if (Environment.GetEnvironmentVariable("MYDATA_PICTURES") is { } folder)
            await journey.Page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, $"standing-{name}-{journey.Reader}.png"), FullPage = true }
            );
    }
}
