using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Account;
using MyData.Web.Features.Download;
using MyData.Web.Features.SignIn;
using MyData.Web.Layout;
using MyData.Web.Sandbox.Pages;
using MyData.Web.Sandbox.Personas;

namespace MyData.E2E.Journeys;

/// <summary>A passkey from its adding to the sign-ins by it: only with her own finger, face or PIN, and never worth more than she was.</summary>
public sealed class PasskeyTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Theory]
    [InlineData("zh-TW", "lin")]
    [InlineData("en", "nguyen")]
    public async Task Passkey_AddedAtLevel2_SignsInAtLevel2(string language, string who)
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language },
            async journey =>
            {
                await journey.OpenAsync("/signin?back=" + AccountUrls.Passkeys);
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
                await journey.AtAsync(AccountUrls.Passkeys);
                await journey.AccessibleAsync();
                await VirtualAuthenticator.AddAsync(journey.Page);
                await AddAsync(journey, "我的手機");
                await LevelIsAsync(journey, 2);
                await journey.AccessibleAsync();

                await SignOutAsync(journey);
                await journey.AccessibleAsync();
                await journey.OpenAsync("/signin?back=" + AccountUrls.Sessions);
                await journey.AccessibleAsync();
                await UseAsync(journey);
                await journey.AtAsync(AccountUrls.Sessions);
                await LevelIsAsync(journey, 2);

                await journey.OpenAsync(AccountUrls.Passkeys);
                var item = journey.Page.GetByRole(AriaRole.Listitem);
                await item.Locator("summary").ClickAsync();
                await journey.AccessibleAsync();
                await item.GetByRole(AriaRole.Button)
                    .Filter(new() { HasText = journey.Words<AccountText>("PasskeyRemoveSure") })
                    .ClickAsync();
                await SaysAsync(journey, "Done-passkey-removed");
                await SignOutAsync(journey);
                await journey.OpenAsync("/signin");
                await UseAsync(journey);
                await RefusedAsync(journey);
            }
        );
    }

    [Fact]
    public async Task Passkey_AddedAtLevel1_StaysAtLevel1_AndWhatWantsMoreAsksForMore()
    {
        var persona = SandboxSteps.Persona("wang");
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = "en" },
            async journey =>
            {
                await journey.OpenAsync("/signin");
                await journey.SignInFirstTimeAsync(persona);
                await SignOutAsync(journey);
                await journey.OpenAsync("/signin?back=" + AccountUrls.Passkeys);
                await WeaklyAsync(journey, persona);
                await journey.AtAsync(AccountUrls.Passkeys);
                await VirtualAuthenticator.AddAsync(journey.Page);
                await AddAsync(journey, "");
                await LevelIsAsync(journey, 1);

                await SignOutAsync(journey);
                await journey.OpenAsync("/signin?back=" + AccountUrls.Sessions);
                await UseAsync(journey);
                await journey.AtAsync(AccountUrls.Sessions);
                await LevelIsAsync(journey, 1);
                await journey.ChooseAsync(Steps.Household);
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
                    .ToHaveTextAsync(journey.Words<DownloadText>("StepUpTitle"));
                await journey.AccessibleAsync();
                await journey.Link(journey.Words<DownloadText>("StepUpNow")).ClickAsync();
                await journey.AtAsync("/signin");
                await journey.AccessibleAsync();
                await UseAsync(journey);
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Alert))
                    .ToContainTextAsync(journey.Words<SignInText>("Problem-signin.level_too_low"));
                await journey.AccessibleAsync();
                await journey.ByDocumentsAsync(persona);
                await journey.AtAsync("/download/consent");
            }
        );
    }

    [Fact]
    public async Task Authenticator_ThatDoesNotVerifyHer_IsRefusedByBrowserAndServer()
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Width = 390 },
            async journey =>
            {
                await journey.OpenAsync("/signin?back=" + AccountUrls.Passkeys);
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona("chang"));
                var device = await VirtualAuthenticator.AddAsync(journey.Page, verifies: false);
                var add = journey.Button(journey.Words<AccountText>("PasskeyAdd"));
                await add.ClickAsync();
                await Assertions
                    .Expect(journey.Page.GetByText(journey.Words<AccountText>("PasskeyFailed")))
                    .ToBeVisibleAsync();
                await journey.AccessibleAsync();
                await device.WithoutVerificationAsync(
                    journey.Page,
                    AccountUrls.PasskeyOptions,
                    async () =>
                    {
                        await add.ClickAsync();
                        await Assertions
                            .Expect(journey.Page.GetByRole(AriaRole.Alert))
                            .ToContainTextAsync(journey.Words<AccountText>("PasskeyRefused"));
                    }
                );
                await Assertions
                    .Expect(journey.Page.Locator("main"))
                    .ToContainTextAsync(journey.Words<AccountText>("PasskeysNone"));
                await journey.AccessibleAsync();

                await device.RemoveAsync();
                device = await VirtualAuthenticator.AddAsync(journey.Page);
                await AddAsync(journey, "");
                await SignOutAsync(journey);
                await device.VerifiesAsync(isHer: false);
                await journey.OpenAsync("/signin");
                await UseAsync(journey);
                await Assertions
                    .Expect(journey.Page.GetByText(journey.Words<SignInText>("PasskeyFailed")))
                    .ToBeVisibleAsync();
                await device.WithoutVerificationAsync(
                    journey.Page,
                    SignInUrls.PasskeyOptions,
                    async () =>
                    {
                        await UseAsync(journey);
                        await RefusedAsync(journey);
                    }
                );
                await journey.AccessibleAsync();
                await journey.Page.GotoAsync(AccountUrls.Account);
                await journey.AtAsync("/signin");
            }
        );
    }

    private static async Task AddAsync(Journey journey, string name)
    {
        await journey.Page.Locator("#passkey-add").GetByRole(AriaRole.Textbox).FillAsync(name);
        await journey.Button(journey.Words<AccountText>("PasskeyAdd")).ClickAsync();
        await SaysAsync(journey, "Done-passkey");
        if (name.Length > 0)
            await Assertions.Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Name = name })).ToBeVisibleAsync();
    }

    private static Task UseAsync(Journey journey) =>
        journey.Button(journey.Words<SignInText>("Use-passkey")).ClickAsync();

    // The identity provider vouches for less than it could.
    private static async Task WeaklyAsync(Journey journey, Persona persona)
    {
        await journey.Link(journey.Words<SignInText>("Use-oidc")).ClickAsync();
        await journey.Page.GetByRole(AriaRole.Radio, new() { Name = persona.Name }).CheckAsync();
        await journey.Page.GetByLabel(journey.Words<SandboxText>("IdpLevel-LoA1")).CheckAsync();
        await journey.Button(journey.Words<SandboxText>("IdpAgree")).ClickAsync();
    }

    // At this width by the header, else from the account.
    private static async Task SignOutAsync(Journey journey)
    {
        if (journey.Reader.Width < 1000)
        {
            await journey.OpenAsync(AccountUrls.Account);
            await journey
                .Page.Locator("main")
                .GetByRole(AriaRole.Button, new() { Name = journey.Words<AccountText>("SignOut") })
                .ClickAsync();
        }
        else
        {
            await journey
                .Page.GetByRole(AriaRole.Banner)
                .GetByRole(AriaRole.Button, new() { Name = journey.Words<LayoutText>("SignOut") })
                .ClickAsync();
        }
        await journey.AtAsync("/signout/done");
    }

    private static Task LevelIsAsync(Journey journey, int level) =>
        Assertions
            .Expect(journey.Page.Locator("main"))
            .ToContainTextAsync(journey.Words<AccountText>("LevelIs", level));

    private static Task RefusedAsync(Journey journey) =>
        Assertions
            .Expect(journey.Page.GetByRole(AriaRole.Alert))
            .ToContainTextAsync(journey.Words<SignInText>("Problem-passkey.refused"));

    private static Task SaysAsync(Journey journey, string key) =>
        Assertions
            .Expect(journey.Page.GetByRole(AriaRole.Status).First)
            .ToHaveTextAsync(journey.Words<AccountText>(key));
}
