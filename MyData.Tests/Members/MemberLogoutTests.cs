using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Citizens;
using MyData.Core.Events;
using MyData.Tests.Support;

namespace MyData.Tests.Members;

/// <summary>OpenID Connect RP-Initiated Logout 1.0: she is asked, and led to registered addresses alone.</summary>
public sealed class MemberLogoutTests(MemberHouse house) : IClassFixture<MemberHouse>
{
    private const string Persona = "lin";

    private string Bye => $"{house.Portal.Origin.GetLeftPart(UriPartial.Authority)}/sandbox/library/bye";

    [Theory]
    [InlineData("oidcc-rp-initiated-logout", "a b&c")]
    [InlineData("oidcc-rp-initiated-logout-no-state", null)]
    public async Task Logout_SignsHerOutHereToo_AndLeadsBack(string module, string? state)
    {
        var (club, signed, citizen) = await SignedInAsync();
        using var _ = citizen;
        await citizen.GetAsync(Path(signed.IdToken, Bye, state));
        citizen.Page.ShouldBeAt("/signout/service");
        Assert.Contains("沙盒市立圖書館", citizen.Page.Words, StringComparison.Ordinal);
        Assert.Equal(2, citizen.Page.Html.QuerySelectorAll("#member-logout button").Length);
        await citizen.SubmitAsync("member-logout", ("decision", "all"));
        citizen.Page.ShouldBeAt("/sandbox/library/bye");
        var query = QueryHelpers.ParseQuery(citizen.Page.Url.Query);
        Assert.Equal((module, state), (module, query.TryGetValue("state", out var told) ? told.ToString() : null));
        await MemberHouse.OpenAsync(club, citizen, "prompt=none");
        Assert.Equal("login_required", MemberHouse.Told(citizen)["error"].ToString());
        var session = await SessionAsync(club);
        Assert.Single(
            await house.Portal.EventsAsync(),
            e => e is { Kind: EventKinds.SessionEnded, Code: SessionEnds.SignedOut } && e.SessionId == session
        );
        club.Dispose();
    }

    [Fact]
    public async Task Logout_SheStays_AndIsLedBackAllTheSame()
    {
        var (club, signed, citizen) = await SignedInAsync();
        using var _ = citizen;
        await citizen.GetAsync(Path(signed.IdToken, Bye, "x"));
        await citizen.SubmitAsync("member-logout", ("decision", "here"));
        citizen.Page.ShouldBeAt("/sandbox/library/bye");
        await MemberHouse.OpenAsync(club, citizen, "prompt=none");
        Assert.True(MemberHouse.Told(citizen).ContainsKey("code"));
        // Who is signed in nowhere has nothing to answer.
        using var stranger = house.Portal.Visitor();
        await stranger.GetAsync(Path(signed.IdToken, Bye, "x"));
        stranger.Page.ShouldBeAt("/sandbox/library/bye");
        club.Dispose();
    }

    [Theory]
    [InlineData("oidcc-rp-initiated-logout-bad-id-token-hint")]
    [InlineData("oidcc-rp-initiated-logout-modified-id-token-hint")]
    [InlineData("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri")]
    [InlineData("oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri")]
    [InlineData("oidcc-rp-initiated-logout-no-id-token-hint")]
    public async Task Logout_ThatIsNotInOrder_LeadsNowhere(string module)
    {
        var (club, signed, citizen) = await SignedInAsync();
        using var _ = citizen;
        var (hint, back) = module["oidcc-rp-initiated-logout-".Length..] switch
        {
            "bad-id-token-hint" => (
                ServiceDriver.Sign(
                    club.ClientKey,
                    new
                    {
                        iss = club.Issuer,
                        aud = club.ClientId,
                        sub = signed.Subject,
                    },
                    "JWT",
                    null
                ),
                Bye
            ),
            "modified-id-token-hint" => (ServiceDriver.Unsigned(signed.IdToken), Bye),
            "bad-post-logout-redirect-uri" => (signed.IdToken, "https://elsewhere.example/"),
            "query-added-to-post-logout-redirect-uri" => (signed.IdToken, Bye + "?foo=bar"),
            _ => (null, Bye),
        };
        var path = Path(hint, back, "x");
        await citizen.GetAsync(path);
        citizen.Page.ShouldBeAt("/signout/service").ShouldBe(HttpStatusCode.BadRequest);
        Assert.Contains("不會帶您到別的地方", citizen.Page.Alert, StringComparison.Ordinal);
        Assert.Contains("member.hint", citizen.Page.Alert, StringComparison.Ordinal);
        // The form leads nowhere that the link would not, whatever is put into it.
        await citizen.PostAsync(
            "/connect/logout",
            ("decision", "here"),
            ("id_token_hint", hint ?? ""),
            ("post_logout_redirect_uri", back)
        );
        citizen.Page.ShouldBeAt("/");
        using var stranger = house.Portal.Visitor();
        await stranger.GetAsync(path);
        stranger.Page.ShouldBeAt("/signout/service").ShouldBe(HttpStatusCode.BadRequest);
        Assert.DoesNotContain(stranger.Page.Via, url => url.AbsoluteUri.StartsWith(back, StringComparison.Ordinal));
        club.Dispose();
    }

    [Theory]
    [InlineData("oidcc-rp-initiated-logout-no-params", false, null)]
    [InlineData("oidcc-rp-initiated-logout-only-state", false, "x")]
    [InlineData("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", true, "x")]
    public async Task Logout_WithoutAnAddress_SignsHerOutHere(string module, bool hint, string? state)
    {
        var (club, signed, citizen) = await SignedInAsync();
        using var _ = citizen;
        await citizen.GetAsync(Path(hint ? signed.IdToken : null, null, state));
        Assert.Equal((module, "也要登出 MyData 嗎？"), (module, citizen.Page.Heading));
        await citizen.SubmitAsync("member-logout", ("decision", "all"));
        citizen.Page.ShouldBeAt("/signout/done");
        await MemberHouse.OpenAsync(club, citizen, "prompt=none");
        Assert.Equal("login_required", MemberHouse.Told(citizen)["error"].ToString());
        club.Dispose();
    }

    [Fact]
    public async Task Logout_InTheNameOfAnotherClient_LeadsNowhere()
    {
        var (club, signed, citizen) = await SignedInAsync();
        using var _ = citizen;
        await citizen.GetAsync(Path(signed.IdToken, Bye, null) + "&client_id=city-library");
        citizen.Page.ShouldBeAt("/signout/service").ShouldBe(HttpStatusCode.BadRequest);
        await citizen.GetAsync(Path(signed.IdToken, Bye, null) + $"&client_id={club.ClientId}");
        citizen.Page.ShouldBe(HttpStatusCode.OK);
        club.Dispose();
    }

    /// <summary>Another site can neither sign her out nor answer for her.</summary>
    [Fact]
    public async Task Logout_ByALinkAlone_EndsNothing()
    {
        var (club, signed, citizen) = await SignedInAsync();
        using var _ = citizen;
        await citizen.GetAsync(Path(signed.IdToken, Bye, null));
        await citizen.PostWithTokenAsync("/connect/logout", null, ("decision", "all"));
        citizen.Page.ShouldBe(HttpStatusCode.BadRequest);
        (await citizen.GetAsync("/consents")).ShouldBe(HttpStatusCode.OK).ShouldBeAt("/consents");
        club.Dispose();
    }

    private async Task<(ServiceDriver Club, Signed Signed, CitizenDriver Citizen)> SignedInAsync()
    {
        var club = await house.ClubAsync();
        await house.CitizenAsync(Persona);
        var citizen = house.Portal.Visitor();
        await citizen.ProveByProviderAsync(SandboxSteps.Persona(Persona));
        await MemberHouse.OpenAsync(club, citizen);
        var told = await MemberHouse.AnswerAsync(citizen);
        return (club, await house.RedeemAsync(club, told["code"].ToString()), citizen);
    }

    private async Task<Guid?> SessionAsync(ServiceDriver club) =>
        (await house.EventsAsync(club, await house.IdAsync(Persona)))
            .Last(e => e.Kind == EventKinds.MemberSignedIn)
            .SessionId;

    private static string Path(string? hint, string? back, string? state)
    {
        var query = new Dictionary<string, string?>
        {
            ["id_token_hint"] = hint,
            ["post_logout_redirect_uri"] = back,
            ["state"] = state,
        };
        return QueryHelpers.AddQueryString("/connect/logout", query);
    }
}
