using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Members;
using MyData.Tests.Support;

namespace MyData.Tests.Members;

/// <summary>How newly, how surely, as whom and whether with a page: what OpenID Connect lets a service ask (Core §3.1.2.1, §5.5).</summary>
public sealed class MemberPromptTests(MemberHouse house) : IClassFixture<MemberHouse>
{
    [Fact]
    [Trait("Conformance", "oidcc-prompt-none-logged-in")]
    [Trait("Conformance", "oidcc-id-token-hint")]
    public async Task None_WhoAgreedBefore_IsLedBackAtOnce_AsTheSamePerson()
    {
        using var club = await house.ClubAsync();
        var first = await house.SignInAsync(club, "lin");
        var second = await house.SignInAsync(club, "lin", null, "prompt=none", $"id_token_hint={first.IdToken}");
        Assert.Equal(first.Subject, second.Subject);
        Assert.Equal(first.Said.GetProperty("auth_time").GetInt64(), second.Said.GetProperty("auth_time").GetInt64());
    }

    [Fact]
    [Trait("Conformance", "oidcc-prompt-none-not-logged-in")]
    public async Task None_WhoIsNotSignedIn_OrHasNotAgreed_IsLedBackWithWhy()
    {
        using var club = await house.ClubAsync();
        using var stranger = house.Portal.Visitor();
        await MemberHouse.OpenAsync(club, stranger, "prompt=none");
        Assert.Equal(("login_required", club.State), Error(stranger));
        Assert.DoesNotContain(
            stranger.Page.Via,
            url => url.AbsolutePath.StartsWith("/members", StringComparison.Ordinal)
        );
        var citizen = await house.CitizenAsync("lin");
        await MemberHouse.OpenAsync(club, citizen, "prompt=none");
        Assert.Equal(("consent_required", club.State), Error(citizen));
        var told = Assert.Single(await house.EventsAsync(club, await house.IdAsync("lin")));
        Assert.Equal((EventKinds.MemberRefused, MemberCodes.NotAgreed), (told.Kind, told.Code));
        // Nobody asked her.
        Assert.Equal("platform", told.Actor);
    }

    /// <summary>She ends it in another tab while the service asks silently: it must ask her, and her history does not say that she refused.</summary>
    [Fact]
    public async Task None_SheEndsItInThatVeryMoment_IsLedBackWithWhatIsWantedNow()
    {
        using var club = await house.ClubAsync();
        var (citizen, id) = (await house.CitizenAsync("lin"), await house.IdAsync("lin"));
        await house.SignInAsync(club, "lin");
        var membership = (await house.MembershipAsync(club, id))!.Id;
        var writer = (Meanwhile)house.Get<IWriter>();
        // Before the first write after the one that let her in.
        writer.Before = async () =>
            await house.Portal.ReadAsync(db =>
                db.Set<MemberRequest>().AnyAsync(r => r.ServiceId == club.ClientId && r.State == MemberState.Opened)
            ) && await house.Get<Memberships>().EndAsync(id, Guid.NewGuid(), membership);
        await MemberHouse.OpenAsync(club, citizen, "prompt=none");
        Assert.Equal(("consent_required", club.State), Error(citizen));
        var told = (await house.EventsAsync(club, id))[^1];
        Assert.Equal((EventKinds.MemberRefused, MemberCodes.NotAgreed, "platform"), (told.Kind, told.Code, told.Actor));
        Assert.DoesNotContain(await house.EventsAsync(club, id), e => e.Code == MemberCodes.Declined);
    }

    [Fact]
    public async Task None_WhereSomethingElseIsWanted_IsLedBackWithWhy()
    {
        using var club = await house.ClubAsync();
        await house.SignInAsync(club, "lin");
        var citizen = await house.CitizenAsync("lin");
        async Task<string> ErrorAsync(params string[] changes)
        {
            await MemberHouse.OpenAsync(club, citizen, [.. changes, "prompt=none"]);
            return Error(citizen).Item1;
        }
        Assert.Equal("login_required", await ErrorAsync("max_age=0"));
        Assert.Equal("login_required", await ErrorAsync("acr_values=LoA3"));
        Assert.Equal("login_required", await ErrorAsync("claims={\"id_token\":{\"sub\":{\"value\":\"another\"}}}"));
    }

    [Fact]
    [Trait("Conformance", "oidcc-prompt-login")]
    [Trait("Conformance", "oidcc-max-age-1")]
    public async Task Login_AsksHerToProveItAgain_AndSaysWhen()
    {
        using var club = await house.ClubAsync();
        var first = await house.SignInAsync(club, "lin");
        var citizen = await house.CitizenAsync("lin");
        foreach (var change in (string[])["prompt=login", "max_age=0", "prompt=select_account"])
        {
            var path = (await MemberHouse.OpenAsync(club, citizen, change)).Path;
            Assert.Equal("請再證明一次您是誰", citizen.Page.Heading);
            // What the page does not offer is not taken either.
            await citizen.PostAsync($"{path}/sign-in", ("decision", "agree"));
            citizen.Page.ShouldBeAt(path);
            await citizen.ProveByProviderAsync(SandboxSteps.Persona("lin"), $"?back={path}&again=yes");
            citizen.Page.ShouldBeAt(path);
            var again = await house.RedeemAsync(club, (await MemberHouse.AnswerAsync(citizen))["code"].ToString());
            Assert.Equal(first.Subject, again.Subject);
            Assert.InRange(
                again.Said.GetProperty("auth_time").GetInt64(),
                first.Said.GetProperty("auth_time").GetInt64(),
                DateTimeOffset.UtcNow.ToUnixTimeSeconds()
            );
        }
    }

    [Fact]
    [Trait("Conformance", "oidcc-max-age-10000")]
    public async Task MaxAge_ThatHolds_AsksNothing()
    {
        using var club = await house.ClubAsync();
        var first = await house.SignInAsync(club, "lin", null, "max_age=15000");
        var second = await house.SignInAsync(club, "lin", null, "max_age=10000", "prompt=none");
        Assert.Equal(first.Said.GetProperty("auth_time").GetInt64(), second.Said.GetProperty("auth_time").GetInt64());
    }

    [Fact]
    public async Task Consent_AsksHerThoughSheAgreedBefore_AndTakesWhatSheSaysNow()
    {
        using var club = await house.ClubAsync();
        await house.SignInAsync(club, "lin", ["birthdate"]);
        var citizen = await house.CitizenAsync("lin");
        await MemberHouse.OpenAsync(club, citizen, "prompt=consent");
        var signed = await house.RedeemAsync(club, (await MemberHouse.AnswerAsync(citizen))["code"].ToString());
        Assert.False((await club.UserInfoAsync(signed.Access)).Json.TryGetProperty("birthdate", out _));
        var later = await house.SignInAsync(club, "lin");
        Assert.False((await club.UserInfoAsync(later.Access)).Json.TryGetProperty("birthdate", out _));
    }

    [Fact]
    public async Task Level_ThatSheHasNot_IsAskedFor_AndSaidWhereItCannotBe()
    {
        using var club = await house.ClubAsync();
        using var weak = house.Portal.Visitor();
        await house.CitizenAsync("lin");
        await weak.ProveByProviderAsync(SandboxSteps.Persona("lin"), "", "LoA1");
        var path = (await MemberHouse.OpenAsync(club, weak, "acr_values=LoA2 LoA3")).Path;
        Assert.Equal("需要更強的身分證明", weak.Page.Heading);
        await weak.ProveByDocumentsAsync(SandboxSteps.Persona("lin"), $"?back={path}&level=2");
        weak.Page.ShouldBeAt(path);
        var signed = await house.RedeemAsync(club, (await MemberHouse.AnswerAsync(weak))["code"].ToString());
        Assert.Equal("LoA2", signed.Text("acr"));

        var citizen = await house.CitizenAsync("lin");
        const string Essential = "claims={\"id_token\":{\"acr\":{\"essential\":true,\"values\":[\"LoA4\"]}}}";
        path = (await MemberHouse.OpenAsync(club, citizen, Essential)).Path;
        Assert.Contains("目前沒有能達到這個程度的證明方式", citizen.Page.Words, StringComparison.Ordinal);
        await citizen.SubmitAsync($"{path}/decline");
        Assert.Equal("unmet_authentication_requirements", Error(citizen).Item1);
    }

    [Fact]
    public async Task Hint_OfAnotherPerson_IsNotAnsweredBySomebodyElse()
    {
        using var club = await house.ClubAsync();
        var lin = await house.SignInAsync(club, "lin");
        await house.SignInAsync(club, "chen");
        var chen = await house.CitizenAsync("chen");
        await MemberHouse.OpenAsync(club, chen, $"id_token_hint={lin.IdToken}", "prompt=none");
        Assert.Equal("login_required", Error(chen).Item1);
        var path = (await MemberHouse.OpenAsync(club, chen, $"id_token_hint={lin.IdToken}")).Path;
        Assert.Equal("登入的是另一個人", chen.Page.Heading);
        Assert.DoesNotContain("林怡君", chen.Page.Words, StringComparison.Ordinal);
        await chen.PostAsync($"{path}/sign-in", ("decision", "agree"));
        chen.Page.ShouldBeAt(path);
        await chen.SubmitAsync($"{path}/decline");
        Assert.Equal("login_required", Error(chen).Item1);
    }

    [Theory]
    [InlineData("oidcc-claims-essential", "{\"userinfo\":{\"name\":{\"essential\":true}}}", "name")]
    [InlineData(
        "fapi2-security-profile-final-test-claims-parameter-identity-claims",
        "{\"userinfo\":{\"name\":null,\"birthdate\":{\"essential\":true},\"nickname\":null},\"id_token\":{\"name\":null,\"email\":{}}}",
        "name birthdate"
    )]
    public async Task Claims_NamedOneByOne_ComeWhereTheyAreAskedFor(string module, string claims, string told)
    {
        using var club = await house.ClubAsync();
        var signed = await house.SignInAsync(
            club,
            "lin",
            claims.Contains("birthdate") ? ["birthdate"] : null,
            "scope=openid",
            $"claims={claims}"
        );
        var info = (await club.UserInfoAsync(signed.Access)).Json;
        Assert.Equal(
            (module, string.Join(' ', told.Split(' ').Append("sub").Order())),
            (module, string.Join(' ', info.EnumerateObject().Select(one => one.Name).Order()))
        );
        Assert.Equal(claims.Contains("id_token"), signed.Said.TryGetProperty("name", out _));
    }

    [Fact]
    [Trait("Conformance", "oidcc-scope-email")]
    [Trait("Conformance", "oidcc-scope-address")]
    [Trait("Conformance", "oidcc-scope-phone")]
    [Trait("Conformance", "oidcc-scope-all")]
    [Trait("Conformance", "fapi2-security-profile-final-ensure-other-scope-order-succeeds")]
    public async Task Scopes_GiveWhatIsRegistered_AndWhatIsNotHeldHereIsIgnored()
    {
        await house.GiveMailAsync("lin");
        foreach (
            var (scope, granted, claims) in ((string, string, string)[])
                [
                    ("openid email", "openid email", "email email_verified sub"),
                    ("openid address", "openid", "sub"),
                    ("phone openid", "openid", "sub"),
                    ("email phone profile address openid", "email profile openid", "email email_verified name sub"),
                ]
        )
        {
            using var club = await house.ClubAsync();
            var ticked = scope.Contains("email") ? (string[])["email"] : null;
            var signed = await house.SignInAsync(club, "lin", ticked, $"scope={scope}");
            Assert.Equal(granted, signed.Answer.GetProperty("scope").GetString());
            var info = (await club.UserInfoAsync(signed.Access)).Json;
            Assert.Equal(claims, string.Join(' ', info.EnumerateObject().Select(one => one.Name).Order()));
            if (ticked is not null)
                Assert.Equal(
                    (MemberHouse.Mail, JsonValueKind.True),
                    (info.GetProperty("email").GetString(), info.GetProperty("email_verified").ValueKind)
                );
        }
    }

    [Theory]
    [InlineData("fapi2-security-profile-final-ensure-authorization-request-with-64-char-nonce-success", 64)]
    [InlineData("fapi2-security-profile-final-ensure-authorization-request-with-long-nonce", 384)]
    public async Task Nonce_ComesBackWhole(string module, int length)
    {
        using var club = await house.ClubAsync();
        var nonce = new string('n', length - 1) + '&';
        Assert.Equal(
            (module, nonce),
            (module, (await house.SignInAsync(club, "lin", null, $"nonce={nonce}")).Text("nonce"))
        );
    }

    private static (string, string) Error(CitizenDriver citizen)
    {
        var told = MemberHouse.Told(citizen);
        Assert.False(told.ContainsKey("code"));
        return (told["error"].ToString(), told["state"].ToString());
    }
}
