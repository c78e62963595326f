using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Tests.Support;

namespace MyData.Load.Services;

/// <summary>An online service of this program's own, registered at the portal, and its members' way to a code.</summary>
public sealed class LoadService
{
    private const string Id = "load-service";
    private const string Purpose = "load";
    private const string Household = "API.7QovE2Gev6";
    private const int MostLooks = 100;
    private static readonly string[] Fields = ["name", "id", "birthday", "address"];

    // Nobody listens there: what leads back is read, and not followed.
    public const string Redirect = "http://127.0.0.1:9/callback";

    private readonly Jwk _key = Jwk.GenerateEc("signs", "sig");

    public Jwk Recipient { get; } = Jwk.GenerateEc("opens", "enc");

    public string Verifier { get; } = ServiceCaller.Random();

    /// <summary>The file that <c>MyData:Sandbox:Services</c> names.</summary>
    public string Write(string folder)
    {
        OnlineServiceListing[] services =
        [
            new()
            {
                Id = Id,
                Name = new("量測用的服務", "A service for measuring"),
                Organisation = new("量測", "Measuring"),
                Glyph = "量",
                Purpose = new("量測。", "To measure."),
                PurposeCode = Purpose,
                Retention = TimeSpan.FromDays(90),
                TermsVersion = 1,
                Site = Redirect,
                RedirectUris = [Redirect],
                ClientKeys = [_key.PublicOnly().ToJson()],
                RecipientKey = Recipient.PublicOnly().ToJson(),
                Items = [new(Household, Fields, Required: true)],
            },
        ];
        var file = Path.Combine(folder, "services.json");
        File.WriteAllText(file, JsonSerializer.Serialize(services, JsonSerializerOptions.Web));
        return file;
    }

    public ServiceCaller Caller(HttpClient http, Uri portal) =>
        new(http, portal.GetLeftPart(UriPartial.Authority), Id, _key);

    /// <summary>One citizen's way: pushed, opened, fetched, opened in her browser, handed over.</summary>
    public async Task<string> CodeAsync(ServiceCaller caller, Browser browser, CancellationToken token)
    {
        var path = await caller.PushAsync(Request(), token);
        var asked = await browser.GetAsync(path, token);
        if (asked.Text.Contains("id=\"choose-items\"", StringComparison.Ordinal))
            asked = await browser.GetAsync($"{asked.Path}?chosen=yes&ds={Household}", token);
        var key = new BrowserKey();
        var page = await browser.SubmitAsync(
            asked,
            "id=\"service-fetch\"",
            token,
            ("recipient_jwk", key.Key.PublicOnly().ToJson()),
            ("recipient_kid", key.Key.Thumbprint()),
            ("claim_hash", key.ClaimHash),
            ("decision", "agree")
        );
        for (var look = 0; !page.Text.Contains("id=\"service-hand-over\"", StringComparison.Ordinal); look++)
        {
            if (look == MostLooks)
                throw page.Unexpected("nothing to hand over");
            await Task.Delay(TimeSpan.FromMilliseconds(100), token);
            page = await browser.GetAsync(page.Path, token);
        }
        return await HandOverAsync(browser, page, key, token);
    }

    private async Task<string> HandOverAsync(Browser browser, Answer page, BrowserKey key, CancellationToken token)
    {
        using var open = JsonDocument.Parse(page.Block("open-data"));
        var transfer = open.RootElement.GetProperty("transfers")[0];
        using var fetch = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(browser.Origin, transfer.GetProperty("packageUrl").GetString()!)
        );
        fetch.Headers.Add("MyData-Claim", key.Claim);
        using var package = await browser.SendAsync(fetch, token);
        var head = SealedPackageHead.TryParse(await package.Content.ReadAsByteArrayAsync(token))!;
        var entry = ContentKeys.EntryFor(
            System.Text.Encoding.UTF8.GetString(head.Raw.Span),
            key.Key,
            Recipient,
            Jwk.GenerateEc()
        );
        var form = page.Form("id=\"service-hand-over\"");
        using var post = new HttpRequestMessage(HttpMethod.Post, new Uri(page.Url, form.Action))
        {
            Content = new FormUrlEncodedContent(
                form.With(
                    ("entries", $"{{\"{transfer.GetProperty("id").GetString()}\":{entry}}}"),
                    ("decision", "agree")
                )
            ),
        };
        post.Headers.Add("Origin", browser.Origin.GetLeftPart(UriPartial.Authority));
        post.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var back = await browser.SendAsync(post, token);
        return back.Headers.Location is { } to && QueryHelpers.ParseQuery(to.Query).TryGetValue("code", out var code)
            ? code.ToString()
            : throw new LoadException($"No code: {(int)back.StatusCode} {await back.Content.ReadAsStringAsync(token)}");
    }

    private Dictionary<string, string> Request() =>
        new()
        {
            ["response_type"] = "code",
            ["client_id"] = Id,
            ["redirect_uri"] = Redirect,
            ["state"] = ServiceCaller.Random(),
            ["code_challenge"] = Challenge(Verifier),
            ["code_challenge_method"] = "S256",
            ["authorization_details"] = JsonSerializer.Serialize(
                new object[]
                {
                    new
                    {
                        type = "mydata",
                        datasets = new[] { new { id = Household, fields = Fields } },
                        purpose = Purpose,
                        retention = "P30D",
                        use = "once",
                        recipient_key = Recipient.Kid,
                    },
                }
            ),
        };

    public static string Challenge(string verifier) =>
        Base64UrlText.Encode(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier))
        );
}
