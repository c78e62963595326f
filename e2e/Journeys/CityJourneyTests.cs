using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Consent;
using MyData.Web.Features.NationalService;
using MyData.Web.Features.Services;
using MyData.Web.Sandbox.City;
using MyData.Web.Sandbox.Pages;

namespace MyData.E2E.Journeys;

/// <summary>A service on the national wire (protocols.md B2), from "apply" at the city to what it has opened, by her own clicks.</summary>
public sealed class CityJourneyTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Theory]
    [InlineData("zh-TW", 360, "li", CityListing.Care)]
    [InlineData("en", 1200, "huang", CityListing.Parking)]
    public async Task City_FromApplyToReceived_SheIsToldWhoCanOpenIt(
        string language,
        int width,
        string who,
        string service
    )
    {
        var persona = SandboxSteps.Persona(who);
        // What others of this class have left with a city that does not answer waits on.
        var others = await shared.Portal.CountAsync("wire_parts");
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.OpenAsync("/sandbox/city");
                await LookAsync(journey, "city");
                await journey.Button(journey.Words<SandboxText>($"CityApply-{service}")).ClickAsync();
                await Assertions.Expect(Heading(journey)).ToContainTextAsync(City(journey));
                await journey.Link(journey.Words<ServicesText>("IntroSignIn")).ClickAsync();
                await journey.SignInFirstTimeAsync(persona);

                var agree = journey.Button(journey.Words<ServicesText>("AgreeFetch"));
                await Assertions.Expect(agree).ToBeEnabledAsync();
                await Assertions
                    .Expect(Content(journey))
                    .ToContainTextAsync(
                        journey
                            .Words<ServicesText>("StatementOlderFormat")
                            .Replace("{0}", City(journey), StringComparison.Ordinal)
                    );
                await LookAsync(journey, "fetch");
                var handOver = await journey.FetchForServiceAsync();
                await Assertions.Expect(Content(journey)).ToContainTextAsync(journey.Words<WireText>("OlderTitle"));
                await Assertions.Expect(Content(journey)).ToContainTextAsync(persona.Id.Value);
                Assert.Equal(0, await journey.Page.Locator("script[src*='blazor']").CountAsync());
                await LookAsync(journey, "handover");
                await handOver.ClickAsync();

                await journey.AtAsync($"/sandbox/city/{service}/result");
                await Assertions.Expect(Heading(journey)).ToHaveTextAsync(journey.Words<SandboxText>("BankReceived"));
                await Assertions.Expect(Content(journey)).ToContainTextAsync(persona.Id.Value);
                await Assertions.Expect(journey.Page.Locator("[data-fetches]")).ToHaveTextAsync("200");
                await LookAsync(journey, "received");

                await journey.OpenAsync("/consents");
                await Assertions.Expect(Content(journey)).ToContainTextAsync(City(journey));
                await LookAsync(journey, "consents");
                await journey
                    .Link(
                        journey
                            .Words<ConsentsText>("WithdrawOf")
                            .Replace("{0}", City(journey), StringComparison.Ordinal)
                    )
                    .ClickAsync();
                await LookAsync(journey, "withdraw");
                await journey.Button(journey.Words<ConsentsText>("AskYes")).ClickAsync();
                await Assertions
                    .Expect(
                        journey.Page.GetByText(journey.Words<ConsentsText>("Status-Unanswered"), new() { Exact = true })
                    )
                    .ToBeVisibleAsync();
                await LookAsync(journey, "withdrawn");
            }
        );
        Assert.InRange(await shared.Portal.CountAsync("wire_parts"), 0, others);
    }

    [Theory]
    [InlineData("zh-TW", 360, "chang")]
    [InlineData("en", 1200, "wang")]
    public async Task City_ThatDoesNotAnswer_SheSeesThatItIsTold_AndMayLeave(string language, int width, string who)
    {
        using var http = new HttpClient { BaseAddress = shared.Portal.Origin };
        using var deaf = await http.PutAsync("/sandbox/city/conduct/deaf", null, TestContext.Current.CancellationToken);
        deaf.EnsureSuccessStatusCode();
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.OpenAsync("/sandbox/city");
                await journey.Button(journey.Words<SandboxText>($"CityApply-{CityListing.Parking}")).ClickAsync();
                await journey.Link(journey.Words<ServicesText>("IntroSignIn")).ClickAsync();
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
                var handOver = await journey.FetchForServiceAsync();
                await handOver.ClickAsync();
                await Assertions
                    .Expect(Heading(journey))
                    .ToHaveTextAsync(
                        journey.Words<WireText>("TellingTitle").Replace("{0}", City(journey), StringComparison.Ordinal)
                    );
                await LookAsync(journey, "telling");
            }
        );
        using var good = await http.PutAsync("/sandbox/city/conduct/good", null, TestContext.Current.CancellationToken);
        good.EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData("zh-TW", 360)]
    [InlineData("en", 1200)]
    public async Task City_ThatMeansAnother_SheGoesBackWithNothing(string language, int width)
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.OpenAsync("/sandbox/city");
                await journey.Page.Locator("summary").First.ClickAsync();
                await journey
                    .Page.GetByLabel(journey.Words<SandboxText>("CityId"))
                    .First.FillAsync(SandboxSteps.Persona("chen").Id.Value);
                await journey.Button(journey.Words<SandboxText>($"CityApply-{CityListing.Care}")).ClickAsync();
                await journey.Link(journey.Words<ServicesText>("IntroSignIn")).ClickAsync();
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona(language == "en" ? "nguyen" : "yang"));
                await Assertions.Expect(Heading(journey)).ToHaveTextAsync(journey.Words<WireText>("OtherTitle"));
                await LookAsync(journey, "other");
                await journey
                    .Button(
                        journey
                            .Words<ServicesText>("BackWithNothing")
                            .Replace("{0}", City(journey), StringComparison.Ordinal)
                    )
                    .ClickAsync();
                await journey.AtAsync($"/sandbox/city/{CityListing.Care}/result");
                await Assertions.Expect(Content(journey)).ToContainTextAsync("409");
                await journey.Page.GotoAsync("/service/nobody/x/y?returnUrl=https%3A%2F%2Fevil.example");
                await Assertions.Expect(Heading(journey)).ToHaveTextAsync(journey.Words<WireText>("RefusedTitle"));
                await LookAsync(journey, "refused");
            }
        );
    }

    private static async Task LookAsync(Journey journey, string name)
    {
        await journey.AccessibleAsync();
        if (Environment.GetEnvironmentVariable("MYDATA_PICTURES") is { } folder)
            await journey.Page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, $"wire-{name}-{journey.Reader.Language}.png"), FullPage = true }
            );
    }

    private static ILocator Heading(Journey journey) => journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    private static ILocator Content(Journey journey) => journey.Page.Locator("main");

    private static string City(Journey journey) => journey.Reader.Language == "en" ? "Sandbox City" : "沙盒市政府";
}
