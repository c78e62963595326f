using Microsoft.Playwright;
using MyData.Core.Watch;
using MyData.E2E.Support;
using MyData.Web.Features.Report;
using MyData.Web.Features.Staff;
using MyData.Web.Features.Watch;

namespace MyData.E2E.Journeys;

/// <summary>An auditor from the sandbox's door: an alarm seen and closed, records searched, the report made.</summary>
public sealed class AuditRoomTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Theory]
    [InlineData("zh-TW", 1200, "ledger.key-added")]
    [InlineData("en", 360, "catalog.changed")]
    public async Task Auditor_LooksIntoAnAlarm_Searches_AndMakesTheReport(string language, int width, string subject)
    {
        Assert.SkipWhen(ReportFonts.Missing.Count > 0, $"apt-get install {ReportFonts.Packages}");
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.OpenAsync(StaffUrls.SignIn);
                await journey.AccessibleAsync();
                await journey.Button(journey.Words<StaffText>("SandboxAuditor")).ClickAsync();
                await journey.AtAsync(WatchUrls.Alarms);
                await ClosesAsync(journey, subject);
                await SearchesAsync(journey);
                await journey.Link(journey.Words<WatchText>("NavIncidents")).ClickAsync();
                await journey.AccessibleAsync();
                await ReportsAsync(journey);
            }
        );
    }

    private static async Task ClosesAsync(Journey journey, string subject)
    {
        // The watch comes a moment behind the log.
        var row = journey.Page.Locator("tbody tr").Filter(new() { HasText = subject });
        for (var tries = 0; tries < 20 && await row.CountAsync() == 0; tries++)
        {
            await journey.OpenAsync($"{WatchUrls.Alarms}?code={AlarmCodes.Privileged}");
            await Assertions.Expect(journey.Page.GetByRole(AriaRole.Main)).ToBeVisibleAsync();
        }
        await journey.AccessibleAsync();
        await row.GetByRole(AriaRole.Link).First.ClickAsync();
        await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync("sandbox-auditor");
        await journey.AccessibleAsync();
        await journey.Page.GetByRole(AriaRole.Radio).First.CheckAsync();
        await journey.Button(journey.Words<WatchText>("Close")).ClickAsync();
        await Assertions
            .Expect(journey.Page.GetByRole(AriaRole.Status))
            .ToHaveTextAsync(journey.Words<WatchText>("ClosedNote"));
        await journey.AccessibleAsync();
    }

    private static async Task SearchesAsync(Journey journey)
    {
        await journey.Link(journey.Words<WatchText>("NavRecords")).ClickAsync();
        await journey.AccessibleAsync();
        await journey.Page.Locator("#api").FillAsync("alarm.closed");
        await journey.Button(journey.Words<WatchText>("Search")).ClickAsync();
        await Assertions.Expect(journey.Page.Locator("tbody tr").First).ToBeVisibleAsync();
        Assert.Contains("api=alarm.closed", journey.Page.Url, StringComparison.Ordinal);
        await journey.AccessibleAsync();
    }

    private static async Task ReportsAsync(Journey journey)
    {
        await journey.Link(journey.Words<WatchText>("NavReport")).ClickAsync();
        await journey.AccessibleAsync();
        await journey.Button(journey.Words<ReportText>("MakeZh")).ClickAsync();
        // The page renews itself until it is there.
        var save = journey.Page.Locator("a[download]");
        await Assertions.Expect(save).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await journey.AccessibleAsync();
        var pdf = await journey.Page.RunAndWaitForDownloadAsync(() => save.ClickAsync());
        Assert.EndsWith(".pdf", pdf.SuggestedFilename, StringComparison.Ordinal);
    }
}
