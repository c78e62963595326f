using System.Net;
using System.Text.Json;
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
        var persona = SandboxPersonas.Find(key)!;
        using var browser = portal.Visitor();
        await DocumentsAsync(browser, persona);
        var choice = await browser.GetAsync(SignInUrls.UpstreamStart);
        Assert.StartsWith("/sandbox/idp/authorize", choice.Path);
        var welcome = await browser.PressAsync("登入並告知", ("persona", key));
        Assert.True(welcome.Path == "/signin/welcome", welcome.Url + welcome.Text + string.Join('\n', portal.Log.All));
        Assert.Contains(persona.Name, welcome.Html.Body!.TextContent);
        await browser.SubmitAsync("welcome");
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
    }

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
