using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Download;
using MyData.Web.Features.Open;
using MyData.Web.Features.Services;
using MyData.Web.Sandbox.Pages;

namespace MyData.E2E.Journeys;

/// <summary>
/// Opened data never enters a circuit (protocols.md A4): where she chooses, agrees, opens, saves and verifies, no script of
/// Blazor is loaded and no connection stands open.
/// </summary>
public sealed class NoCircuitTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Fact]
    public async Task Pages_OfChoiceConsentOpeningAndVerifying_LoadNoBlazorAndOpenNoSocket()
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader(),
            async journey =>
            {
                var traffic = new Traffic(journey.Page);
                await journey.ChooseAsync(Steps.Property, Steps.Household);
                await traffic.IsQuietAtAsync("/download");
                await journey.Page.Locator("main input:not([type=hidden])").FillAsync("114");
                await journey.Button(journey.Words<DownloadText>("Continue")).ClickAsync();
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
                await traffic.IsQuietAtAsync("/download/consent");
                await journey.AgreeAsync();
                await journey.ShowsAsync(Steps.Household, "Ready");
                await journey.ShowsAsync(Steps.Property, "Ready");
                // The control: a live page does both.
                Assert.NotEmpty(traffic.Live);

                traffic.Forget();
                await journey.OpenPackagesAsync();
                await journey.Card(Steps.Household).GetByRole(AriaRole.Button).First.ClickAsync();
                var path = new Uri(journey.Page.Url).AbsolutePath;
                Assert.StartsWith("/open/", path, StringComparison.Ordinal);
                await traffic.IsQuietAtAsync(path);
                var download = await journey.Page.RunAndWaitForDownloadAsync(() =>
                    journey
                        .Card(Steps.Household)
                        .GetByRole(AriaRole.Button, new() { Name = journey.Words<OpenText>("save") })
                        .ClickAsync()
                );
                await traffic.IsQuietAtAsync(path);

                await journey.OpenAsync("/verify");
                await journey
                    .Page.GetByLabel(journey.Words<OpenText>("VerifyFile"))
                    .SetInputFilesAsync(await download.PathAsync());
                await Assertions
                    .Expect(journey.Page.Locator("main"))
                    .ToContainTextAsync(journey.Words<OpenText>("signatureValid"));
                await traffic.IsQuietAtAsync("/verify");
            }
        );
    }

    [Fact]
    public async Task Pages_OfAHandOver_LoadNoBlazorAndOpenNoSocket()
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader(),
            async journey =>
            {
                var traffic = new Traffic(journey.Page);
                // The control: a live page does both.
                await journey.OpenAsync("/ledger");
                await journey.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
                Assert.NotEmpty(traffic.Live);
                await journey.OpenAsync("/sandbox/bank");
                traffic.Forget();
                await journey.Button(journey.Words<SandboxText>("BankApply")).ClickAsync();
                await journey.Link(journey.Words<ServicesText>("IntroSignIn")).ClickAsync();
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona("chen"));
                await journey.Button(journey.Words<ServicesText>("Continue")).ClickAsync();
                var path = new Uri(journey.Page.Url).AbsolutePath;
                await traffic.IsQuietAtAsync(path);
                var handOver = await journey.FetchForServiceAsync();
                await traffic.IsQuietAtAsync(path);
                await handOver.ClickAsync();
                await journey.AtAsync("/sandbox/bank/result");
                Assert.Empty(traffic.Live);
            }
        );
    }

    /// <summary>What a tab asked for that belongs to circuits.</summary>
    private sealed class Traffic
    {
        private readonly IPage _page;
        private readonly List<string> _live = [];

        public Traffic(IPage page)
        {
            _page = page;
            page.WebSocket += (_, socket) => _live.Add(socket.Url);
            page.Request += (_, request) =>
            {
                if (request.Url.Contains("blazor", StringComparison.OrdinalIgnoreCase))
                    _live.Add(request.Url);
            };
        }

        public IReadOnlyList<string> Live => _live;

        public void Forget() => _live.Clear();

        public async Task IsQuietAtAsync(string path)
        {
            await _page.WaitForURLAsync(url => new Uri(url).AbsolutePath == path);
            await _page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            Assert.Empty(_live);
            Assert.False(await _page.EvaluateAsync<bool>("'Blazor' in window"));
        }
    }
}
