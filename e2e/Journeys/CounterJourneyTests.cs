using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Counter;
using MyData.Web.Features.History;
using MyData.Web.Ui;

namespace MyData.E2E.Journeys;

/// <summary>Mode 2 by citizen, clerk and agent, each in a browser of their own, with the code read off the picture of the screen.</summary>
public sealed class CounterJourneyTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Theory]
    [InlineData("zh-TW", 360, "lin")]
    [InlineData("en", 1200, "chen")]
    public async Task Phone_ReadOffTheScreen_ComparedConfirmedSeenOnce(string language, int width, string who)
    {
        var reader = new Reader { Language = language, Width = width };
        var persona = SandboxSteps.Persona(who);
        await Journey.RunAsync(
            shared.Portal,
            reader,
            async citizen =>
            {
                await citizen.OpenAsync("/signin");
                await citizen.SignInFirstTimeAsync(persona);
                await citizen.FetchAsync(Steps.Household);
                await citizen.OpenAsync("/counters");
                await citizen.AccessibleAsync();
                await citizen.OpenAsync($"/counters/{CounterSteps.Move}");
                await citizen.AccessibleAsync();
                await citizen.OpenAsync($"/counters/{CounterSteps.Move}/show");
                await citizen.AccessibleAsync();
                await citizen.MakeCodeAsync(CounterSteps.Move);
                await citizen.AccessibleAsync();
                var code = await citizen.ReadCodeAsync();
                Assert.Matches("^HTTP://LOCALHOST:[0-9]+/C#[0-9A-HJKMNP-TV-Z]{10}$", code);
                await Journey.RunAsync(
                    shared.Portal,
                    reader with
                    {
                        Width = 1200,
                    },
                    async clerk =>
                    {
                        await clerk.ClerkAsync("hro");
                        await clerk.AccessibleAsync();
                        await clerk.ScanAsync(code);
                        Assert.Equal(await citizen.DigitsAsync(), await clerk.DigitsAsync());
                        await citizen.AccessibleAsync();
                        await clerk.AccessibleAsync();
                        await citizen.Button(citizen.Words<CounterText>("ConfirmYes")).ClickAsync();
                        await Assertions.Expect(clerk.Seen()).ToContainTextAsync(persona.Address);
                        await clerk.AccessibleAsync();
                        var seal = await clerk.Page.Locator("[data-packages] .seal-code").TextContentAsync();
                        await Assertions
                            .Expect(citizen.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
                            .ToHaveTextAsync(citizen.Words<CounterText>("ShownTitle"));
                        await citizen.AccessibleAsync();
                        Assert.Equal(seal, await citizen.Page.Locator(".seal-code").TextContentAsync());

                        await NotesAndTakesOverAsync(clerk, seal!);
                        await clerk.Button(clerk.Words<CounterText>("Next")).ClickAsync();
                        await NothingIsLeftAsync(clerk, persona.Address);
                        await clerk.ScanAsync(code);
                        await Assertions
                            .Expect(clerk.Page.GetByRole(AriaRole.Alert))
                            .ToContainTextAsync("counter.used");
                    }
                );
                await citizen.Page.ReloadAsync();
                await Assertions.Expect(citizen.Page.Locator("main")).ToContainTextAsync("113-0042");
                await citizen.OpenAsync("/history");
                await Assertions
                    .Expect(citizen.Page.Locator("main"))
                    .ToContainTextAsync(citizen.Words<HistoryText>("Mode-counter"));
            }
        );
    }

    [Fact]
    public async Task Paper_PrintedSecret_OpensAfterTheCardAndNeverReachesTheServer()
    {
        var reader = new Reader();
        var persona = SandboxSteps.Persona("wang");
        await Journey.RunAsync(
            shared.Portal,
            reader,
            async citizen =>
            {
                var sent = new List<string>();
                citizen.Page.Request += (_, request) => sent.Add($"{request.Url} {request.PostData}");
                await citizen.OpenAsync("/signin");
                await citizen.SignInFirstTimeAsync(persona);
                await citizen.FetchAsync(Steps.Household);
                await citizen.MakeCodeAsync(CounterSteps.Move, onPaper: true);
                await citizen.AccessibleAsync();
                await citizen.Page.EmulateMediaAsync(new() { Media = Media.Print });
                var code = await citizen.ReadCodeAsync();
                await citizen.Page.EmulateMediaAsync(new() { Media = Media.Screen });
                var secret = code.Split('.')[^1];
                Assert.Equal(26, secret.Length);
                Assert.DoesNotContain(sent, one => one.Contains(secret, StringComparison.OrdinalIgnoreCase));
                await Journey.RunAsync(
                    shared.Portal,
                    reader,
                    async clerk =>
                    {
                        clerk.Page.Request += (_, request) => sent.Add($"{request.Url} {request.PostData}");
                        await clerk.ClerkAsync("hro");
                        await clerk.ScanAsync(code);
                        var card = clerk.Page.Locator("#card");
                        await Assertions.Expect(card).ToBeFocusedAsync();
                        await clerk.AccessibleAsync();
                        await card.FillAsync("0000");
                        await clerk.Page.Keyboard.PressAsync("Enter");
                        await Assertions
                            .Expect(clerk.Page.GetByRole(AriaRole.Alert))
                            .ToContainTextAsync("counter.wrong_card");
                        await card.FillAsync(persona.Id.Value[^4..]);
                        await clerk.Page.Keyboard.PressAsync("Enter");
                        await Assertions.Expect(clerk.Seen()).ToContainTextAsync(persona.Address);
                        // Reload leaves nothing, and the code is used up.
                        await clerk.Page.ReloadAsync();
                        await NothingIsLeftAsync(clerk, persona.Address);
                    }
                );
                Assert.DoesNotContain(sent, one => one.Contains(secret, StringComparison.OrdinalIgnoreCase));
            }
        );
    }

    [Fact]
    public async Task Agent_InABrowserOfHerOwn_ShowsItAndTheClerkSees()
    {
        var reader = new Reader();
        var (owner, other) = (SandboxSteps.Persona("chang"), SandboxSteps.Persona("li"));
        await Journey.RunAsync(
            shared.Portal,
            reader with
            {
                Width = 360,
            },
            agent =>
                Journey.RunAsync(
                    shared.Portal,
                    reader,
                    async citizen =>
                    {
                        await agent.OpenAsync("/signin");
                        await agent.SignInFirstTimeAsync(other);
                        await citizen.OpenAsync("/signin");
                        await citizen.SignInFirstTimeAsync(owner);
                        await citizen.FetchAsync(Steps.Household);
                        await citizen.MakeCodeAsync(CounterSteps.Move);
                        await citizen.Link(citizen.Words<CounterText>("AgentName")).ClickAsync();
                        await citizen.AccessibleAsync();
                        await citizen.Page.GetByLabel(citizen.Words<CounterText>("AgentId")).FillAsync(other.Id.Value);
                        await citizen
                            .Page.GetByLabel(citizen.Words<CounterText>("AgentBirthday"))
                            .FillAsync($"{other.Birth:yyyy-MM-dd}");
                        await citizen.Button(citizen.Words<CounterText>("Appoint")).ClickAsync();

                        await agent.OpenAsync("/agent");
                        await agent.AccessibleAsync();
                        await agent.Link(agent.Words<CounterText>("AgentLook")).ClickAsync();
                        await agent.AccessibleAsync();
                        await agent.Button(agent.Words<CounterText>("Accept")).ClickAsync();
                        // Her page notices by itself, hands on, and says who has it now.
                        await Assertions
                            .Expect(citizen.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
                            .ToHaveTextAsync(citizen.Words<CounterText>("AgentHoldsTitle"));
                        await citizen.AccessibleAsync();
                        await agent.Page.ReloadAsync();
                        await Assertions.Expect(agent.Picture()).ToBeVisibleAsync();
                        await agent.AccessibleAsync();
                        var code = await agent.ReadCodeAsync();
                        Assert.DoesNotContain(owner.Address, await agent.Page.ContentAsync(), StringComparison.Ordinal);
                        await Journey.RunAsync(
                            shared.Portal,
                            reader,
                            async clerk =>
                            {
                                await clerk.ClerkAsync("hro");
                                await clerk.ScanAsync(code);
                                Assert.Equal(await agent.DigitsAsync(), await clerk.DigitsAsync());
                                await agent.Button(agent.Words<CounterText>("ConfirmYes")).ClickAsync();
                                await Assertions.Expect(clerk.Seen()).ToContainTextAsync(owner.Address);
                            }
                        );
                    }
                )
        );
    }

    [Fact]
    public async Task Clerk_SilentForTwoMinutes_FindsAnEmptyScreen_AlsoBehindTheBackButton()
    {
        var persona = SandboxSteps.Persona("nguyen");
        await Journey.RunAsync(
            shared.Portal,
            new Reader(),
            async citizen =>
            {
                await citizen.OpenAsync("/signin");
                await citizen.SignInFirstTimeAsync(persona);
                await citizen.FetchAsync(Steps.Household);
                await citizen.MakeCodeAsync(CounterSteps.Move);
                var code = await citizen.ReadCodeAsync();
                await Journey.RunAsync(
                    shared.Portal,
                    new Reader(),
                    async clerk =>
                    {
                        await clerk.Page.Clock.InstallAsync();
                        // A camera that sees the code: Chromium itself has no detector.
                        await clerk.Page.AddInitScriptAsync(
                            "window.BarcodeDetector = class { async detect() { return [{ rawValue: 'rubbish' }, { rawValue: '"
                                + code
                                + "' }]; } };"
                                + "navigator.mediaDevices.getUserMedia = async () => document.createElement('canvas').captureStream();"
                        );
                        await clerk.ClerkAsync("hro");
                        await clerk.Button(clerk.Words<CounterText>("Camera")).ClickAsync();
                        await clerk.DigitsAsync();
                        await citizen.DigitsAsync();
                        await citizen.Button(citizen.Words<CounterText>("ConfirmYes")).ClickAsync();
                        await Assertions.Expect(clerk.Seen()).ToContainTextAsync(persona.Address);
                        await clerk.Page.Clock.FastForwardAsync(100_000);
                        await Assertions.Expect(clerk.Page.Locator("[data-idle]")).ToBeVisibleAsync();
                        await clerk.Page.Clock.FastForwardAsync(21_000);
                        await NothingIsLeftAsync(clerk, persona.Address);
                        await clerk.OpenAsync("/c");
                        await clerk.Page.GoBackAsync();
                        await NothingIsLeftAsync(clerk, persona.Address);
                    }
                );
                await Eventually.HoldsAsync(
                    "she reads that it was looked at to the end",
                    async () =>
                    {
                        await citizen.Page.ReloadAsync();
                        var lead = await citizen.Page.Locator("main .lead").TextContentAsync();
                        return lead!.Contains("已經看完", StringComparison.Ordinal);
                    }
                );
            }
        );
    }

    [Fact]
    public async Task CodePage_TakesTheCodeOutOfTheAddress_AndLeadsAClerkOn()
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader(),
            async journey =>
            {
                await journey.ClerkAsync("dmv");
                await journey.OpenAsync("/C#7QK49XM2D0");
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
                    .ToHaveTextAsync(journey.Words<CounterText>("CodeTitle"));
                await journey.AccessibleAsync();
                Assert.DoesNotContain("7QK49XM2D0", journey.Page.Url, StringComparison.Ordinal);
                await journey.Link(journey.Words<CounterText>("CodeClerk")).ClickAsync();
                await journey.AtAsync("/counter/desk");
                await Assertions.Expect(journey.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("counter.unknown");
                Assert.DoesNotContain("7QK49XM2D0", journey.Page.Url, StringComparison.Ordinal);
            }
        );
    }

    private static async Task NotesAndTakesOverAsync(Journey clerk, string seal)
    {
        await clerk.Page.GetByLabel(clerk.Words<CounterText>("CaseNumber")).FillAsync("113-0042");
        var file = await clerk.Page.RunAndWaitForDownloadAsync(() =>
            clerk.Button(clerk.Words<CounterText>("TakeOver")).ClickAsync()
        );
        var text = await File.ReadAllTextAsync((await file.PathAsync())!);
        Assert.Contains("mydata-counter-handover", text, StringComparison.Ordinal);
        Assert.NotEmpty(seal);
        await Assertions
            .Expect(clerk.Page.Locator("[data-said]"))
            .ToHaveTextAsync(clerk.Words<CounterText>("takenOver"));
    }

    private static async Task NothingIsLeftAsync(Journey clerk, string marker)
    {
        await Assertions.Expect(clerk.Page.Locator("#scan")).ToBeFocusedAsync();
        Assert.DoesNotContain(marker, await clerk.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal("", await clerk.Page.Locator("#case").InputValueAsync());
    }
}
