using MyData.Core.Citizens;
using MyData.Tests.Support;
using MyData.Web.Features.Account;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

/// <summary>The steps with a passkey, as the page's module does them.</summary>
internal static class PasskeySteps
{
    /// <summary>Adds a passkey on "my account"; false where it was refused.</summary>
    public static async Task<bool> AddAsync(
        CitizenDriver browser,
        SoftAuthenticator key,
        Ceremony? how = null,
        string name = "phone"
    )
    {
        await browser.GetAsync(AccountUrls.Passkeys);
        var options = await OptionsAsync(browser, AccountUrls.PasskeyOptions);
        await browser.SubmitAsync("passkey-add", ("credential", key.Make(options, how)), ("name", name));
        return browser.Page.Url.Query == "?done=passkey";
    }

    /// <summary>Signs in with it; what was sent is returned, so that it can be sent again.</summary>
    public static async Task<string> UseAsync(
        CitizenDriver browser,
        SoftAuthenticator key,
        Ceremony? how = null,
        string query = ""
    )
    {
        await browser.GetAsync(SignInUrls.SignInPath + query);
        var answer = key.Use(await OptionsAsync(browser, SignInUrls.PasskeyOptions), how);
        await browser.SubmitAsync(SignInUrls.Passkey, ("credential", answer));
        return answer;
    }

    public static async Task<string> OptionsAsync(CitizenDriver browser, string path)
    {
        var form = browser.Page.Html.QuerySelector($"form[data-options='{path}']") ?? browser.Page.Html.Body!;
        var fields = new[] { "_form", "back", "level" }
            .Select(name => KeyValuePair.Create(name, form.QuerySelector($"input[name={name}]")?.GetAttribute("value")))
            .Where(field => field.Value is not null);
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields!),
        };
        using var response = await browser.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>A passkey that no authenticator has made.</summary>
    public static NewCredential MadeUp(bool synced = false) =>
        new()
        {
            CredentialId = Guid.CreateVersion7().ToByteArray(),
            PublicKey = [],
            SignCount = 0,
            Transports = [],
            IsBackupEligible = synced,
            IsBackedUp = synced,
        };
}
