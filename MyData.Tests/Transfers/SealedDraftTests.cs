using System.Net;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Consent;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>What she filled in survives what she does on the way, and is nobody else's.</summary>
public sealed class SealedDraftTests : IAsyncLifetime
{
    private const string Odd = "API.sandboxOddN";
    private const string Income = "API.syWqjr4flJ";
    private const string Cookie = "__Host-draft-";
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());
    private readonly Portal _portal;

    public SealedDraftTests() => _portal = Portal.Start(new PortalOptions { Time = _time });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task TwoTabs_EachKeepsItsOwn_AlsoOverARestart()
    {
        using var lin = await Traveller.SignInAsync(_portal);
        var one = await Download.FillInAsync(lin.Browser, Choice("first-tab"));
        var two = await Download.FillInAsync(lin.Browser, Choice("second-tab"));
        await _portal.RestartAsync();
        one = await lin.Browser.GetAsync(one.Url.PathAndQuery);
        two = await lin.Browser.GetAsync(two.Url.PathAndQuery);
        Assert.Contains("first-tab", one.ShouldBeAt("/download/consent").Words, StringComparison.Ordinal);
        Assert.Contains("second-tab", two.ShouldBeAt("/download/consent").Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyTabs_OldestGoFirst()
    {
        using var browser = _portal.Visitor();
        var first = await Download.FillInAsync(browser, Choice("first-tab"));
        for (var tab = 0; tab < 8; tab++)
            await Download.FillInAsync(browser, Choice("later-tab"));
        Assert.Equal(8, Drafts(browser).Count);
        Assert.All(
            browser.Cookies.All,
            cookie => Assert.DoesNotContain("later-tab", cookie.Value, StringComparison.Ordinal)
        );
        var lost = await browser.GetAsync(Details(first));
        Refused(lost, TransferCodes.DraftOver, HttpStatusCode.Gone);
    }

    [Fact]
    public async Task Draft_AnHourLater_IsOverAndSheIsToldSo()
    {
        using var browser = _portal.Visitor();
        var asked = await Download.FillInAsync(browser, Choice("an-hour-ago"));
        _time.Advance(TimeSpan.FromMinutes(59));
        var still = await browser.GetAsync(Details(asked));
        Assert.Equal("an-hour-ago", still.Single($"input[name='{Odd}:BEHAVIOUR']").GetAttribute("value"));
        _time.Advance(TimeSpan.FromMinutes(1));
        var page = await browser.GetAsync(Details(asked));
        Refused(page, TransferCodes.DraftOver, HttpStatusCode.Gone);
        // The same page takes it once more.
        (await browser.SubmitAsync("/download/details", ($"{Odd}:BEHAVIOUR", "once-more"))).ShouldBeAt("/signin");
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("renamed")]
    [InlineData("made-up")]
    public async Task Draft_TamperedWith_IsRefusedAndLeadsToNoConsent(string how)
    {
        using var lin = await Traveller.SignInAsync(_portal);
        var before = await _portal.ReadAsync(db => db.Set<ConsentRecord>().CountAsync());
        var one = await Download.FillInAsync(lin.Browser, Choice("first-tab"));
        var two = await Download.FillInAsync(lin.Browser, Choice("second-tab"));
        var draft = Drafts(lin.Browser)
            .Single(cookie => two.Url.Query.EndsWith(cookie.Name[Cookie.Length..], StringComparison.Ordinal));
        var value = how switch
        {
            "changed" => draft.Value[..^8] + (draft.Value[^8] == 'A' ? 'B' : 'A') + draft.Value[^7..],
            "renamed" => Drafts(lin.Browser).Single(cookie => cookie != draft).Value,
            _ => "made-up",
        };
        lin.Browser.Cookies.Set(_portal.Origin, draft.Name, value);
        var page = await lin.Browser.GetAsync(two.Url.PathAndQuery);
        Refused(page, TransferCodes.DraftRefused, HttpStatusCode.BadRequest);
        Assert.DoesNotContain("tab", page.Words, StringComparison.Ordinal);
        (await lin.Browser.GetAsync(one.Url.PathAndQuery)).ShouldBeAt("/download/consent");
        Assert.Equal(before, await _portal.ReadAsync(db => db.Set<ConsentRecord>().CountAsync()));
    }

    [Fact]
    public async Task Draft_OfACitizen_IsHersAlone()
    {
        using var lin = await Traveller.SignInAsync(_portal);
        var asked = await Download.FillInAsync(lin.Browser, Choice("only-hers"));
        lin.Browser.Cookies.Remove("__Host-mydata");
        (await lin.Browser.GetAsync(Details(asked))).ShouldBeAt("/signin");
        await lin.Browser.GetAsync("/signin/documents");
        await Traveller.ProveAsync(lin.Browser, "chang");
        Refused(await lin.Browser.GetAsync(Details(asked)), TransferCodes.DraftRefused, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task SignOut_LeavesNoDraft()
    {
        using var lin = await Traveller.SignInAsync(_portal);
        await Download.FillInAsync(lin.Browser, Choice("only-hers"));
        Assert.NotEmpty(Drafts(lin.Browser));
        await lin.Browser.GetAsync("/account");
        await lin.Browser.PostAsync("/signout");
        Assert.Empty(Drafts(lin.Browser));
    }

    [Fact]
    public async Task Form_OfBeforeSheSignedIn_ComesAgainWithWhatSheTyped()
    {
        using var lin = await Traveller.SignInAsync(_portal);
        await lin.Browser.GetAsync($"/download?ds={Odd}");
        var answer = await lin.Browser.PostWithTokenAsync(
            "/download/details",
            token: null,
            ("ds", Odd),
            ($"{Odd}:BEHAVIOUR", "typed-before")
        );
        answer.ShouldBeAt("/download").ShouldBe(HttpStatusCode.OK);
        Assert.Equal("typed-before", answer.Single($"input[name='{Odd}:BEHAVIOUR']").GetAttribute("value"));
        (await lin.Browser.SubmitAsync("/download/details")).ShouldBeAt("/download/consent");
    }

    [Fact]
    public async Task Decide_FormThatIsNotInOrder_ComesAgainWithWhatSheTyped()
    {
        using var lin = await Traveller.SignInAsync(_portal);
        await Download.FillInAsync(lin.Browser, $"ds={Income}&{Income}:year=113");
        foreach (var cookie in Drafts(lin.Browser))
            lin.Browser.Cookies.Remove(cookie.Name);
        var page = await lin.Browser.SubmitAsync("/download/decide", ("decision", "agree"), ("statement", "another"));
        page.ShouldBeAt("/download/consent");
        Assert.Contains("113", page.Words, StringComparison.Ordinal);
        await lin.Browser.SubmitAsync("/download/decide", ("decision", "agree"), ($"{Income}:year", "999"));
        lin.Browser.Page.ShouldBeAt("/download");
        Assert.Equal("999", lin.Browser.Page.Single($"input[name='{Income}:year']").GetAttribute("value"));
    }

    [Fact]
    public async Task Year_InFullWidthDigits_IsTakenAsTheAgencyTakesIt()
    {
        using var lin = await Traveller.SignInAsync(_portal);
        var page = await Download.FillInAsync(lin.Browser, $"ds={Income}&{Income}:year=１１３");
        page.ShouldBeAt("/download/consent");
        Assert.Contains("113", page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("１１３", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_MoreThanABrowserCarries_IsRefused()
    {
        using var browser = _portal.Visitor();
        await browser.GetAsync($"/download?ds={Odd}");
        var page = await browser.SubmitAsync("/download/details", ($"{Odd}:BEHAVIOUR", new string('字', 5000)));
        // Cut to the longest that any agency asks for, and then not of its form.
        page.ShouldBeAt("/download");
        Assert.NotEmpty(page.Alert);
    }

    private static string Choice(string typed) => $"ds={Odd}&{Odd}:BEHAVIOUR={typed}";

    private static List<SetCookie> Drafts(CitizenDriver browser) =>
        [.. browser.Cookies.All.Where(cookie => cookie.Name.StartsWith(Cookie, StringComparison.Ordinal))];

    /// <summary>The page where the draft of a later step was filled in.</summary>
    private static string Details(Page page)
    {
        var query = Uri.UnescapeDataString(page.Url.Query);
        return "/download?" + query[query.IndexOf("ds=", StringComparison.Ordinal)..];
    }

    private static void Refused(Page page, string code, HttpStatusCode status)
    {
        page.ShouldBeAt("/download").ShouldBe(status);
        Assert.Contains(code, page.Alert, StringComparison.Ordinal);
        Assert.Equal("", page.Single($"input[name='{Odd}:BEHAVIOUR']").GetAttribute("value") ?? "");
    }
}
