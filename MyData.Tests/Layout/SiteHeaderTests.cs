using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Diagnostics;
using MyData.Tests.Ui;
using MyData.Web.Layout;

namespace MyData.Tests.Layout;

public sealed class SiteHeaderTests
{
    private const string Search = "?q=%E8%BB%8A&ds=a";

    [Theory]
    [InlineData("zh-TW", "/language/en")]
    [InlineData("en", "/language/zh-TW")]
    public void Switches_OnAnyPage_ComeBackToIt(string language, string target)
    {
        using var context = new UiContext(language, "/datasets", Search);
        var links = context.Render<SiteHeader>().FindAll("a[href*=back]").Select(a => a.GetAttribute("href")!).ToList();
        var back = Uri.EscapeDataString($"/datasets{Search}");
        Assert.Contains($"{target}?back={back}", links);
        Assert.All(["auto", "light", "dark"], theme => Assert.Contains($"/theme/{theme}?back={back}", links));
    }

    [Fact]
    public void Switches_OnAPageInPlaceOfAnother_ComeBackToWhatSheAskedFor()
    {
        using var context = new UiContext(path: "/problem/404");
        context.Http.Features.Set<IStatusCodeReExecuteFeature>(
            new StatusCodeReExecuteFeature
            {
                OriginalPathBase = "",
                OriginalPath = "/nowhere",
                OriginalQueryString = "?x=1",
            }
        );
        Assert.Contains("back=%2Fnowhere%3Fx%3D1", context.Render<SiteHeader>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Account_SignedOut_OffersToSignInAndComeBack()
    {
        using var context = new UiContext(path: "/datasets");
        var header = context.Render<SiteHeader>();
        Assert.Equal(2, header.FindAll("a[href='/signin?back=%2Fdatasets']").Count);
        Assert.Empty(header.FindAll("form"));
    }

    [Fact]
    public void Account_SignedIn_LeadsToTheAccountAndSignsOutByPost()
    {
        using var context = new UiContext("en").SignIn();
        var header = context.Render<SiteHeader>();
        Assert.Equal(2, header.FindAll("a[href='/account']").Count);
        Assert.All(
            header.FindAll("form"),
            form => Assert.Equal(("post", "/signout"), (form.GetAttribute("method"), form.GetAttribute("action")))
        );
        Assert.Equal(["Sign out", "Sign out"], header.FindAll("form button").Select(button => button.TextContent));
        Assert.Empty(header.FindAll("a[href^='/signin']"));
    }

    [Fact]
    public void Menu_WhereSheIs_IsMarkedForEverybody()
    {
        using var context = new UiContext(path: "/datasets/API.1");
        var current = context.Render<SiteHeader>().FindAll("[aria-current=page]");
        Assert.All(current, link => Assert.Equal("/datasets", link.GetAttribute("href")));
        Assert.Equal(2, current.Count);
    }

    [Fact]
    public void Theme_Chosen_IsMarkedInTheMenu()
    {
        using var context = new UiContext();
        context.Http.Request.Headers.Cookie = "theme=dark";
        var chosen = Assert.Single(context.Render<SiteHeader>().FindAll("[aria-current=true]"));
        Assert.StartsWith("/theme/dark", chosen.GetAttribute("href"), StringComparison.Ordinal);
    }
}
