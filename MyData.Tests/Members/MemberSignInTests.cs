using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Members;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Members;

/// <summary>She signs in at a service: what she is shown, what it is told, what is remembered, who learns of it.</summary>
public sealed class MemberSignInTests(MemberHouse house) : IClassFixture<MemberHouse>
{
    [Fact]
    [Trait("Conformance", "oidcc-idtoken-signature")]
    [Trait("Conformance", "oidcc-userinfo-get")]
    [Trait("Conformance", "oidcc-scope-profile")]
    public async Task FirstTime_SheSeesItsValues_AndTheServiceLearnsThoseAlone()
    {
        await house.GiveMailAsync("lin");
        using var club = await house.ClubAsync();
        var (citizen, id) = (await house.CitizenAsync("lin"), await house.IdAsync("lin"));
        var before = await house.FirstNoticesAsync(id);
        var page = await MemberHouse.OpenAsync(club, citizen);
        page.ShouldBe(HttpStatusCode.OK);
        Assert.Contains("要用 MyData 登入沙盒市立圖書館嗎", page.Heading, StringComparison.Ordinal);
        Assert.Contains("林怡君", page.Single("[data-claim=name]").TextContent, StringComparison.Ordinal);
        Assert.Contains(MemberHouse.Mail, page.Words, StringComparison.Ordinal);
        Assert.Contains("77", page.Words, StringComparison.Ordinal);
        Assert.Empty(page.Html.QuerySelectorAll("input[checked]"));
        Assert.Equal(
            ["agree", "refuse"],
            page.Html.QuerySelectorAll("#member-sign-in button").Select(b => b.GetAttribute("value"))
        );

        var told = await MemberHouse.AnswerAsync(citizen, "agree", "birthdate");
        Assert.Equal((club.State, club.Issuer), (told["state"].ToString(), told["iss"].ToString()));
        var signed = await house.RedeemAsync(club, told["code"].ToString());
        Assert.Equal("DPoP", signed.Answer.GetProperty("token_type").GetString());
        Assert.Equal("openid profile email", signed.Answer.GetProperty("scope").GetString());
        Assert.False(signed.Answer.TryGetProperty("refresh_token", out _));
        Assert.Equal((club.Issuer, club.ClientId), (signed.Text("iss"), signed.Text("aud")));
        Assert.Equal(MemberHouse.Request(club)["nonce"], signed.Text("nonce"));
        Assert.Equal("LoA2", signed.Text("acr"));
        Assert.NotEmpty(signed.Said.GetProperty("amr").EnumerateArray());
        var half = SHA256.HashData(Encoding.ASCII.GetBytes(signed.Access)).AsSpan(0, 16);
        Assert.Equal(Base64UrlText.Encode(half), signed.Text("at_hash"));
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.InRange(signed.Said.GetProperty("exp").GetInt64(), now, now + 301);
        Assert.InRange(signed.Said.GetProperty("auth_time").GetInt64(), now - 600, now);
        // What nobody asked to have in it is not in it.
        Assert.False(signed.Said.TryGetProperty("name", out _));
        Assert.DoesNotContain("A299001174", JsonSerializer.Serialize(signed.Said), StringComparison.Ordinal);

        var info = (await club.UserInfoAsync(signed.Access)).Json;
        Assert.Equal(["birthdate", "name", "sub"], info.EnumerateObject().Select(one => one.Name).Order());
        Assert.Equal("林怡君", info.GetProperty("name").GetString());
        Assert.Equal("1988-03-14", info.GetProperty("birthdate").GetString());
        Assert.Equal(signed.Subject, info.GetProperty("sub").GetString());

        var events = await house.EventsAsync(club, id);
        Assert.Equal(
            [EventKinds.MemberAgreed, EventKinds.MemberSignedIn, EventKinds.MemberTokenGiven, EventKinds.MemberRead],
            events.Select(e => e.Kind)
        );
        Assert.Contains("[\"name\",\"birthdate\"]", events[^1].Details, StringComparison.Ordinal);
        Assert.Equal(before + 1, await house.FirstNoticesAsync(id));
    }

    [Fact]
    public async Task SecondTime_NoPageIsShown_AndTheSameIsGiven()
    {
        using var club = await house.ClubAsync();
        var id = await house.IdAsync("chen");
        var first = await house.SignInAsync(club, "chen");
        var notices = await house.FirstNoticesAsync(id);
        var citizen = await house.CitizenAsync("chen");
        await MemberHouse.OpenAsync(club, citizen);
        Assert.DoesNotContain(
            citizen.Page.Via,
            url => url.AbsolutePath.StartsWith("/members", StringComparison.Ordinal)
        );
        var second = await house.RedeemAsync(club, MemberHouse.Told(citizen)["code"].ToString());
        Assert.Equal(first.Subject, second.Subject);
        Assert.NotEqual(first.Code, second.Code);
        Assert.Equal(notices, await house.FirstNoticesAsync(id));
        Assert.Single(await house.EventsAsync(club, id), e => e.Kind == EventKinds.MemberAgreed);
    }

    [Fact]
    public async Task Subject_AtAnotherService_IsAnother()
    {
        using var one = await house.ClubAsync();
        using var other = await house.ClubAsync();
        Assert.NotEqual(
            (await house.SignInAsync(one, "chen")).Subject,
            (await house.SignInAsync(other, "chen")).Subject
        );
    }

    [Fact]
    public async Task No_LeadsBackWithNothing_AndSheIsAskedAgain()
    {
        using var club = await house.ClubAsync();
        var (citizen, id) = (await house.CitizenAsync("chen"), await house.IdAsync("chen"));
        await MemberHouse.OpenAsync(club, citizen);
        var told = await MemberHouse.AnswerAsync(citizen, "refuse");
        Assert.Equal("access_denied", told["error"].ToString());
        Assert.Equal(["error", "iss", "state"], told.Keys.Order());
        var refused = Assert.Single(await house.EventsAsync(club, id));
        Assert.Equal((EventKinds.MemberRefused, MemberCodes.Declined), (refused.Kind, refused.Code));
        Assert.Null(await house.MembershipAsync(club, id));
        Assert.NotNull((await MemberHouse.OpenAsync(club, citizen)).Html.GetElementById("member-sign-in"));
    }

    [Fact]
    public async Task NotSignedIn_SheReadsWhoAsks_ProvesWhoSheIs_AndComesToThePage()
    {
        using var club = await house.ClubAsync();
        await house.CitizenAsync("chen");
        using var citizen = house.Portal.Visitor();
        var page = await MemberHouse.OpenAsync(club, citizen);
        Assert.Contains("請您用 MyData 登入", page.Heading, StringComparison.Ordinal);
        Assert.DoesNotContain("陳志明", page.Words, StringComparison.Ordinal);
        var path = page.Path;
        await citizen.ProveByProviderAsync(SandboxSteps.Persona("chen"), $"?back={path}");
        citizen.Page.ShouldBeAt(path);
        Assert.Contains("陳志明", citizen.Page.Words, StringComparison.Ordinal);
        Assert.NotEqual("", (await MemberHouse.AnswerAsync(citizen))["code"].ToString());
        // Without signing in, her no is a no too.
        using var stranger = house.Portal.Visitor();
        await MemberHouse.OpenAsync(club, stranger);
        await stranger.SubmitAsync($"{stranger.Page.Path}/decline");
        Assert.Equal("access_denied", MemberHouse.Told(stranger)["error"].ToString());
    }

    [Fact]
    public async Task Page_InAnotherBrowser_IsNobodys()
    {
        using var club = await house.ClubAsync();
        using var stranger = house.Portal.Visitor();
        var citizen = await house.CitizenAsync("chen");
        var path = (await MemberHouse.OpenAsync(club, stranger)).Path;
        (await citizen.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
        await citizen.PostAsync($"{path}/sign-in", ("decision", "agree"));
        Assert.Equal("/services/over", citizen.Page.Path);
    }

    [Fact]
    public async Task Answer_SentTwice_IsOneSignIn_WithTheSameCode()
    {
        using var club = await house.ClubAsync();
        var (citizen, id) = (await house.CitizenAsync("chen"), await house.IdAsync("chen"));
        var page = await MemberHouse.OpenAsync(club, citizen);
        var first = await MemberHouse.AnswerAsync(citizen);
        await citizen.SubmitAsync(page, "member-sign-in", ("decision", "agree"));
        Assert.Equal(first["code"], MemberHouse.Told(citizen)["code"]);
        Assert.Single(await house.EventsAsync(club, id), e => e.Kind == EventKinds.MemberSignedIn);
        // A no after it comes too late.
        await citizen.SubmitAsync(page, "member-sign-in", ("decision", "refuse"));
        Assert.Equal("這次登入已經結束", citizen.Page.Heading);
        await house.RedeemAsync(club, first["code"].ToString());
    }

    [Fact]
    public async Task Answer_ToOtherWords_IsNotTaken()
    {
        using var club = await house.ClubAsync();
        var citizen = await house.CitizenAsync("chen");
        await MemberHouse.OpenAsync(club, citizen);
        var path = citizen.Page.Path;
        await citizen.SubmitAsync("member-sign-in", ("decision", "agree"), ("statement", "other"));
        citizen.Page.ShouldBeAt(path);
        Assert.Null(await house.MembershipAsync(club, await house.IdAsync("chen")));
    }

    [Fact]
    public async Task Registration_ThatAsksForMore_OrOnOtherTerms_AsksHerAnew()
    {
        using var club = await house.ClubAsync(service =>
            service with
            {
                SignIn = service.SignIn! with { Claims = [new("name", Required: true)] },
            }
        );
        await house.SignInAsync(club, "chen", null, "scope=openid profile");
        var citizen = await house.CitizenAsync("chen");
        async Task<bool> AsksAsync() =>
            (await MemberHouse.OpenAsync(club, citizen, "scope=openid profile")).Html.GetElementById("member-sign-in")
                is not null;
        Assert.False(await AsksAsync());
        await house.ChangeAsync(
            club,
            service =>
                service with
                {
                    SignIn = service.SignIn! with { Claims = [new("name", true), new("birthdate", false)] },
                }
        );
        Assert.True(await AsksAsync());
        await MemberHouse.AnswerAsync(citizen);
        Assert.False(await AsksAsync());
        await house.ChangeAsync(club, service => service with { TermsVersion = service.TermsVersion + 1 });
        Assert.True(await AsksAsync());
        // What it has registered no more it does not get, whatever she agreed to.
        var told = await MemberHouse.AnswerAsync(citizen, "agree", "birthdate");
        var signed = await house.RedeemAsync(club, told["code"].ToString());
        Assert.True((await club.UserInfoAsync(signed.Access)).Json.TryGetProperty("birthdate", out _));
        await house.ChangeAsync(
            club,
            service => service with { SignIn = service.SignIn! with { Claims = [new("name", true)] } }
        );
        Assert.False((await club.UserInfoAsync(signed.Access)).Json.TryGetProperty("birthdate", out _));
    }

    [Fact]
    public async Task AddressThatIsNeeded_AndThatSheHasNot_LeadsHerToGiveOne()
    {
        using var club = await house.ClubAsync(service =>
            service with
            {
                SignIn = service.SignIn! with { Claims = [new("email", Required: true)] },
            }
        );
        var citizen = await house.CitizenAsync("wang");
        await MemberHouse.OpenAsync(club, citizen, "scope=openid email");
        Assert.Equal("還缺一項", citizen.Page.Heading);
        Assert.NotNull(citizen.Page.Html.QuerySelector("a[href='/account/contact']"));
        await citizen.SubmitAsync($"{citizen.Page.Path}/decline");
        Assert.Equal("access_denied", MemberHouse.Told(citizen)["error"].ToString());
        await MemberHouse.OpenAsync(club, citizen, "scope=openid email", "prompt=none");
        Assert.Equal("interaction_required", MemberHouse.Told(citizen)["error"].ToString());
    }

    [Fact]
    public async Task Linking_SaysSo_AndNeedsAFreshSignIn()
    {
        using var club = await house.ClubAsync();
        await house.SignInAsync(club, "chen");
        var citizen = await house.CitizenAsync("chen");
        var path = (await MemberHouse.OpenAsync(club, citizen, "link=true")).Path;
        Assert.Equal("請再證明一次您是誰", citizen.Page.Heading);
        Assert.Contains("帳戶和您連結", citizen.Page.Words, StringComparison.Ordinal);
        await citizen.ProveByProviderAsync(SandboxSteps.Persona("chen"), $"?back={path}&again=yes");
        citizen.Page.ShouldBeAt(path);
        Assert.Contains("您在那裡的帳戶會和您連結", citizen.Page.Words, StringComparison.Ordinal);
        Assert.NotEqual("", (await MemberHouse.AnswerAsync(citizen))["code"].ToString());
    }

    [Fact]
    public async Task Answer_FromManyTabsAtOnce_IsOneSignIn()
    {
        using var club = await house.ClubAsync();
        var (citizen, id) = (await house.CitizenAsync("chen"), await house.IdAsync("chen"));
        var form = (await MemberHouse.OpenAsync(club, citizen)).Form("member-sign-in");
        var fields = FormFields.Read(form, null, []).Append(new("decision", "agree")).ToList();
        var targets = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, form.GetAttribute("action"));
                    request.Content = new FormUrlEncodedContent(fields);
                    using var answer = await citizen.SendAsync(request);
                    return answer.Headers.Location!.OriginalString;
                })
        );
        Assert.Contains("code=m.", Assert.Single(targets.Distinct()), StringComparison.Ordinal);
        Assert.Equal(
            [EventKinds.MemberAgreed, EventKinds.MemberSignedIn],
            (await house.EventsAsync(club, id)).Select(e => e.Kind)
        );
    }

    [Fact]
    public async Task Ledger_SaysWhichClaimsWentWhere_AndHerCopyHasWhatSheAgreedTo()
    {
        using var club = await house.ClubAsync();
        var signed = await house.SignInAsync(club, "chen", ["birthdate"]);
        await club.UserInfoAsync(signed.Access);
        var filter = new RecordFilter { Operation = EventKinds.MemberRead, System = club.ClientId };
        var year = house.Get<OpenLogs>().Current!.Year;
        var found = await house
            .Get<LedgerRecords>()
            .PageAsync(year, filter, null, TestContext.Current.CancellationToken);
        var record = Assert.Single(found!.Records).Record!;
        Assert.Equal(["birthdate", "name"], record.Fields.Order());
        Assert.Equal(("mydata", club.ClientId, "sign-in"), (record.From, record.To, record.Reason));
        var copy = (await (await house.CitizenAsync("chen")).GetAsync("/account/data.json")).Text;
        using var json = JsonDocument.Parse(copy);
        Assert.Contains(
            json.RootElement.GetProperty("memberships").EnumerateArray(),
            row =>
                row.GetProperty("service_id").GetString() == club.ClientId
                && row.GetProperty("claims").GetString() == "name birthdate"
        );
        Assert.DoesNotContain("code_hash", copy, StringComparison.Ordinal);
    }

    /// <summary>The thief of the table has no name, no code and no token.</summary>
    [Fact]
    public async Task Rows_HoldHashes_AndNoValue()
    {
        using var club = await house.ClubAsync();
        var signed = await house.SignInAsync(club, "chen", ["birthdate"]);
        var row = await house.Portal.ReadAsync(db =>
            db.Set<MemberRequest>().SingleAsync(r => r.ServiceId == club.ClientId)
        );
        var text = JsonSerializer.Serialize(row) + Encoding.Latin1.GetString(row.Content);
        foreach (
            var secret in (string[])[signed.Code, signed.Access, signed.IdToken, signed.Subject, club.State, "陳志明"]
        )
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
    }
}
