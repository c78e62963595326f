using System.Net;
using MyData.Tests.Support;
using MyData.Web.Features.Help;

namespace MyData.Tests.Help;

public sealed class HelpPagesTests(Portal portal) : IClassFixture<Portal>
{
    [Theory]
    [InlineData("/how-it-works", "zh-TW", "運作方式")]
    [InlineData("/how-it-works", "en", "How it works")]
    [InlineData("/help", "zh-TW", "常見問題與聯絡")]
    [InlineData("/help", "en", "Help and contact")]
    [InlineData("/privacy", "zh-TW", "隱私權聲明")]
    [InlineData("/privacy", "en", "Privacy statement")]
    [InlineData("/terms", "zh-TW", "服務條款")]
    [InlineData("/terms", "en", "Terms of use")]
    public async Task Page_InBothLanguages_IsThereForEverybody(string path, string language, string heading)
    {
        using var visitor = portal.Visitor(language);
        var page = (await visitor.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        Assert.Equal(heading, page.Heading);
        Assert.Single(page.Html.QuerySelectorAll("h1"));
        Assert.Equal(path, page.Html.QuerySelector($".site-footer a[href='{path}']")?.GetAttribute("href"));
    }

    [Theory]
    [InlineData("/privacy", PolicyVersions.Privacy)]
    [InlineData("/terms", PolicyVersions.Terms)]
    public async Task Policy_OnItsPage_NamesItsVersionAndDay(string path, string version)
    {
        var from = path == "/terms" ? PolicyVersions.TermsFrom : PolicyVersions.PrivacyFrom;
        using var visitor = portal.Visitor("en");
        var page = await visitor.GetAsync(path);
        Assert.Contains($"Version {version}, in force from", page.Words, StringComparison.Ordinal);
        Assert.Equal($"{from:yyyy-MM-dd}", page.Single("main time").GetAttribute("datetime"));
    }

    [Fact]
    public async Task Help_EveryCode_HasAnAnchorOfItsOwn()
    {
        using var visitor = portal.Visitor();
        var page = await visitor.GetAsync("/help");
        Assert.NotNull(page.Html.GetElementById("provider.unreachable"));
        Assert.Contains("02-0000-0000", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_ReadByAPerson_IsAPageThatKeepsHerAddress()
    {
        using var visitor = portal.Visitor("en");
        var page = await visitor.GetAsync("/nowhere?a=b");
        Assert.Equal("This page is not here", page.ShouldBe(HttpStatusCode.NotFound).Heading);
        Assert.Equal("page.missing", page.Single("main .code").TextContent);
        Assert.Contains("back=%2Fnowhere%3Fa%3Db", page.Html.Body!.InnerHtml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/language/en")]
    public async Task Post_WhereNothingIsPosted_IsAPageAndNoSignIn(string path)
    {
        using var visitor = portal.Visitor("en");
        var page = await visitor.PostAsync(path);
        Assert.Contains(page.Status, new[] { HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
        Assert.Equal("This page is not here", page.ShouldBeAt(path).Heading);
    }

    [Fact]
    public async Task Missing_ReadByAProgram_HasNoPage()
    {
        using var visitor = portal.Visitor();
        using var answer = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/nowhere"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/problem/500")]
    [InlineData("/problem/200")]
    public async Task Problem_OpenedByItsAddress_IsNotFound(string path)
    {
        using var visitor = portal.Visitor("en");
        var page = (await visitor.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
        Assert.Equal("This page is not here", page.Heading);
    }
}
