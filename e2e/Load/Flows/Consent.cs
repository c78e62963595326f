using MyData.Load.Browsing;

namespace MyData.Load.Flows;

/// <summary>A consent that was given: where its progress stands, and the key that opens what comes of it.</summary>
public sealed record Consent(string Id, BrowserKey Key, Answer Progress)
{
    public string ProgressPath => $"/download/{Id}";

    public string OpenPath => $"/open/{Id}";

    /// <summary>Chooses data sets, reads the consent page and agrees, with a key made there and then.</summary>
    /// <param name="query">the choice as the catalogue's form sends it, such as <c>ds=API.x&amp;ds=API.y</c></param>
    public static async Task<Consent> GiveAsync(Browser browser, string query, CancellationToken token)
    {
        var asked = await AskAsync(browser, query, token);
        return await AgreeAsync(browser, asked, token);
    }

    public static async Task<Answer> AskAsync(Browser browser, string query, CancellationToken token) =>
        (await browser.GetAsync($"/download?{query}", token)).At("/download/consent");

    /// <summary>The same where an agency asks for something: the page of details stands in between.</summary>
    public static async Task<Answer> AskAsync(
        Browser browser,
        string query,
        (string Name, string Value) filledIn,
        CancellationToken token
    )
    {
        var details = (await browser.GetAsync($"/download?{query}", token)).At("/download");
        var asked = await browser.SubmitAsync(details, "action=\"/download/details\"", token, filledIn);
        return asked.At("/download/consent");
    }

    public static async Task<Consent> AgreeAsync(Browser browser, Answer asked, CancellationToken token)
    {
        var key = new BrowserKey();
        var progress = await browser.SubmitAsync(
            asked,
            "name=\"recipient_jwk\"",
            token,
            ("recipient_jwk", key.Key.PublicOnly().ToJson()),
            ("recipient_kid", key.Key.Thumbprint()),
            ("claim_hash", key.ClaimHash),
            ("decision", "agree")
        );
        progress.At("/download/");
        var id = progress.Path["/download/".Length..];
        return Guid.TryParse(id, out _)
            ? new Consent(id, key, progress)
            : throw progress.Unexpected("no progress page");
    }
}
