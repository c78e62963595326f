using System.Diagnostics;
using Microsoft.Playwright;
using MyData.E2E.Support;

namespace MyData.Load.Counters;

/// <summary>One clerk at a real screen, signed in.</summary>
public sealed class ClerkScreen : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;
    private readonly IPage _page;

    private ClerkScreen(IPlaywright playwright, IBrowser chromium, IPage page) =>
        (_playwright, _chromium, _page) = (playwright, chromium, page);

    public static async Task<ClerkScreen> OpenAsync(Uri origin)
    {
        var playwright = await Playwright.CreateAsync();
        var chromium = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = BrowserInstall.Find(), Args = ["--no-sandbox", "--disable-gpu"] }
        );
        var page = await chromium.NewPageAsync();
        await page.GotoAsync(new Uri(origin, "/staff/signin").ToString());
        await page.Locator("#staff-clerks [value=hro]").ClickAsync();
        await page.WaitForURLAsync("**/counter/desk");
        return new ClerkScreen(playwright, chromium, page);
    }

    /// <summary>Seconds from the scanner's Enter to the opened data, the card's characters typed as fast as keys go.</summary>
    public async Task<IReadOnlyList<double>> ShowAsync(IReadOnlyList<PaperTicket> papers)
    {
        var seconds = new List<double>();
        foreach (var paper in papers)
        {
            await _page.Locator("#scan").FillAsync(paper.Code);
            var start = Stopwatch.GetTimestamp();
            await _page.Keyboard.PressAsync("Enter");
            await _page.Locator("#card").FillAsync(paper.Card);
            await _page.Keyboard.PressAsync("Enter");
            await _page.Locator("[data-packages] .data").First.WaitForAsync();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            await _page.Keyboard.PressAsync("Escape");
            await _page.Locator("#scan").WaitForAsync();
        }
        return seconds;
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }
}
