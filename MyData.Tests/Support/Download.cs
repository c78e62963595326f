using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Encryption;

namespace MyData.Tests.Support;

/// <summary>A package that waits, as the page that opens packages lists it for its module.</summary>
public sealed record WaitingPackage(string Id, string Dataset, string PackageUrl, string CertificateSha256);

/// <summary>
/// One consent and what comes of it, with the part of the browser's modules played in C#: a key pair and a claim for each
/// consent, opening and checking at the end.
/// </summary>
public sealed class Download
{
    private readonly CitizenDriver _citizen;
    private Page? _asked;

    private Download(CitizenDriver citizen) => _citizen = citizen;

    public Guid ConsentId { get; private set; }
    public Jwk Key { get; } = Jwk.GenerateEc();
    public string Claim { get; } = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
    public string ProgressPath => $"/download/{ConsentId}";

    /// <summary>The choice as the catalogue's form sends it: data set ids, and <c>id:NAME=value</c> for parameters.</summary>
    public static string Query(params string[] chosen) =>
        string.Join(
            '&',
            chosen.Select(c =>
                c.Split('=', 2) is [var name, var value]
                    ? $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}"
                    : $"ds={Uri.EscapeDataString(c)}"
            )
        );

    /// <summary>Reads the consent page and agrees.</summary>
    public static async Task<Download> AgreeAsync(CitizenDriver citizen, params string[] chosen)
    {
        var download = await AskAsync(citizen, chosen);
        await download.DecideAsync();
        return download;
    }

    /// <summary>Opens the consent page; nothing is decided yet.</summary>
    public static async Task<Download> AskAsync(CitizenDriver citizen, params string[] chosen)
    {
        var download = new Download(citizen);
        (await FillInAsync(citizen, Query(chosen))).ShouldBeAt("/download/consent");
        download.ConsentId = Guid.Parse(
            citizen.Page.Single("form[data-consent-form] [name=id]").GetAttribute("value")!
        );
        download._asked = citizen.Page;
        return download;
    }

    /// <summary>Chooses data sets, and fills in what their agencies ask for where they ask.</summary>
    /// <param name="query">Such as <c>ds=API.x&amp;API.x:INQ_YR=113</c>; only the data sets go into an address.</param>
    public static async Task<Page> FillInAsync(CitizenDriver citizen, string query)
    {
        var fields = QueryHelpers.ParseQuery(query);
        var page = await citizen.GetAsync("/download?" + string.Join('&', fields["ds"].Select(id => $"ds={id}")));
        return page.Path != "/download"
            ? page
            : await citizen.SubmitAsync(
                "/download/details",
                [.. fields.Where(field => field.Key != "ds").Select(field => (field.Key, field.Value.ToString()))]
            );
    }

    /// <summary>Presses "agree"; pressing again sends the same decision again.</summary>
    public async Task<Page> DecideAsync()
    {
        var page = await _citizen.SubmitAsync(_asked!, "/download/decide", Answer("agree"));
        return page.ShouldBeAt(ProgressPath);
    }

    /// <summary>The fields that the consent page's module fills in, and the button that she presses.</summary>
    public (string Name, string Value)[] Answer(string decision) =>
        [
            ("recipient_jwk", Key.PublicOnly().ToJson()),
            ("recipient_kid", Key.Thumbprint()),
            ("claim_hash", Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Claim)))),
            ("decision", decision),
        ];

    /// <summary>The state of each data set as the progress page shows it, in its order.</summary>
    public async Task<IReadOnlyList<string>> StatesAsync()
    {
        var page = (await _citizen.GetAsync(ProgressPath)).ShouldBe(HttpStatusCode.OK);
        return [.. page.Html.QuerySelectorAll("[data-state]").Select(card => card.GetAttribute("data-state")!)];
    }

    /// <summary>Waits at a portal of another process until no agency is asked any more.</summary>
    public Task SettledAsync() =>
        Eventually.HoldsAsync(
            "every agency has answered",
            async () => !(await StatesAsync()).Any(state => state is "Requested" or "Calling" or "Preparing")
        );

    /// <summary>The same, and each has given.</summary>
    public async Task ReadyAsync()
    {
        await SettledAsync();
        Assert.All(await StatesAsync(), state => Assert.Equal("Ready", state));
    }

    public async Task<IReadOnlyList<WaitingPackage>> WaitingAsync()
    {
        var page = (await _citizen.GetAsync($"/open/{ConsentId}")).ShouldBe(HttpStatusCode.OK);
        if (page.Html.GetElementById("open-data") is not { } block)
            return [];
        using var model = JsonDocument.Parse(block.TextContent);
        return
        [
            .. model
                .RootElement.GetProperty("transfers")
                .EnumerateArray()
                .Select(transfer => transfer.Deserialize<WaitingPackage>(JsonSerializerOptions.Web)!),
        ];
    }

    /// <summary>The sealed package's bytes; the answer is as the relay gave it.</summary>
    public async Task<HttpResponseMessage> FetchAsync(string packageUrl, string? claim = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, packageUrl);
        request.Headers.Add("MyData-Claim", claim ?? Claim);
        return await _citizen.SendAsync(request);
    }

    /// <summary>Fetches, opens and reads one package: <c>data.json</c> as the agency wrote it.</summary>
    public async Task<JsonDocument> OpenAsync(WaitingPackage waiting)
    {
        using var package = PackageReader.Read(await ZipAsync(waiting), PackageLimits.Default);
        Assert.Equal(waiting.CertificateSha256, package.CertificateSha256);
        return JsonDocument.Parse(package.Read("data.json"));
    }

    /// <summary>Fetches and unseals one package: the agency's ZIP.</summary>
    public async Task<byte[]> ZipAsync(WaitingPackage waiting)
    {
        using var answer = await FetchAsync(waiting.PackageUrl);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var opened = SealedPackage.Open(await answer.Content.ReadAsByteArrayAsync(), Key);
        Assert.Equal(waiting.Id, opened.Head.Transfer);
        return opened.Zip;
    }

    /// <summary>"Done": nothing is kept on the relay.</summary>
    public async Task DoneAsync()
    {
        await _citizen.GetAsync($"/open/{ConsentId}");
        await _citizen.PostAsync($"{ProgressPath}/done");
    }
}
