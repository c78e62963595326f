using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Download;
using MyData.Web.Features.Open;
using MyData.Web.Features.SignIn;

namespace MyData.E2E.Journeys;

/// <summary>Every page and state of a download that a citizen can meet, the bad ones too: accessible, and within a phone's width.</summary>
public sealed class EveryStateTests
{
    private const string LevelThree = "API.nyhnLM1fve";

    [Theory]
    [InlineData("zh-TW", "lin")]
    [InlineData("en", "nguyen")]
    public async Task Download_EveryState_IsAccessible(string language, string who)
    {
        await using var portal = await PortalProcess.StartAsync(
            new Dictionary<string, string> { ["MyData:Sandbox:IncomeWait"] = "01:00:00" }
        );
        await Journey.RunAsync(
            portal,
            new Reader
            {
                Language = language,
                Width = 390,
                OnPhoneOnly = true,
                ToleratesLostConnection = true,
            },
            async journey =>
            {
                await ChooseAsync(journey);
                await SignInAsync(journey, who);
                await DecideAsync(journey);
                await WaitAsync(journey);
                await EndAsync(journey);
                await ExpireAsync(journey);
            }
        );
    }

    [Theory]
    [InlineData("zh-TW", "chen")]
    [InlineData("en", "kolas")]
    public async Task Missing_AndForbidden_SaySoAndAreAccessible(string language, string who)
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader
            {
                Language = language,
                Width = 390,
                OnPhoneOnly = true,
            },
            async journey =>
            {
                await journey.OpenAsync("/signin");
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
                var nobody = Guid.NewGuid();
                string[] missing =
                [
                    "/nothing-here",
                    "/datasets/API.nothing",
                    $"/download/{nobody}",
                    $"/open/{nobody}",
                    $"/receipts/{nobody}.jws",
                    "/history/complaints/C-NOTHING",
                    "/history/9999999/complaint",
                ];
                foreach (var path in missing)
                {
                    var answer = await journey.Page.GotoAsync(path);
                    Assert.True(answer!.Status == 404, $"{path}: {answer.Status}");
                    await journey.AccessibleAsync();
                }
                // A form of another site, and one that has lost its token.
                await journey.Page.GotoAsync("about:blank");
                await journey.Page.SetContentAsync(
                    $"<form method='post' action='{portal.Origin}account/preferences'></form>"
                );
                Assert.Equal(403, await SendAsync(journey));
                await journey.AccessibleAsync();
                await journey.OpenAsync("/account/preferences");
                await journey.Page.EvaluateAsync("document.querySelectorAll('[name=_form]').forEach(e => e.remove())");
                Assert.Equal(400, await SendAsync(journey));
                await journey.AccessibleAsync();
            }
        );
    }

    private static async Task ChooseAsync(Journey journey)
    {
        await journey.OpenAsync("/download");
        await TitleAsync(journey, "NothingChosenTitle");
        await journey.AccessibleAsync();
        await journey.OpenAsync($"/download?ds={Steps.Property}&ds=API.nothing");
        await journey.AccessibleAsync();
        await journey.Page.Locator("main input:not([type=hidden])").FillAsync("abc");
        await journey.Button(journey.Words<DownloadText>("Continue")).ClickAsync();
        await Assertions.Expect(journey.Page.GetByRole(AriaRole.Alert)).ToBeFocusedAsync();
        await journey.AccessibleAsync();
    }

    private static async Task SignInAsync(Journey journey, string who)
    {
        var persona = SandboxSteps.Persona(who);
        await journey.OpenAsync($"/signin?back=/download/consent?ds={LevelThree}");
        await journey.AccessibleAsync();
        await journey.Link(journey.Words<SignInText>("Use-documents")).ClickAsync();
        await journey.AccessibleAsync();
        await journey.Button(journey.Words<SignInText>("CheckDocuments")).ClickAsync();
        await journey.AccessibleAsync();
        await journey.OpenAsync($"/signin?back=/download/consent?ds={LevelThree}");
        await journey.ByDocumentsAsync(persona);
        await journey.AccessibleAsync();
        await journey.ByProviderAsync(persona);
        await journey.AtAsync(SignInUrls.Welcome);
        await journey.AccessibleAsync();
        await journey.Button(journey.Words<SignInText>("WelcomeAgree")).ClickAsync();
        await TitleAsync(journey, "StepUpTitle");
        await journey.AccessibleAsync();
        await journey.OpenAsync("/signin?level=3");
        await journey.AccessibleAsync();
        await journey.OpenAsync("/signin");
        await journey.AccessibleAsync();
    }

    private static async Task DecideAsync(Journey journey)
    {
        await journey.OpenAsync($"/download/consent?ds={Steps.Household}&ds=API.60GGfgGX1A");
        foreach (var summary in await journey.Page.Locator("main summary").AllAsync())
            await summary.ClickAsync();
        await journey.AccessibleAsync();
        await journey.Button(journey.Words<DownloadText>("Refuse")).ClickAsync();
        await TitleAsync(journey, "RefusedTitle");
        await journey.AccessibleAsync();
        await journey.Page.GotoAsync(DownloadUrls.TooMany);
        await journey.AccessibleAsync();
    }

    // One data set that is here, one that takes its time, and agencies that say nothing for now.
    private static async Task WaitAsync(Journey journey)
    {
        await AskAsync(
            journey,
            [Steps.Household, Steps.Income, Steps.Odd],
            (Steps.Income, Steps.DataSet(Steps.Income).Parameters[0].Example),
            (Steps.Odd, "stall")
        );
        await journey.ShowsAsync(Steps.Household, "Ready");
        await journey.ShowsAsync(Steps.Income, "Preparing");
        await journey.ShowsAsync(Steps.Odd, "Calling");
        await journey.AccessibleAsync();
        await journey.Link(journey.Words<DownloadText>("OpenReadyHere")).ClickAsync();
        await Assertions
            .Expect(journey.Page.Locator("[data-title]"))
            .ToHaveTextAsync(journey.Words<OpenText>("titleOpened"));
        await journey.AccessibleAsync();
        await journey.Button(journey.Words<OpenText>("Done")).ClickAsync();
        await journey.AccessibleAsync();
    }

    private static async Task EndAsync(Journey journey)
    {
        await AskAsync(journey, [Steps.Odd], (Steps.Odd, "error"));
        await journey.ShowsAsync(Steps.Odd, "Failed");
        await journey.AccessibleAsync();
        await AskAsync(journey, [Steps.Odd], (Steps.Odd, "no-data"));
        await journey.ShowsAsync(Steps.Odd, "Empty");
        await journey.AccessibleAsync();
        await AskAsync(journey, [Steps.Odd], (Steps.Odd, "wrong-digest"));
        await journey.ShowsAsync(Steps.Odd, "Ready");
        await journey.OpenPackagesAsync("titleFailed");
        await journey.AccessibleAsync();
        await journey.OpenAsync("/history");
        await journey.AccessibleAsync();
    }

    // Eight hours later: her package ran out while the portal was down.
    private static async Task ExpireAsync(Journey journey)
    {
        await AskAsync(journey, [Steps.Household]);
        await journey.ShowsAsync(Steps.Household, "Ready");
        var progress = new Uri(journey.Page.Url).AbsolutePath;
        await journey.NewTabAsync();
        await journey.Portal.KillAsync();
        await using (var database = new SqliteConnection($"Data Source={journey.Portal.Database};Pooling=False"))
        {
            await database.OpenAsync();
            await using var command = database.CreateCommand();
            command.CommandText = "update transfers set ExpiresAt = 1 where ExpiresAt is not null";
            Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
        }
        await journey.Portal.StartAsync();
        await journey.OpenAsync(progress);
        await journey.ShowsAsync(Steps.Household, "Expired");
        await journey.AccessibleAsync();
        await journey.OpenAsync(progress.Replace("/download/", "/open/", StringComparison.Ordinal));
        await journey.AccessibleAsync();
    }

    private static async Task AskAsync(
        Journey journey,
        string[] dataSets,
        params (string DataSet, string Value)[] values
    )
    {
        await journey.FillInAsync(dataSets, values);
        await journey.AgreeAsync();
    }

    private static async Task<int> SendAsync(Journey journey)
    {
        var answer = await journey.Page.RunAndWaitForResponseAsync(
            () => journey.Page.EvaluateAsync("(document.querySelector('main form') ?? document.forms[0]).submit()"),
            response => response.Request is { Method: "POST", IsNavigationRequest: true }
        );
        await journey.Page.WaitForLoadStateAsync();
        return answer.Status;
    }

    private static Task TitleAsync(Journey journey, string key) =>
        Assertions
            .Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync(journey.Words<DownloadText>(key));
}
