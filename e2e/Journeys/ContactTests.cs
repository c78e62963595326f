using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Account;
using MyData.Web.Sandbox.Personas;

namespace MyData.E2E.Journeys;

/// <summary>What she tells the portal about herself, and what it tells her that it holds.</summary>
public sealed partial class ContactTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Theory]
    [InlineData("zh-TW", 390, "lin")]
    [InlineData("en", 1200, "nguyen")]
    public async Task Contact_VerifiedByMail_StandsInTheAccountUntilItIsRemoved(string language, int width, string who)
    {
        var persona = SandboxSteps.Persona(who);
        var address = $"{who}@example.com";
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.OpenAsync("/signin?back=/account");
                await journey.SignInFirstTimeAsync(persona);
                await journey.AtAsync(AccountUrls.Account);
                await journey.AccessibleAsync();
                await VerifyAsync(journey, address);
                await PreferAsync(journey);
                await HeldAsync(journey, persona, address);
                await RemoveAsync(journey, address);
            }
        );
    }

    private static async Task VerifyAsync(Journey journey, string address)
    {
        await journey.Link(journey.Words<AccountText>("Contact")).ClickAsync();
        await journey.AccessibleAsync();
        await journey.Page.GetByLabel(journey.Words<AccountText>("Email")).FillAsync("nobody");
        await journey.Button(journey.Words<AccountText>("SendCode")).ClickAsync();
        await Assertions.Expect(journey.Page.GetByRole(AriaRole.Alert)).ToBeFocusedAsync();
        await journey.AccessibleAsync();
        await journey.Page.GetByLabel(journey.Words<AccountText>("Email")).FillAsync(address);
        await journey.Button(journey.Words<AccountText>("SendCode")).ClickAsync();
        await journey.AtAsync(AccountUrls.ContactCode);
        await journey.AccessibleAsync();

        var code = await CodeAsync(journey, address);
        await journey.OpenAsync(AccountUrls.ContactCode);
        var wrong = code == "111111" ? "222222" : "111111";
        await EnterAsync(journey, wrong);
        await Assertions
            .Expect(journey.Page.GetByRole(AriaRole.Alert))
            .ToContainTextAsync(journey.Words<AccountText>("CodeWrong"));
        await journey.AccessibleAsync();
        await EnterAsync(journey, code);
        await SaysAsync(journey, "Done-contact");
        await Assertions
            .Expect(journey.Page.Locator("main"))
            .ToContainTextAsync(journey.Words<AccountText>("ContactIs", address));
        await journey.AccessibleAsync();
    }

    private static async Task EnterAsync(Journey journey, string code)
    {
        await journey.Page.GetByLabel(journey.Words<AccountText>("Code")).FillAsync(code);
        await journey.Button(journey.Words<AccountText>("CodeCheck")).ClickAsync();
    }

    // Where a tester reads the mails.
    private static async Task<string> CodeAsync(Journey journey, string address)
    {
        await journey.Page.WaitForFunctionAsync(
            "async to => (await (await fetch('/sandbox/mailbox.json')).json()).mails.some(mail => mail.to.includes(to))",
            address
        );
        await journey.OpenAsync("/sandbox/mailbox");
        await journey.AccessibleAsync();
        var mail = journey.Page.GetByRole(AriaRole.Article).Filter(new() { HasText = address }).First;
        return SixDigits().Match(await mail.Locator("pre").InnerTextAsync()).Value;
    }

    private static async Task PreferAsync(Journey journey)
    {
        await journey.OpenAsync(AccountUrls.Preferences);
        await journey.AccessibleAsync();
        var other = journey.Reader.Language == "en" ? "zh-TW" : "en";
        var language = journey.Page.GetByLabel(journey.Words<AccountText>($"Language-{other}"));
        var notice = journey.Page.GetByLabel(journey.Words<AccountText>("Notice-transfer-empty"));
        await Assertions.Expect(notice).ToBeCheckedAsync();
        await language.CheckAsync();
        await notice.UncheckAsync();
        await journey.Button(journey.Words<AccountText>("Save")).ClickAsync();
        await SaysAsync(journey, "Done-preferences");
        await Assertions.Expect(language).ToBeCheckedAsync();
        await Assertions.Expect(notice).Not.ToBeCheckedAsync();
        // The language of mails is not the language of pages.
        await Assertions.Expect(journey.Page.Locator("html")).ToHaveAttributeAsync("lang", journey.Reader.Language);
        await journey.AccessibleAsync();
    }

    private static async Task HeldAsync(Journey journey, Persona persona, string address)
    {
        await journey.OpenAsync(AccountUrls.Held);
        var main = journey.Page.Locator("main");
        await Assertions.Expect(main).ToContainTextAsync(persona.Name);
        await Assertions.Expect(main).ToContainTextAsync(address);
        await Assertions.Expect(main.GetByText(persona.Id.Value, new() { Exact = true })).ToBeHiddenAsync();
        await main.Locator("summary").ClickAsync();
        await Assertions.Expect(main.GetByText(persona.Id.Value, new() { Exact = true })).ToBeVisibleAsync();
        await journey.AccessibleAsync();
        var download = await journey.Page.RunAndWaitForDownloadAsync(() =>
            journey.Link(journey.Words<AccountText>("HeldDownload")).ClickAsync()
        );
        var held = await File.ReadAllTextAsync(await download.PathAsync());
        using var json = JsonDocument.Parse(held);
        Assert.Contains(persona.Id.Value, held, StringComparison.Ordinal);
        Assert.Contains(address, held, StringComparison.Ordinal);
    }

    private static async Task RemoveAsync(Journey journey, string address)
    {
        await journey.OpenAsync(AccountUrls.Contact);
        await journey.Button(journey.Words<AccountText>("ContactRemove")).ClickAsync();
        await SaysAsync(journey, "Done-contact-removed");
        await Assertions.Expect(journey.Page.Locator("main")).Not.ToContainTextAsync(address);
        await journey.AccessibleAsync();
    }

    private static Task SaysAsync(Journey journey, string key) =>
        Assertions.Expect(journey.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync(journey.Words<AccountText>(key));

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex SixDigits();
}
