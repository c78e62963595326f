using System.Text.Json.Nodes;
using Microsoft.Playwright;
using MyData.Core.Encryption;

namespace MyData.E2E.Support;

/// <summary>A device that keeps passkeys for one tab, played by Chromium (WebAuthn in the DevTools protocol).</summary>
public sealed class VirtualAuthenticator
{
    private readonly ICDPSession _devTools;
    private readonly string _id;

    private VirtualAuthenticator(ICDPSession devTools, string id) => (_devTools, _id) = (devTools, id);

    /// <param name="verifies">Whether the device can tell her from anybody else at all.</param>
    public static async Task<VirtualAuthenticator> AddAsync(IPage page, bool verifies = true)
    {
        var devTools = await page.Context.NewCDPSessionAsync(page);
        await devTools.SendAsync("WebAuthn.enable");
        var added = await devTools.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = verifies,
                    ["isUserVerified"] = verifies,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
        return new(devTools, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    /// <summary>Whether the device finds that it is she: finger, face or PIN.</summary>
    public Task VerifiesAsync(bool isHer) =>
        _devTools.SendAsync(
            "WebAuthn.setUserVerified",
            new() { ["authenticatorId"] = _id, ["isUserVerified"] = isHer }
        );

    public Task RemoveAsync() =>
        _devTools.SendAsync("WebAuthn.removeVirtualAuthenticator", new() { ["authenticatorId"] = _id });

    /// <summary>A browser that asks its device for less than the portal wants: what comes of it must not count.</summary>
    public async Task WithoutVerificationAsync(IPage page, string options, Func<Task> steps)
    {
        var allowed = await AllowedAsync();
        await page.RouteAsync(
            url => new Uri(url).AbsolutePath == options,
            async route =>
            {
                var answer = await route.FetchAsync();
                var asked = JsonNode.Parse(await answer.TextAsync())!;
                asked["userVerification"] = "discouraged";
                // A passkey that is named may be used without; one that the device must find may not.
                asked["allowCredentials"] = allowed.DeepClone();
                if (asked["authenticatorSelection"] is { } selection)
                    selection["userVerification"] = "discouraged";
                await route.FulfillAsync(new() { Response = answer, Body = asked.ToJsonString() });
            }
        );
        await steps();
        await page.UnrouteAllAsync();
    }

    private async Task<JsonArray> AllowedAsync()
    {
        var own = new Dictionary<string, object> { ["authenticatorId"] = _id };
        var kept = await _devTools.SendAsync("WebAuthn.getCredentials", own);
        return
        [
            .. kept!
                .Value.GetProperty("credentials")
                .EnumerateArray()
                .Select(passkey => new JsonObject
                {
                    ["type"] = "public-key",
                    ["id"] = Base64UrlText.Encode(passkey.GetProperty("credentialId").GetBytesFromBase64()),
                }),
        ];
    }
}
