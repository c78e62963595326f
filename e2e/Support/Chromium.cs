using Microsoft.Playwright;

namespace MyData.E2E.Support;

/// <summary>One Chromium for all tests of this run; each test takes a context of its own from it.</summary>
public static class Chromium
{
    private static readonly Lazy<Task<IBrowser>> One = new(LaunchAsync);

    public static Task<IBrowser> GetAsync() => One.Value;

    private static async Task<IBrowser> LaunchAsync()
    {
        // As long as Playwright waits for everything else: a machine that builds and tests at once is slow.
        Assertions.SetDefaultExpectTimeout(30_000);
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = BrowserInstall.Find(),
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }
}
