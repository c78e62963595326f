using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Members;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Members;

/// <summary>What a service, or whoever has something of one, must not get.</summary>
public sealed class MemberRefusalTests(MemberHouse house) : IClassFixture<MemberHouse>
{
    private const string Token = "invalid_token member.token";

    [Theory]
    [InlineData("prompt=none login", "invalid_request member.parameter")]
    [InlineData("prompt=often", "invalid_request member.parameter")]
    [InlineData("max_age=-1", "invalid_request member.parameter")]
    [InlineData("max_age=soon", "invalid_request member.parameter")]
    [InlineData("claims=[]", "invalid_request member.parameter")]
    [InlineData("claims={\"userinfo\":[]}", "invalid_request member.parameter")]
    [InlineData("claims={\"userinfo\":{},\"userinfo\":{}}", "invalid_request member.parameter")]
    [InlineData("authorization_details=[]", "invalid_request member.parameter")]
    [InlineData("link=yes", "invalid_request member.parameter")]
    [InlineData("acr_values=LoA9", "invalid_request service.parameter")]
    [InlineData("id_token_hint=x.y.z", "invalid_request member.hint")]
    [InlineData("response_type=code id_token", "invalid_request service.parameter")]
    [InlineData("response_type=id_token", "invalid_request service.parameter")]
    [InlineData("response_mode=fragment", "invalid_request service.parameter")]
    [InlineData("redirect_uri=https://elsewhere.example/", "invalid_request service.redirect")]
    [InlineData("code_challenge_method=plain", "invalid_request service.pkce")]
    [InlineData("code_challenge=", "invalid_request service.pkce")]
    [InlineData("request=eyJhbGciOiJub25lIn0.e30.", "request_not_supported service.parameter")]
    [InlineData("request_uri=https://elsewhere.example/", "invalid_request service.parameter")]
    [InlineData("resource=https://elsewhere.example/", "invalid_request service.parameter")]
    public async Task Push_Wrong_IsRefused_AndNothingIsStored(string change, string refusal)
    {
        using var club = await house.ClubAsync();
        Assert.Equal(refusal, (await club.PushAsync(MemberHouse.Request(club, change))).Refusal);
        Assert.False(
            await house.Portal.ReadAsync(db => db.Set<MemberRequest>().AnyAsync(r => r.ServiceId == club.ClientId))
        );
    }

    [Fact]
    public async Task Push_NonceOrClaimsBeyondMeasure_AreRefused()
    {
        using var club = await house.ClubAsync();
        foreach (
            var change in (string[])[$"nonce={new string('n', 513)}", $"claims={{\"x\":\"{new string('y', 9000)}\"}}"]
        )
            Assert.Equal(
                "invalid_request member.parameter",
                (await club.PushAsync(MemberHouse.Request(club, change))).Refusal
            );
    }

    /// <summary>Deny by default: sign-in, each claim, each scope, connecting an account.</summary>
    [Fact]
    public async Task Push_WhatIsNotRegistered_IsRefused()
    {
        using var plain = await house.ClubAsync(service =>
            service with
            {
                SignIn = null,
                Items = [BankListing.Services(house.Get<BankKeys>())[0].Items[0]],
            }
        );
        Assert.Equal(
            "unauthorized_client member.not_registered",
            (await plain.PushAsync(MemberHouse.Request(plain))).Refusal
        );
        using var club = await house.ClubAsync(service =>
            service with
            {
                SignIn = service.SignIn! with { Claims = [new("name", true)], Linking = false },
            }
        );
        async Task<string> RefusalAsync(params string[] changes) =>
            (await club.PushAsync(MemberHouse.Request(club, changes))).Refusal;
        Assert.Equal("invalid_scope member.not_registered", await RefusalAsync());
        Assert.Equal("ok", await RefusalAsync("scope=openid profile"));
        Assert.Equal(
            "invalid_request member.not_registered",
            await RefusalAsync("scope=openid", "claims={\"id_token\":{\"birthdate\":null}}")
        );
        Assert.Equal("invalid_request member.not_registered", await RefusalAsync("scope=openid", "link=true"));
        // The profile of a service that has registered the name alone is the name alone.
        var signed = await house.SignInAsync(club, "chang", null, "scope=openid profile");
        var info = (await club.UserInfoAsync(signed.Access)).Json;
        Assert.Equal(["name", "sub"], info.EnumerateObject().Select(one => one.Name).Order());
    }

    [Fact]
    public async Task Code_OfAnother_OrWithAWrongProof_IsRefused_AndStaysGood()
    {
        using var club = await house.ClubAsync();
        using var other = await house.ClubAsync();
        var citizen = await house.CitizenAsync("chang");
        await MemberHouse.OpenAsync(club, citizen);
        var code = (await MemberHouse.AnswerAsync(citizen))["code"].ToString();
        Dictionary<string, string> With(string name, string value) => new(club.Redemption(code)) { [name] = value };
        async Task<string> RefusalAsync(Dictionary<string, string> fields) => (await club.TokenAsync(fields)).Refusal;
        Assert.Equal("invalid_grant service.code_unknown", (await other.TokenAsync(other.Redemption(code))).Refusal);
        Assert.Equal("invalid_grant service.code_unknown", await RefusalAsync(With("code", "m.none")));
        Assert.Equal(
            "invalid_grant service.verifier",
            await RefusalAsync(With("code_verifier", ServiceDriver.Random()))
        );
        Assert.Equal("invalid_grant service.redirect", await RefusalAsync(With("redirect_uri", club.Callback + "?")));
        Assert.Equal(
            "invalid_dpop_proof dpop.missing",
            (await club.TokenAsync(club.Redemption(code), proof: "")).Refusal
        );
        await house.RedeemAsync(club, code);
    }

    [Fact]
    public async Task Code_BoundToAKey_IsGoodWithThatKeyAlone()
    {
        using var club = await house.ClubAsync();
        var citizen = await house.CitizenAsync("chang");
        await MemberHouse.OpenAsync(club, citizen, $"dpop_jkt={club.ProofKey.Thumbprint()}");
        var code = (await MemberHouse.AnswerAsync(citizen))["code"].ToString();
        await club.KnowNonceAsync();
        var foreign = club.Proof(Jwk.GenerateEc(use: "sig"), "POST", "/connect/token");
        Assert.Equal(
            "invalid_grant service.other_key",
            (await club.TokenAsync(club.Redemption(code), proof: foreign)).Refusal
        );
        await house.RedeemAsync(club, code);
    }

    /// <summary>security.md O2: a second use kills what the first one gave, and she hears of it.</summary>
    [Fact]
    public async Task Code_UsedTwice_KillsTheToken_OnceAndForAll()
    {
        using var club = await house.ClubAsync();
        var signed = await house.SignInAsync(club, "chang");
        Assert.True((await club.UserInfoAsync(signed.Access)).IsOk);
        for (var times = 0; times < 2; times++)
            Assert.Equal(
                "invalid_grant member.code_used",
                (await club.TokenAsync(club.Redemption(signed.Code))).Refusal
            );
        Assert.Equal(Token, (await club.UserInfoAsync(signed.Access)).Refusal);
        Assert.Single(
            await house.EventsAsync(club, await house.IdAsync("chang")),
            e => e is { Kind: EventKinds.MemberRefused, Code: MemberCodes.CodeUsed }
        );
    }

    /// <summary>R10: of many at once one is given, and that token is dead afterwards.</summary>
    [Fact]
    public async Task Code_ShownManyTimesAtOnce_GivesOneToken_WhichIsDead()
    {
        using var club = await house.ClubAsync();
        var citizen = await house.CitizenAsync("chang");
        await MemberHouse.OpenAsync(club, citizen);
        var code = (await MemberHouse.AnswerAsync(citizen))["code"].ToString();
        await club.KnowNonceAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => club.TokenAsync(club.Redemption(code))));
        var given = Assert.Single(answers, answer => answer.IsOk);
        Assert.All(answers.Where(a => !a.IsOk), a => Assert.Equal("invalid_grant member.code_used", a.Refusal));
        Assert.Equal(Token, (await club.UserInfoAsync(given.Json.GetProperty("access_token").GetString()!)).Refusal);
    }

    [Fact]
    public async Task Code_AndToken_AreDeadAfterTheirTime()
    {
        using var club = await house.ClubAsync();
        var citizen = await house.CitizenAsync("chang");
        await MemberHouse.OpenAsync(club, citizen);
        var code = (await MemberHouse.AnswerAsync(citizen))["code"].ToString();
        await house.AgeAsync(club);
        Assert.Equal("invalid_grant member.code_expired", (await club.TokenAsync(club.Redemption(code))).Refusal);
        var signed = await house.SignInAsync(club, "chang");
        await house.AgeAsync(club);
        Assert.Equal(Token, (await club.UserInfoAsync(signed.Access)).Refusal);
    }

    [Fact]
    [Trait("Conformance", "oidcc-userinfo-post-header")]
    [Trait("Conformance", "oidcc-userinfo-post-body")]
    public async Task UserInfo_TakesTheTokenInTheHeader_WithAProofOfItsKey()
    {
        using var club = await house.ClubAsync();
        using var other = await house.ClubAsync();
        var signed = await house.SignInAsync(club, "chang");
        Assert.True((await club.UserInfoAsync(signed.Access, method: HttpMethod.Post)).IsOk);
        Assert.Equal("invalid_dpop_proof dpop.missing", (await club.UserInfoAsync(signed.Access, proof: "")).Refusal);
        Assert.Equal(
            "invalid_token invalid_token",
            (await club.UserInfoAsync(signed.Access, scheme: "Bearer")).Refusal
        );
        Assert.Equal(Token, (await other.UserInfoAsync(signed.Access)).Refusal);
        var once = club.Proof("GET", "/connect/userinfo", signed.Access);
        Assert.True((await club.UserInfoAsync(signed.Access, once)).IsOk);
        Assert.Equal("invalid_dpop_proof dpop.replayed", (await club.UserInfoAsync(signed.Access, once)).Refusal);
        // Nor is an ID token one, nor is it good for anything else.
        Assert.Equal(Token, (await club.UserInfoAsync(signed.IdToken)).Refusal);
        Assert.Equal("invalid_token service.token", (await club.PackageAsync(Guid.NewGuid(), signed.Access)).Refusal);
        using var visitor = house.Portal.Visitor();
        using var body = new HttpRequestMessage(HttpMethod.Post, "/connect/userinfo")
        {
            Content = new FormUrlEncodedContent([new("access_token", signed.Access)]),
        };
        using var answer = await visitor.SendAsync(body);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task UserInfo_AskedWithoutEnd_StopsAnswering()
    {
        using var club = await house.ClubAsync();
        var signed = await house.SignInAsync(club, "chang");
        var most = new MemberSettings().MostReads;
        for (var times = 0; times < most; times++)
            Assert.True((await club.UserInfoAsync(signed.Access)).IsOk);
        Assert.Equal(Token, (await club.UserInfoAsync(signed.Access)).Refusal);
        Assert.Equal(
            most,
            (await house.EventsAsync(club, await house.IdAsync("chang"))).Count(e => e.Kind == EventKinds.MemberRead)
        );
    }

    [Fact]
    public async Task Token_GivenBack_IsDead_AndOnlyByItsService()
    {
        using var club = await house.ClubAsync();
        using var other = await house.ClubAsync();
        var signed = await house.SignInAsync(club, "chang");
        Assert.True((await other.RevokeAsync(signed.Access)).Status == HttpStatusCode.OK);
        Assert.True((await club.UserInfoAsync(signed.Access)).IsOk);
        Assert.True((await club.RevokeAsync(signed.Access)).Status == HttpStatusCode.OK);
        Assert.Equal(Token, (await club.UserInfoAsync(signed.Access)).Refusal);
    }

    [Fact]
    public async Task Hint_OfAnotherService_OrChanged_IsRefused()
    {
        using var club = await house.ClubAsync();
        using var other = await house.ClubAsync();
        var signed = await house.SignInAsync(club, "chang");
        string[] wrong =
        [
            ServiceDriver.Unsigned(signed.IdToken),
            signed.IdToken[..^4] + "AAAA",
            signed.Access,
            ServiceDriver.Sign(
                club.ClientKey,
                JsonSerializer.Deserialize<JsonElement>(Base64UrlText.Decode(signed.IdToken.Split('.')[1])),
                "JWT",
                null
            ),
        ];
        foreach (var hint in wrong)
            Assert.Equal(
                "invalid_request member.hint",
                (await club.PushAsync(MemberHouse.Request(club, $"id_token_hint={hint}"))).Refusal
            );
        Assert.Equal(
            "invalid_request member.hint",
            (await other.PushAsync(MemberHouse.Request(other, $"id_token_hint={signed.IdToken}"))).Refusal
        );
    }

    [Fact]
    public async Task Request_IsGoodForOneVisit_AndOneClient()
    {
        using var club = await house.ClubAsync();
        using var other = await house.ClubAsync();
        using var first = house.Portal.Visitor();
        using var second = house.Portal.Visitor();
        var path = MemberHouse.AuthorizePath(club, await club.PushAsync(MemberHouse.Request(club)));
        var foreign = path.Replace(club.ClientId, other.ClientId, StringComparison.Ordinal);
        Assert.Equal("/services/over", (await second.GetAsync(foreign)).Path);
        var opened = (await first.GetAsync(path)).Path;
        Assert.StartsWith("/members/requests/", opened, StringComparison.Ordinal);
        Assert.Equal("/services/over", (await second.GetAsync(path)).Path);
        // Whoever loads it again in the same browser is where she was.
        Assert.Equal(opened, (await first.GetAsync(path)).Path);
        Assert.Equal("/services/over", (await first.GetAsync(path[..^3])).Path);
    }
}
