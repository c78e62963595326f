using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Consent;
using MyData.Web.Features.Members;
using MyData.Web.Sandbox.Pages;

namespace MyData.E2E.Journeys;

/// <summary>From "sign in with MyData" at the library to "welcome", out again, and not any more.</summary>
public sealed class MemberJourneyTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Theory]
    [InlineData("zh-TW", 360, "kuo")]
    [InlineData("en", 1200, "lin")]
    public async Task Library_SignsHerIn_Out_AndNoMoreWhenSheEndsIt(string language, int width, string who)
    {
        var persona = SandboxSteps.Persona(who);
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                var library = language == "en" ? "Sandbox City Library" : "沙盒市立圖書館";
                string Text(string key, params object[] values) => journey.Words<MembersText>(key, values);
                var heading = journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

                await journey.OpenAsync("/sandbox/library");
                await LookAsync(journey, "library");
                await journey.Button(journey.Words<SandboxText>("LibrarySignIn")).ClickAsync();
                await Assertions.Expect(heading).ToHaveTextAsync(Text("IntroTitle", library));
                await LookAsync(journey, "intro");
                await journey.Link(Text("IntroSignIn")).ClickAsync();
                await journey.SignInFirstTimeAsync(persona);
                await Assertions.Expect(heading).ToHaveTextAsync(Text("SignInTitle", library));
                await journey.Page.GetByRole(AriaRole.Checkbox).First.CheckAsync();
                await LookAsync(journey, "consent");
                await journey.Button(Text("Agree")).ClickAsync();
                await journey.AtAsync("/sandbox/library");
                await Assertions
                    .Expect(heading)
                    .ToHaveTextAsync(journey.Words<SandboxText>("LibraryWelcome", persona.Name));
                await LookAsync(journey, "welcome");

                await journey.Button(journey.Words<SandboxText>("LibrarySignOut")).ClickAsync();
                await Assertions.Expect(heading).ToHaveTextAsync(Text("LogoutTitle"));
                await LookAsync(journey, "logout");
                await journey.Button(Text("LogoutHere")).ClickAsync();
                await journey.AtAsync("/sandbox/library/bye");
                await LookAsync(journey, "bye");

                // Signed in here, and agreed before: no page between.
                await journey.Button(journey.Words<SandboxText>("LibrarySignIn")).ClickAsync();
                await Assertions
                    .Expect(heading)
                    .ToHaveTextAsync(journey.Words<SandboxText>("LibraryWelcome", persona.Name));

                await journey.OpenAsync(ConsentsUrls.Page);
                await LookAsync(journey, "card");
                await journey.Link(Text("EndOf", library)).ClickAsync();
                await LookAsync(journey, "end");
                await journey.Button(Text("AskYes")).ClickAsync();
                await Assertions.Expect(journey.Page.GetByRole(AriaRole.Status)).ToBeVisibleAsync();
                await LookAsync(journey, "ended");

                // To connect a card she proves anew who she is.
                await journey.OpenAsync("/sandbox/library");
                await journey.Page.Locator("details > summary").ClickAsync();
                await journey.Button(journey.Words<SandboxText>("LibraryConnect")).ClickAsync();
                await Assertions.Expect(heading).ToHaveTextAsync(Text("Step-Anew"));
                await LookAsync(journey, "anew");
                await journey.Link(Text("StepNow-Anew")).ClickAsync();
                await journey.ByProviderAsync(persona);
                await Assertions.Expect(heading).ToHaveTextAsync(Text("SignInTitle", library));
                await LookAsync(journey, "link");
                await journey.Button(Text("Refuse")).ClickAsync();
                await journey.AtAsync("/sandbox/library");
                await journey.OpenAsync("/history");
                await LookAsync(journey, "history");
            }
        );
    }

    private static async Task LookAsync(Journey journey, string name)
    {
        await journey.AccessibleAsync();
        if (Environment.GetEnvironmentVariable("MYDATA_PICTURES") is { } folder)
            await journey.Page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, $"members-{name}-{journey.Reader}.png"), FullPage = true }
            );
    }
}
