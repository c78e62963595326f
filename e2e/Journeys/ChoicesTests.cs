using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Download;
using MyData.Web.Layout;

namespace MyData.E2E.Journeys;

/// <summary>Where she may choose, both ways lead somewhere.</summary>
public sealed class ChoicesTests
{
    [Fact]
    public async Task LanguageAndTheme_SwitchedOnAnyPage_StayAndComeBackToThePage()
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader { Width = 390 },
            async journey =>
            {
                await journey.OpenAsync("/datasets?q=" + Uri.EscapeDataString("勞工"));
                await journey.Link(journey.Words<LayoutText>("OtherLanguageShort")).ClickAsync();
                await Assertions.Expect(journey.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
                Assert.Contains("?q=", journey.Page.Url, StringComparison.Ordinal);
                await journey.OpenAsync("/help");
                await Assertions.Expect(journey.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
                await journey.OpenAsync("/theme/dark?back=/help");
                await journey.AtAsync("/help");
                await Assertions.Expect(journey.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
                Assert.Empty(await journey.FlawsAsync());
            }
        );
    }

    [Fact]
    public async Task Consent_Refused_AsksNobodyAndLeavesASignedReceipt()
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader(),
            async journey =>
            {
                await journey.ChooseAsync(Steps.Household);
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
                await journey.Button(journey.Words<DownloadText>("Refuse")).ClickAsync();
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
                    .ToHaveTextAsync(journey.Words<DownloadText>("RefusedTitle"));
                Assert.Empty(await journey.FlawsAsync());
                var receipt = await journey.Page.RunAndWaitForDownloadAsync(() =>
                    journey.Link(journey.Words<DownloadText>("SaveReceipt")).ClickAsync()
                );
                Assert.EndsWith(".jws", receipt.SuggestedFilename, StringComparison.Ordinal);
                Assert.Equal(3, (await File.ReadAllTextAsync(await receipt.PathAsync())).Split('.').Length);
            }
        );
        Assert.DoesNotContain(
            portal.Output,
            line => line.Contains("/agencies/ris/household", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Consent_DataSetOfLevelThree_SaysHonestlyThatItCannotBeHadYet()
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader { Width = 390 },
            async journey =>
            {
                await journey.ChooseAsync("API.nyhnLM1fve", Steps.Household);
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
                    .ToHaveTextAsync(journey.Words<DownloadText>("StepUpTitle"));
                Assert.Empty(await journey.FlawsAsync());
                await journey.Link(journey.Words<DownloadText>("GoOnWithout")).ClickAsync();
                await journey.AgreeAsync();
                await journey.ShowsAsync(Steps.Household, "Ready");
            }
        );
    }
}
