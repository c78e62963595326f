using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Download;

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
