using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Tests.SignIn;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

/// <summary>The sandbox inside the portal, as everybody gets it who starts the program.</summary>
public sealed class SandboxInPortalTests(Portal portal) : IClassFixture<Portal>
{
    [Theory]
    [InlineData("lin")]
    [InlineData("yang")]
    [InlineData("kolas")]
    [InlineData("nguyen")]
    public async Task FirstUse_DocumentsAndProviderOfTheSandbox_OpensTheAccount(string key)
    {
        using var browser = portal.Visitor();
        await SignInAsync(browser, key);
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
    }

    private async Task SignInAsync(CitizenDriver browser, string key)
    {
        var persona = SandboxPersonas.Find(key)!;
        await DocumentsAsync(browser, persona);
        var choice = await browser.GetAsync(SignInUrls.UpstreamStart);
        Assert.StartsWith("/sandbox/idp/authorize", choice.Path);
        var welcome = await browser.PressAsync("登入並告知", ("persona", key));
        Assert.True(welcome.Path == "/signin/welcome", welcome.Url + welcome.Text + string.Join('\n', portal.Log.All));
        Assert.Contains(persona.Name, welcome.Html.Body!.TextContent);
        await browser.SubmitAsync("welcome");
    }

    [Fact]
    public async Task Download_BothWiresFastAndSlow_GiveHerPackagesThatOpen()
    {
        using var browser = portal.Visitor();
        await SignInAsync(browser, "chang");
        var key = Jwk.GenerateEc();
        const string claim = "claim-of-this-browser-0123456789";
        string[] sets =
        [
            "API.7QovE2Gev6",
            "API.idPhotoRev",
            "API.UZQkKbsOpz",
            "API.syWqjr4flJ",
            "API.60GGfgGX1A",
            "API.Mo23SDWhsn",
        ];
        const string parameters = "&API.syWqjr4flJ:year=113&API.Mo23SDWhsn:INQ_YR=112";
        await Download.FillInAsync(browser, $"ds={string.Join("&ds=", sets)}{parameters}");
        var progress = await browser.SubmitAsync(
            "/download/decide",
            ("recipient_jwk", key.PublicOnly().ToJson()),
            ("recipient_kid", key.Kid!),
            ("claim_hash", Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(claim)))),
            ("decision", "agree")
        );
        Assert.StartsWith("/download/", progress.Path);
        foreach (var set in sets)
        {
            var ready = await portal.EventuallyAsync(
                $"the package of {set}",
                async () => (await portal.EventsAsync()).Find(e => e.DataSetId == set && IsEnd(e))
            );
            Assert.Equal((set, EventKinds.TransferReady, "ok"), (set, ready.Kind, ready.Code));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/relay/{ready.TransferId}/package");
            request.Headers.Add("MyData-Claim", claim);
            using var response = await browser.SendAsync(request);
            var opened = SealedPackage.Open(await response.Content.ReadAsByteArrayAsync(), key);
            using var package = PackageReader.Read(opened.Zip, PackageLimits.Default);
            Assert.Contains(
                SandboxPersonas.Find("chang")!.Id.Value,
                Encoding.UTF8.GetString(package.Read("data.json"))
            );
        }
    }

    private static bool IsEnd(Event e) =>
        e.Kind is EventKinds.TransferReady or EventKinds.TransferFailed or EventKinds.TransferEmpty;

    [Fact]
    public async Task FirstUse_DocumentsNotActivated_AreToldAsNoMatch()
    {
        using var browser = portal.Visitor();
        var page = await DocumentsAsync(browser, SandboxPersonas.Find("chou")!);
        Assert.StartsWith("/signin/documents", page.Path);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Provider_Cancelled_LeadsBackToThePortal()
    {
        using var browser = portal.Visitor();
        await browser.GetAsync(SignInUrls.UpstreamStart);
        var page = await browser.PressAsync("不登入");
        Assert.StartsWith("/signin", page.Path);
    }

    [Fact]
    public async Task Catalogue_Always_HoldsWhatTheSandboxLists()
    {
        using var browser = portal.Visitor();
        var page = await browser.GetAsync("/datasets");
        Assert.Contains("戶籍資料", page.Text);
        Assert.Contains("勞工保險資料", page.Text);
    }

    [Fact]
    public async Task Mailbox_Always_TellsItsPort()
    {
        using var browser = portal.Visitor();
        using var response = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/sandbox/mailbox.json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var mailbox = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.True(mailbox.RootElement.GetProperty("port").GetInt32() > 0);
    }

    private static async Task<Page> DocumentsAsync(CitizenDriver browser, Persona persona)
    {
        await browser.GetAsync(SignInUrls.Documents);
        return await browser.SubmitAsync(
            "documents",
            ("id", persona.Id.Value),
            ("health_card", persona.HealthCard),
            ("household", persona.Household)
        );
    }
}
