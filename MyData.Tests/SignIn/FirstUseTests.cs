using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

public abstract class FirstUseTests(SignInHouse house)
{
    [Fact]
    public async Task FirstUse_TwoDifferentProofs_OpensTheAccountAndGoesBack()
    {
        var person = Person.Number(1);
        using var browser = house.Portal.Visitor();
        var second = await SignInHouse.DocumentsAsync(browser, person, "?back=/datasets");
        Assert.Equal("/signin", second.Path);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
        var welcome = await house.UpstreamAsync(browser, person, "?back=/datasets");
        Assert.Equal("/signin/welcome", welcome.Path);
        Assert.Contains(person.Name, welcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Id, welcome.Text, StringComparison.Ordinal);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
        var done = await browser.SubmitAsync("welcome");
        Assert.Equal("/datasets", done.Path);
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
        var citizen = await house.CitizenIdAsync(browser);
        Assert.Single(await house.EventsAsync(EventKinds.IdentityVerified), e => e.CitizenId == citizen);
        Assert.Single(await house.EventsAsync(EventKinds.SignInSucceeded), e => e.CitizenId == citizen);
    }

    [Fact]
    public async Task FirstUse_InTheOtherOrder_WorksToo()
    {
        var person = Person.Number(2);
        using var browser = house.Portal.Visitor("en");
        await house.UpstreamAsync(browser, person);
        Assert.Equal("/signin", browser.Page.Path);
        await SignInHouse.DocumentsAsync(browser, person);
        Assert.Equal("/signin/welcome", browser.Page.Path);
        await browser.SubmitAsync("welcome");
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
        var contact = await house
            .Get<CitizenAccounts>()
            .ContactAsync(await house.CitizenIdAsync(browser), TestContext.Current.CancellationToken);
        Assert.Equal("en", contact.Language);
    }

    [Fact]
    public async Task LaterVisit_OneProof_IsEnough_AndANewDeviceIsTold()
    {
        var person = Person.Number(3);
        using var first = await house.CitizenAsync(person);
        var citizen = await house.CitizenIdAsync(first);
        using var second = house.Portal.Visitor();
        await SignInHouse.DocumentsAsync(second, person);
        Assert.True(await SignInHouse.IsSignedInAsync(second));
        using var third = house.Portal.Visitor();
        await house.UpstreamAsync(third, person);
        Assert.True(await SignInHouse.IsSignedInAsync(third));
        Assert.Equal(2, await NoticesAsync(citizen, NoticeKinds.SignInNewDevice));
        await third.PostAsync(SignInUrls.SignOut);
        await house.UpstreamAsync(third, person);
        Assert.Equal(2, await NoticesAsync(citizen, NoticeKinds.SignInNewDevice));
    }

    [Fact]
    public async Task SecondProof_OfAnotherPerson_KeepsWhatSheWanted()
    {
        using var browser = house.Portal.Visitor();
        await house.ProveAsync(browser, "documents", Person.Number(41), "?back=/datasets");
        await house.ProveAsync(browser, "oidc", Person.Number(42), "?back=/datasets");
        Assert.Contains(IdentityChecks.OtherPerson, browser.Page.Text, StringComparison.Ordinal);
        Assert.NotEmpty(
            browser.Page.Html.QuerySelectorAll(
                "main a[href*='back=%2Fdatasets'], main input[name=back][value='/datasets']"
            )
        );
    }

    [Theory]
    [InlineData("documents", "documents")]
    [InlineData("oidc", "oidc")]
    public async Task FirstUse_SameMethodTwice_IsRefused(string first, string second)
    {
        var person = Person.Number(first == "oidc" ? 4 : 5);
        using var browser = house.Portal.Visitor();
        await house.ProveAsync(browser, first, person);
        await house.ProveAsync(browser, second, person);
        Assert.Contains(IdentityChecks.SameMethod, browser.Page.Text, StringComparison.Ordinal);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
        Assert.Contains(await house.EventsAsync(EventKinds.SignInRefused), e => e.Code == IdentityChecks.SameMethod);
        await house.ProveAsync(browser, first == "oidc" ? "documents" : "oidc", person);
        Assert.Equal("/signin/welcome", browser.Page.Path);
    }

    public static TheoryData<string, bool, bool> Pairs
    {
        get
        {
            var all = new TheoryData<string, bool, bool>();
            foreach (var first in new[] { "documents", "oidc" })
            foreach (var firstKnown in new[] { false, true })
            foreach (var secondKnown in new[] { false, true })
                all.Add(first, firstKnown, secondKnown);
            return all;
        }
    }

    // The 2-person matrix: who proves first with what, and who of the two has an account already. A person who has one is
    // through after the first proof, so her matrix row is the proof of more that another person answers.
    [Theory, MemberData(nameof(Pairs))]
    public async Task SecondProof_OfAnotherPerson_OpensNothingAndBothAreTold(
        string first,
        bool firstKnown,
        bool secondKnown
    )
    {
        var number = 10 + (first == "oidc" ? 8 : 0) + (firstKnown ? 4 : 0) + (secondKnown ? 2 : 0);
        var (one, other) = (Person.Number(number), Person.Number(number + 1));
        if (secondKnown)
            (await house.CitizenAsync(other)).Dispose();
        using var browser = firstKnown ? await house.CitizenAsync(one) : house.Portal.Visitor();
        if (!firstKnown)
            await house.ProveAsync(browser, first, one);
        var cookie = browser.Cookies[SessionCookie.Name]?.Value;
        var before = (await house.EventsAsync(EventKinds.SignInRefused)).Count;

        await house.ProveAsync(browser, first == "oidc" ? "documents" : "oidc", other);

        Assert.Contains(IdentityChecks.OtherPerson, browser.Page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(other.Name, browser.Page.Text, StringComparison.Ordinal);
        Assert.Equal(cookie, browser.Cookies[SessionCookie.Name]?.Value);
        Assert.Equal(firstKnown, await SignInHouse.IsSignedInAsync(browser));
        var told = (await house.EventsAsync(EventKinds.SignInRefused)).Skip(before).ToList();
        Assert.Equal(2, told.Select(e => e.CitizenId).OfType<Guid>().Distinct().Count());
        Assert.All(told, e => Assert.Equal(IdentityChecks.OtherPerson, e.Code));
        foreach (var citizen in told.Select(e => e.CitizenId!.Value))
            Assert.Equal(1, await NoticesAsync(citizen, NoticeKinds.SignInRefusedOtherPerson));
        // The check is dead: going on with the right person's other proof is a new beginning.
        if (!firstKnown)
        {
            await house.ProveAsync(browser, first == "oidc" ? "documents" : "oidc", one);
            Assert.False(await SignInHouse.IsSignedInAsync(browser));
            Assert.Equal("/signin", browser.Page.Path);
        }
    }

    [Fact]
    public async Task FirstUse_TwoBrowsersOneProofEach_AreNotOneFirstUse()
    {
        var person = Person.Number(40);
        using var one = house.Portal.Visitor();
        using var other = house.Portal.Visitor();
        await SignInHouse.DocumentsAsync(one, person);
        await house.UpstreamAsync(other, person);
        Assert.False(await SignInHouse.IsSignedInAsync(one));
        Assert.False(await SignInHouse.IsSignedInAsync(other));
        Assert.Equal("/signin", other.Page.Path);
    }

    [Fact]
    public async Task Welcome_PressedTwentyTimesAtOnce_GivesOneSession()
    {
        var person = Person.Number(41);
        using var browser = house.Portal.Visitor();
        await SignInHouse.DocumentsAsync(browser, person);
        await house.UpstreamAsync(browser, person);
        var form = browser.Page.Form("welcome").QuerySelector("input[name=_form]")!.GetAttribute("value")!;
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ =>
                    browser.SendAsync(
                        new(HttpMethod.Post, SignInUrls.Welcome)
                        {
                            Content = new FormUrlEncodedContent([new("_form", form)]),
                        }
                    )
                )
        );
        var given = answers.Count(a =>
            a.Headers.TryGetValues("Set-Cookie", out var set)
            && set.Any(c => c.StartsWith($"{SessionCookie.Name}=", StringComparison.Ordinal))
        );
        Assert.Equal(1, given);
        Array.ForEach(answers, a => a.Dispose());
    }

    [Fact]
    public async Task Welcome_NotMe_GivesTheCheckUp()
    {
        var person = Person.Number(42);
        using var browser = house.Portal.Visitor();
        await SignInHouse.DocumentsAsync(browser, person);
        await house.UpstreamAsync(browser, person);
        var cookie = browser.Cookies[SessionCookie.CheckName]!.Value;
        await browser.SubmitAsync("not-me");
        Assert.Equal("/signin", browser.Page.Path);
        browser.Cookies.Set(browser.Origin, SessionCookie.CheckName, cookie);
        await browser.PostAsync(SignInUrls.Welcome);
        Assert.Contains(IdentityChecks.Gone, browser.Page.Text, StringComparison.Ordinal);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
    }

    private Task<int> NoticesAsync(Guid citizen, string kind) =>
        house.Portal.ReadAsync(db => db.Set<Notice>().CountAsync(n => n.CitizenId == citizen && n.Kind == kind));
}

public sealed class SqliteFirstUseTests(SignInHouse house) : FirstUseTests(house), IClassFixture<SignInHouse>;

public sealed class PostgresFirstUseTests(PostgresSignInHouse house)
    : FirstUseTests(house),
        IClassFixture<PostgresSignInHouse>;
