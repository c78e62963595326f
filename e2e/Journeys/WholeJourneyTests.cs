using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Download;
using MyData.Web.Features.Open;

namespace MyData.E2E.Journeys;

/// <summary>The main job, from the first screen to the saved and verified file.</summary>
public sealed class WholeJourneyTests
{
    [Theory]
    [InlineData("zh-TW", 390)]
    [InlineData("en", 1200)]
    public async Task Download_TwoDataSetsAndAYear_EndsWithFilesThatVerifyOffline(string language, int width)
    {
        await using var portal = await PortalProcess.StartAsync();
        var persona = SandboxSteps.Persona("lin");
        await Journey.RunAsync(
            portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.ChooseAsync(Steps.Household, Steps.Property);
                await journey.AtAsync("/download");
                await AccessibleAsync(journey);
                await journey
                    .Page.GetByLabel(journey.Name(Steps.DataSet(Steps.Property).Parameters[0].Label))
                    .FillAsync(Steps.DataSet(Steps.Property).Parameters[0].Example);
                await journey.Button(journey.Words<DownloadText>("Continue")).ClickAsync();

                await journey.AtAsync("/signin");
                await AccessibleAsync(journey);
                await journey.SignInFirstTimeAsync(persona);

                await journey.AtAsync("/download/consent");
                var (agree, refuse) = (Button(journey, "Agree"), Button(journey, "Refuse"));
                await Assertions.Expect(agree).ToBeEnabledAsync();
                await SameWeightAsync(agree, refuse);
                await AccessibleAsync(journey);
                await agree.ClickAsync();

                await journey.ShowsAsync(Steps.Household, "Ready");
                await journey.ShowsAsync(Steps.Property, "Ready");
                await AccessibleAsync(journey);
                await journey.OpenPackagesAsync();
                await Assertions.Expect(journey.Card(Steps.Household)).ToContainTextAsync(persona.Name);
                await AccessibleAsync(journey);
                // README.md shows it.
                await journey.PictureAsync("opened", new() { Width = 1200, Height = 860 });
                var files = new[]
                {
                    await SaveAsync(journey, Steps.Household),
                    await SaveAsync(journey, Steps.Property),
                };

                await journey.FinishAsync();
                await journey.ShowsAsync(Steps.Household, "Done");
                Assert.Equal(0, await portal.CountAsync("package_chunks"));
                await VerifyOfflineAsync(journey, files);
            }
        );
    }

    private static ILocator Button(Journey journey, string key) => journey.Button(journey.Words<DownloadText>(key));

    private static async Task AccessibleAsync(Journey journey)
    {
        var flaws = await journey.FlawsAsync();
        Assert.True(flaws.Count == 0, string.Join('\n', flaws));
    }

    // "Agree and refuse have the same weight": same size, same colours.
    private static async Task SameWeightAsync(ILocator agree, ILocator refuse)
    {
        const string look =
            "b => { const s = getComputedStyle(b); const r = b.getBoundingClientRect(); return [Math.round(r.width), Math.round(r.height), s.backgroundColor, s.color, s.fontWeight, s.fontSize, s.borderColor].join() }";
        Assert.Equal(await agree.EvaluateAsync<string>(look), await refuse.EvaluateAsync<string>(look));
    }

    private static async Task<string> SaveAsync(Journey journey, string dataSet)
    {
        var download = await journey.Page.RunAndWaitForDownloadAsync(() =>
            journey
                .Card(dataSet)
                .GetByRole(AriaRole.Button, new() { Name = journey.Words<OpenText>("save") })
                .ClickAsync()
        );
        var file = Path.Combine(journey.Portal.Folder, download.SuggestedFilename);
        await download.SaveAsAsync(file);
        Assert.EndsWith(".zip", file, StringComparison.Ordinal);
        return file;
    }

    private static async Task VerifyOfflineAsync(Journey journey, string[] files)
    {
        await journey.OpenAsync("/verify");
        await journey.Context.SetOfflineAsync(true);
        var chooser = journey.Page.GetByLabel(journey.Words<OpenText>("VerifyFile"));
        foreach (var file in files)
        {
            await chooser.SetInputFilesAsync(file);
            await Assertions
                .Expect(journey.Page.Locator("main"))
                .ToContainTextAsync(journey.Words<OpenText>("signatureValid"));
            await AccessibleAsync(journey);
        }
        var damaged = files[0] + ".zip";
        var bytes = await File.ReadAllBytesAsync(files[0]);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes);
        await chooser.SetInputFilesAsync(damaged);
        await Assertions
            .Expect(journey.Page.Locator("main"))
            .ToContainTextAsync(journey.Words<OpenText>("verifyNothing"));
        await journey.Context.SetOfflineAsync(false);
    }
}
