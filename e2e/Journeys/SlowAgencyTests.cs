using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Download;
using MyData.Web.Layout;

namespace MyData.E2E.Journeys;

/// <summary>An agency that takes its time goes on without her, and without the server that she asked.</summary>
public sealed class SlowAgencyTests
{
    [Fact]
    public async Task Income_TabClosedAndServerKilled_ArrivesAllTheSame()
    {
        await using var portal = await PortalProcess.StartAsync(
            new Dictionary<string, string> { ["MyData:Sandbox:IncomeWait"] = "00:00:05" }
        );
        await Journey.RunAsync(
            portal,
            new Reader(),
            async journey =>
            {
                var progress = await AskForIncomeAsync(journey);
                await journey.ShowsAsync(Steps.Income, "Preparing");
                await journey.NewTabAsync();
                await portal.RestartAsync();
                await journey.OpenAsync(progress);
                await journey.ShowsAsync(Steps.Income, "Ready", seconds: 60);
                await journey.OpenPackagesAsync();
            }
        );
    }

    [Fact]
    public async Task Progress_ServerRestartedWhileSheLooksOn_ComesBackByItself()
    {
        await using var portal = await PortalProcess.StartAsync(
            new Dictionary<string, string> { ["MyData:Sandbox:IncomeWait"] = "00:00:08" }
        );
        await Journey.RunAsync(
            portal,
            new Reader { Width = 390, ToleratesLostConnection = true },
            async journey =>
            {
                await AskForIncomeAsync(journey);
                await journey.ShowsAsync(Steps.Income, "Preparing");
                await portal.RestartAsync();
                await journey.ShowsAsync(Steps.Income, "Ready", seconds: 60);
            }
        );
    }

    /// <summary>R35: no connection for one more page, so that page says so and shows the same by loading itself again.</summary>
    [Theory]
    [InlineData("zh-TW")]
    [InlineData("en")]
    public async Task Progress_MorePagesThanAreAllowed_LoadsItselfAgainAndSaysSo(string language)
    {
        await using var portal = await PortalProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["MyData:Sandbox:IncomeWait"] = "00:00:20",
                ["MyData:Circuits:PerPerson"] = "1",
            }
        );
        await Journey.RunAsync(
            portal,
            new Reader
            {
                Language = language,
                Width = 360,
                ToleratesLostConnection = true,
            },
            async journey =>
            {
                var progress = await AskForIncomeAsync(journey);
                await Assertions.Expect(journey.Page.Locator("[data-live=yes]")).ToBeVisibleAsync();
                var first = journey.Page;
                await journey.SecondTabAsync();
                await journey.OpenAsync(progress);
                await Assertions
                    .Expect(journey.Page.GetByText(journey.Words<LayoutText>("PlainRefresh")))
                    .ToBeVisibleAsync(new() { Timeout = 20_000 });
                Assert.Empty(await journey.FlawsAsync());
                await journey.ShowsAsync(Steps.Income, "Ready", seconds: 60);
                await Assertions.Expect(first.Locator("[data-live=no]")).ToHaveCountAsync(0);
            }
        );
    }

    private static async Task<string> AskForIncomeAsync(Journey journey)
    {
        await journey.ChooseAsync(Steps.Income);
        await journey.Page.GetByLabel(journey.Name(Steps.DataSet(Steps.Income).Parameters[0].Label)).FillAsync("114");
        await journey.Button(journey.Words<DownloadText>("Continue")).ClickAsync();
        await journey.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        await journey.AgreeAsync();
        await journey.Page.WaitForURLAsync(url => Guid.TryParse(new Uri(url).Segments[^1], out _));
        return new Uri(journey.Page.Url).AbsolutePath;
    }
}
