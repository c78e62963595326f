using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Account;
using MyData.Web.Features.SignIn;

namespace MyData.E2E.Journeys;

/// <summary>She decides where she is signed in, and whether she has an account at all.</summary>
public sealed class SessionsTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    // A live page asks every 20 seconds whether its session still stands.
    private const float AtMost = 30_000;

    [Fact]
    public async Task Session_EndedFromAnotherBrowser_IsOutAtTheNextClickAndOnALivePageWithin30Seconds()
    {
        var persona = SandboxSteps.Persona("lin");
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = "en" },
            async other =>
            {
                await other.ChooseAsync(Steps.Household);
                await other.SignInFirstTimeAsync(persona);
                await other.AgreeAsync();
                await other.ShowsAsync(Steps.Household, "Ready");
                var clicking = await other.Context.NewPageAsync();
                await clicking.GotoAsync(AccountUrls.Account);
                await Journey.RunAsync(
                    shared.Portal,
                    new Reader { Width = 390 },
                    async journey =>
                    {
                        await journey.OpenAsync("/signin?back=" + AccountUrls.Sessions);
                        await journey.ByDocumentsAsync(persona);
                        await journey.AtAsync(AccountUrls.Sessions);
                        await journey.AccessibleAsync();
                        await journey
                            .Page.GetByRole(AriaRole.Listitem)
                            .GetByRole(AriaRole.Button, new() { Name = journey.Words<AccountText>("EndSession") })
                            .ClickAsync();
                        await Assertions
                            .Expect(journey.Page.GetByRole(AriaRole.Status))
                            .ToHaveTextAsync(journey.Words<AccountText>("Done-session"));
                        await journey.AccessibleAsync();
                    }
                );
                await clicking.GetByRole(AriaRole.Link, new() { Name = other.Words<AccountText>("Held") }).ClickAsync();
                await clicking.WaitForURLAsync(IsSignIn);
                await other.Page.WaitForURLAsync(IsSignIn, new() { Timeout = AtMost });
                await other.AccessibleAsync();
            }
        );
    }

    [Fact]
    public async Task Account_Closed_IsGone_AndTheNextSignInIsAFirstUse()
    {
        var persona = SandboxSteps.Persona("kuo");
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Width = 390 },
            async journey =>
            {
                await journey.OpenAsync("/signin?back=" + AccountUrls.Account);
                await journey.ByDocumentsAsync(persona);
                await journey.AccessibleAsync();
                await journey.ByProviderAsync(persona);
                await journey.AtAsync(SignInUrls.Welcome);
                await journey.AccessibleAsync();
                await journey.Button(journey.Words<SignInText>("WelcomeAgree")).ClickAsync();
                await CloseAsync(journey);

                await journey.Page.GotoAsync(AccountUrls.Account);
                await journey.AtAsync("/signin");
                await journey.ByDocumentsAsync(persona);
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
                    .ToContainTextAsync(journey.Words<SignInText>("SecondTitle"));
                await journey.ByProviderAsync(persona);
                await journey.AtAsync(SignInUrls.Welcome);
            }
        );
    }

    private static async Task CloseAsync(Journey journey)
    {
        await journey.Link(journey.Words<AccountText>("Close")).ClickAsync();
        await journey.AccessibleAsync();
        await journey.Link(journey.Words<AccountText>("CloseNo")).ClickAsync();
        await journey.AtAsync(AccountUrls.Account);
        await journey.Link(journey.Words<AccountText>("Close")).ClickAsync();
        await journey.Button(journey.Words<AccountText>("CloseYes")).ClickAsync();
        await journey.AtAsync("/account/closed");
        await journey.AccessibleAsync();
    }

    private static bool IsSignIn(string url) => new Uri(url).AbsolutePath == "/signin";
}
