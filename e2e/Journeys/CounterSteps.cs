using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Web.Features.Counter;
using MyData.Web.Features.Staff;
using MyData.Web.Sandbox.Counters;

namespace MyData.E2E.Journeys;

/// <summary>What citizens and clerks do at a counter, by the words that they see.</summary>
public static partial class CounterSteps
{
    public const string Move = "household-move";
    public const string Rent = "rent-subsidy";

    /// <summary>Fetches and waits until all have come.</summary>
    public static async Task FetchAsync(this Journey journey, params string[] dataSets)
    {
        await journey.FillInAsync(dataSets);
        await journey.AtAsync("/download/consent");
        await journey.AgreeAsync();
        foreach (var id in dataSets)
            await journey.ShowsAsync(id, "Ready");
    }

    /// <summary>From the public list to the code.</summary>
    public static async Task MakeCodeAsync(this Journey journey, string service, bool onPaper = false)
    {
        var name = SandboxCounters.Services.Single(one => one.Id == service).Name;
        await journey.OpenAsync("/counters");
        await journey.Link(journey.Name(name)).ClickAsync();
        await journey.Link(journey.Words<CounterText>("MakeCode")).ClickAsync();
        await journey.Button(journey.Words<CounterText>(onPaper ? "AgreePaper" : "AgreePhone")).ClickAsync();
        await Assertions.Expect(journey.Picture()).ToBeVisibleAsync();
    }

    public static ILocator Picture(this Journey journey) => journey.Page.Locator(".code-picture");

    /// <summary>What a scanner reads off her screen.</summary>
    public static async Task<string> ReadCodeAsync(this Journey journey) =>
        await Barcodes.ReadAsync(await journey.Picture().ScreenshotAsync());

    public static async Task ClerkAsync(this Journey journey, string key)
    {
        var clerk = SandboxClerks.Find(key)!;
        await journey.OpenAsync("/staff/signin");
        await journey
            .Button(journey.Words<StaffText>("SandboxClerk", clerk.Name, journey.Name(clerk.OfficeName)))
            .ClickAsync();
        await journey.AtAsync("/counter/desk");
    }

    /// <summary>As a hand scanner does: the keys, and Enter.</summary>
    public static async Task ScanAsync(this Journey clerk, string code)
    {
        await clerk.Page.Locator("#scan").FocusAsync();
        await clerk.Page.Keyboard.TypeAsync(code);
        await clerk.Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>The six digits on a screen, once they stand there.</summary>
    public static async Task<string> DigitsAsync(this Journey journey)
    {
        var digits = journey.Page.Locator(".ticket-digits");
        await Assertions.Expect(digits).ToHaveTextAsync(SixDigits());
        return (await digits.TextContentAsync())!;
    }

    public static ILocator Seen(this Journey clerk) => clerk.Page.Locator("[data-packages]");

    [GeneratedRegex(@"^\d{3} \d{3}$")]
    private static partial Regex SixDigits();
}
