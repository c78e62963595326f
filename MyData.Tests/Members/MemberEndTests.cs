using System.Net;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Events;
using MyData.Core.Members;
using MyData.Core.Services;
using MyData.Tests.Services;
using MyData.Tests.Support;

namespace MyData.Tests.Members;

/// <summary>She ends it, or closes her account: at once, and the service is told.</summary>
public sealed class MemberEndTests(MemberHouse house) : IClassFixture<MemberHouse>
{
    [Fact]
    public async Task End_KillsTokensAtOnce_TellsTheService_AndAsksHerAnewNextTime()
    {
        using var club = await house.ClubAsync();
        var (citizen, id) = (await house.CitizenAsync("lin"), await house.IdAsync("lin"));
        var signed = await house.SignInAsync(club, "lin", ["birthdate"]);
        var membership = (await house.MembershipAsync(club, id))!.Id;
        var page = await citizen.GetAsync("/consents");
        var card = page.Single($"#sign-in-{membership}");
        Assert.Contains("姓名、出生日期", card.TextContent, StringComparison.Ordinal);

        await citizen.GetAsync(card.QuerySelector("a")!.GetAttribute("href")!);
        var kept = citizen.Page;
        await citizen.SubmitAsync("end-sign-in");
        citizen.Page.ShouldBeAt("/consents");
        Assert.Contains("已取消", citizen.Page.Single("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.Null(citizen.Page.Html.GetElementById($"sign-in-{membership}"));
        Assert.Equal("invalid_token member.token", (await club.UserInfoAsync(signed.Access)).Refusal);

        var set = Assert.Single((await club.PollAsync(WithdrawalSteps.All)).Sets());
        var claims = WithdrawalSteps.Payload(set.Value);
        Assert.Equal(club.ClientId, claims.GetProperty("aud").GetString());
        Assert.Equal(signed.Subject, claims.GetProperty("sub_id").GetProperty("sub").GetString());
        Assert.True(claims.GetProperty("events").TryGetProperty($"{club.Issuer}/events/sign-in-revoked", out _));
        await club.PollAsync(new { ack = new[] { set.Key } });
        Assert.Contains("它在", (await citizen.GetAsync("/consents")).Words, StringComparison.Ordinal);

        // The second click finds it done.
        await citizen.SubmitAsync(kept, "end-sign-in");
        citizen.Page.ShouldBeAt("/consents");
        Assert.Single(await house.EventsAsync(club, id), e => e.Kind == EventKinds.MemberEnded);
        await MemberHouse.OpenAsync(club, citizen, "prompt=none");
        Assert.Equal("consent_required", MemberHouse.Told(citizen)["error"].ToString());
        var again = await house.SignInAsync(club, "lin");
        Assert.Equal(signed.Subject, again.Subject);
        Assert.False((await club.UserInfoAsync(again.Access)).Json.TryGetProperty("birthdate", out _));
    }

    [Fact]
    public async Task End_WhileACodeIsOnItsWay_TheCodeIsDead()
    {
        using var club = await house.ClubAsync();
        var (citizen, id) = (await house.CitizenAsync("lin"), await house.IdAsync("lin"));
        await MemberHouse.OpenAsync(club, citizen);
        var code = (await MemberHouse.AnswerAsync(citizen))["code"].ToString();
        var membership = (await house.MembershipAsync(club, id))!.Id;
        Assert.True(await house.Get<Memberships>().EndAsync(id, Guid.NewGuid(), membership));
        Assert.Equal("invalid_grant member.ended", (await club.TokenAsync(club.Redemption(code))).Refusal);
    }

    [Fact]
    public async Task End_OfAnothers_IsNotFound()
    {
        using var club = await house.ClubAsync();
        await house.SignInAsync(club, "lin");
        var membership = (await house.MembershipAsync(club, await house.IdAsync("lin")))!.Id;
        var chen = await house.CitizenAsync("chen");
        (await chen.GetAsync($"/consents/sign-in/{membership}/end")).ShouldBe(HttpStatusCode.NotFound);
        await chen.GetAsync("/consents");
        await chen.PostAsync($"/consents/sign-in/{membership}/end");
        chen.Page.ShouldBe(HttpStatusCode.NotFound);
        Assert.True((await house.MembershipAsync(club, await house.IdAsync("lin")))!.IsLive);
    }

    /// <summary>In the sandbox, over HTTP: a reader is signed out at the library when she ends it here.</summary>
    [Fact]
    public async Task Library_SignsHerIn_AndOutWhenSheEndsIt()
    {
        var (citizen, id) = (await house.CitizenAsync("lin"), await house.IdAsync("lin"));
        await citizen.GetAsync("/sandbox/library");
        await citizen.SubmitAsync("/sandbox/library/signin");
        await citizen.SubmitAsync("member-sign-in", ("decision", "agree"));
        citizen.Page.ShouldBeAt("/sandbox/library");
        Assert.Equal("歡迎，林怡君", citizen.Page.Heading);
        Assert.Contains("沒有給", citizen.Page.Words, StringComparison.Ordinal);
        var membership = await house.Portal.ReadAsync(db =>
            db.Set<Membership>().SingleAsync(m => m.ServiceId == "city-library" && m.CitizenId == id)
        );
        await citizen.GetAsync($"/consents/sign-in/{membership.Id}/end");
        await citizen.SubmitAsync("end-sign-in");
        await Eventually.HoldsAsync(
            "the library has heard of it",
            async () => (await citizen.GetAsync("/sandbox/library")).Heading == "沙盒市立圖書館讀者專區"
        );
        var told = await house.Portal.ReadAsync(db =>
            db.Set<SecurityEvent>().SingleAsync(e => e.RequestId == membership.Id)
        );
        Assert.Equal(SecurityEventTokens.SignInRevoked, told.Kind);
    }

    [Fact]
    public async Task AccountClosed_NothingIsLeft_AndTheServiceIsTold()
    {
        using var club = await house.ClubAsync();
        var id = await house.IdAsync("huang");
        var signed = await house.SignInAsync(club, "huang");
        await house.Get<AccountClosing>().CloseAsync(id, Guid.NewGuid());
        Assert.Equal("invalid_token member.token", (await club.UserInfoAsync(signed.Access)).Refusal);
        Assert.Null(await house.MembershipAsync(club, id));
        Assert.False(await house.Portal.ReadAsync(db => db.Set<MemberRequest>().AnyAsync(r => r.CitizenId == id)));
        var set = Assert.Single((await club.PollAsync(WithdrawalSteps.All)).Sets());
        Assert.Equal(
            signed.Subject,
            WithdrawalSteps.Payload(set.Value).GetProperty("sub_id").GetProperty("sub").GetString()
        );
    }

    /// <summary>What is under way stands in the database alone, and the keys in their folder.</summary>
    [Fact]
    public async Task Restart_BetweenCodeAndToken_ChangesNothing()
    {
        using var club = await house.ClubAsync();
        var citizen = await house.CitizenAsync("lin");
        await MemberHouse.OpenAsync(club, citizen);
        var code = (await MemberHouse.AnswerAsync(citizen))["code"].ToString();
        await house.Portal.RestartAsync();
        await house.ChangeAsync(club, service => service);
        var signed = await house.RedeemAsync(club, code);
        await house.Portal.RestartAsync();
        await house.ChangeAsync(club, service => service);
        Assert.True((await club.UserInfoAsync(signed.Access)).IsOk);
        var again = await house.SignInAsync(club, "lin", null, "prompt=none", $"id_token_hint={signed.IdToken}");
        Assert.Equal(signed.Subject, again.Subject);
    }

    [Fact]
    public async Task Housekeeping_TakesWhatIsOver_AndLeavesWhatIsRemembered()
    {
        using var club = await house.ClubAsync();
        var id = await house.IdAsync("lin");
        await house.SignInAsync(club, "lin");
        await house.AgeAsync(club);
        await house.Get<MyData.Core.Data.Housekeeping>().CleanAsync();
        Assert.False(
            await house.Portal.ReadAsync(db => db.Set<MemberRequest>().AnyAsync(r => r.ServiceId == club.ClientId))
        );
        Assert.True((await house.MembershipAsync(club, id))!.IsLive);
    }
}
