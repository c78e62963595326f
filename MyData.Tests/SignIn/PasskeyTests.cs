using System.Formats.Cbor;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Web.Features.Account;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

public sealed class PasskeyTests(SignInHouse house) : IClassFixture<SignInHouse>
{
    private static int _person;

    public static readonly Dictionary<string, Ceremony> WrongMaking = new()
    {
        ["the user was not verified"] = new() { UserVerified = false },
        ["the user was not present"] = new() { UserPresent = false },
        ["another origin"] = new() { Origin = "http://evil.example" },
        ["the same host in https"] = new() { Origin = "https://127.0.0.1" },
        ["another relying party"] = new() { RpId = "evil.example" },
        ["inside another page"] = new() { CrossOrigin = true },
        ["inside another page, named"] = new() { CrossOrigin = true, TopOrigin = "https://evil.example" },
        ["another challenge"] = new() { Challenge = new string('A', 43) },
        ["the answer to another question"] = new() { Type = "webauthn.get" },
        ["backed up, and not eligible"] = new() { BackedUp = true },
        ["an algorithm that was not offered"] = new() { Algorithm = -47 },
        ["no attestation, with a statement"] = new() { Statement = Signed },
        ["self attestation"] = new() { Format = "packed", Statement = Signed },
        ["packed attestation, empty"] = new() { Format = "packed" },
        ["a TPM's attestation"] = new() { Format = "tpm", Statement = Signed },
        ["an Android attestation"] = new() { Format = "android-key", Statement = Signed },
        ["an Apple attestation"] = new() { Format = "apple", Statement = Signed },
        ["a U2F attestation"] = new() { Format = "fido-u2f", Statement = Signed },
        ["an unknown attestation"] = new() { Format = "made-up", Statement = Signed },
    };

    public static readonly Dictionary<string, Ceremony> WrongUse = new()
    {
        ["the user was not verified"] = new() { UserVerified = false },
        ["the user was not present"] = new() { UserPresent = false },
        ["another origin"] = new() { Origin = "http://evil.example" },
        ["another relying party"] = new() { RpId = "evil.example" },
        ["inside another page"] = new() { CrossOrigin = true },
        ["another challenge"] = new() { Challenge = new string('A', 43) },
        ["the answer to another question"] = new() { Type = "webauthn.create" },
        ["a signature over something else"] = new() { Signature = s => [.. s[..^1], (byte)(s[^1] ^ 1)] },
        ["no signature"] = new() { Signature = _ => [] },
        ["another person's handle"] = new() { UserHandle = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA" },
        ["suddenly eligible for backup"] = new() { BackupEligible = true },
    };

    public static TheoryData<string> WrongMakings => [.. WrongMaking.Keys];

    public static TheoryData<string> WrongUses => [.. WrongUse.Keys];

    [Fact]
    public async Task Passkey_Added_SignsInWithoutAName()
    {
        using var browser = await CitizenAsync();
        var citizen = await house.CitizenIdAsync(browser);
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.True(await PasskeySteps.AddAsync(browser, key, name: "我的手機"));
        Assert.Contains("我的手機", browser.Page.Text, StringComparison.Ordinal);
        Assert.Contains(await house.EventsAsync(EventKinds.PasskeyAdded), e => e.CitizenId == citizen);
        var told = await house.Portal.ReadAsync(db =>
            db.Set<Notice>().CountAsync(n => n.CitizenId == citizen && n.Kind == NoticeKinds.PasskeyAdded)
        );
        Assert.Equal(1, told);

        using var later = house.Portal.Visitor();
        await PasskeySteps.UseAsync(later, key);
        var session = (await house.SessionAsync(later))!;
        Assert.Equal((citizen, AssuranceLevel.LoA2), (session.CitizenId, session.Level));
        Assert.Equal(["passkey"], session.Methods);
        await later.PostAsync(SignInUrls.SignOut);
        await later.GetAsync("/signin");
        Assert.Equal(
            SignInUrls.Passkey,
            later.Page.Html.QuerySelector("section.method form, section.method a")!.GetAttribute("action")
        );
    }

    [Fact]
    public async Task Options_ForSignIn_NameNobodyAndDemandVerification()
    {
        using var browser = house.Portal.Visitor();
        await browser.GetAsync("/signin");
        using var options = JsonDocument.Parse(await PasskeySteps.OptionsAsync(browser, SignInUrls.PasskeyOptions));
        var root = options.RootElement;
        Assert.Equal("required", root.GetProperty("userVerification").GetString());
        Assert.True(!root.TryGetProperty("allowCredentials", out var allow) || allow.GetArrayLength() == 0);
        Assert.Equal(43, root.GetProperty("challenge").GetString()!.Length);
    }

    [Fact]
    public async Task Options_ForANewKey_AskForNoAttestationAndADiscoverableKey()
    {
        using var browser = await CitizenAsync();
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        using var options = JsonDocument.Parse(await PasskeySteps.OptionsAsync(browser, AccountUrls.PasskeyOptions));
        var root = options.RootElement;
        Assert.Equal("none", root.GetProperty("attestation").GetString());
        var selection = root.GetProperty("authenticatorSelection");
        Assert.Equal("required", selection.GetProperty("userVerification").GetString());
        Assert.Equal("required", selection.GetProperty("residentKey").GetString());
        var algorithms = root.GetProperty("pubKeyCredParams")
            .EnumerateArray()
            .Select(p => p.GetProperty("alg").GetInt32());
        Assert.Equal([-257, -7], algorithms.Order());
        Assert.Equal(1, root.GetProperty("excludeCredentials").GetArrayLength());
    }

    [Theory, MemberData(nameof(WrongMakings))]
    public async Task Add_AnAnswerThatDoesNotHold_IsRefused(string name)
    {
        using var browser = await CitizenAsync();
        var citizen = await house.CitizenIdAsync(browser);
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.False(await PasskeySteps.AddAsync(browser, key, WrongMaking[name]));
        Assert.Contains(PasskeyAdding.Refused, browser.Page.Text, StringComparison.Ordinal);
        Assert.Empty(await house.Get<Passkeys>().ListAsync(citizen, TestContext.Current.CancellationToken));
    }

    [Theory, MemberData(nameof(WrongUses))]
    public async Task Use_AnAnswerThatDoesNotHold_OpensNothingAndSheIsTold(string name)
    {
        using var browser = await CitizenAsync();
        var citizen = await house.CitizenIdAsync(browser);
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        using var thief = house.Portal.Visitor();
        await PasskeySteps.UseAsync(thief, key, WrongUse[name]);
        Assert.Contains(PasskeySignIn.Refused, thief.Page.Text, StringComparison.Ordinal);
        Assert.False(await SignInHouse.IsSignedInAsync(thief));
        Assert.Contains(await house.EventsAsync(EventKinds.SignInRefused), e => e.CitizenId == citizen);
    }

    [Fact]
    public async Task Use_TheSameAnswerTwice_OpensOnce()
    {
        using var browser = await CitizenAsync();
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        using var later = house.Portal.Visitor();
        var answer = await PasskeySteps.UseAsync(later, key);
        Assert.True(await SignInHouse.IsSignedInAsync(later));
        later.Cookies.Remove(SessionCookie.Name);
        await later.GetAsync("/signin");
        await later.PostAsync(SignInUrls.Passkey, ("credential", answer));
        Assert.False(await SignInHouse.IsSignedInAsync(later));
    }

    [Fact]
    public async Task Use_AChallengeThatWasAnsweredWrong_IsUsedUp()
    {
        using var browser = await CitizenAsync();
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        using var later = house.Portal.Visitor();
        await later.GetAsync("/signin");
        var options = await PasskeySteps.OptionsAsync(later, SignInUrls.PasskeyOptions);
        await later.PostAsync(SignInUrls.Passkey, ("credential", "{}"));
        await later.PostAsync(SignInUrls.Passkey, ("credential", key.Use(options)));
        Assert.False(await SignInHouse.IsSignedInAsync(later));
    }

    [Fact]
    public async Task Use_AChallengeOfAnotherBrowser_OpensNothing()
    {
        using var browser = await CitizenAsync();
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        using var one = house.Portal.Visitor();
        using var other = house.Portal.Visitor();
        await one.GetAsync("/signin");
        await other.GetAsync("/signin");
        var options = await PasskeySteps.OptionsAsync(one, SignInUrls.PasskeyOptions);
        await PasskeySteps.OptionsAsync(other, SignInUrls.PasskeyOptions);
        await other.PostAsync(SignInUrls.Passkey, ("credential", key.Use(options)));
        Assert.False(await SignInHouse.IsSignedInAsync(other));
    }

    [Fact]
    public async Task Use_AfterFiveMinutes_IsTooLate()
    {
        using var browser = await CitizenAsync();
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        using var later = house.Portal.Visitor();
        await later.GetAsync("/signin");
        var options = await PasskeySteps.OptionsAsync(later, SignInUrls.PasskeyOptions);
        house.Time.Advance(TimeSpan.FromMinutes(5));
        await later.PostAsync(SignInUrls.Passkey, ("credential", key.Use(options)));
        Assert.False(await SignInHouse.IsSignedInAsync(later));
    }

    // 0/0 is an authenticator that does not count (WebAuthn Level 3 §6.1.1); every other step must be upwards.
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(5, 6, true)]
    [InlineData(0, 1, true)]
    [InlineData(5, 5, false)]
    [InlineData(5, 4, false)]
    [InlineData(5, 0, false)]
    public async Task SignCounter_MustRise(uint stored, uint given, bool opens)
    {
        using var browser = await CitizenAsync();
        using var key = new SoftAuthenticator(browser.Origin) { Count = stored };
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        using var later = house.Portal.Visitor();
        await PasskeySteps.UseAsync(later, key, new() { Count = given });
        Assert.Equal(opens, await SignInHouse.IsSignedInAsync(later));
    }

    [Fact]
    public async Task SignCounter_TheSameTwiceAtOnce_IsGoodOnce()
    {
        using var browser = await CitizenAsync();
        using var key = new SoftAuthenticator(browser.Origin) { Count = 1 };
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        var stop = TestContext.Current.CancellationToken;
        var used = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => house.Get<Passkeys>().UsedAsync(key.CredentialId, 2, false, stop))
        );
        Assert.Single(used, proof => proof is not null);
    }

    [Theory]
    [InlineData(AssuranceLevel.LoA1, false, AssuranceLevel.LoA1)]
    [InlineData(AssuranceLevel.LoA2, true, AssuranceLevel.LoA2)]
    [InlineData(AssuranceLevel.LoA3, false, AssuranceLevel.LoA3)]
    [InlineData(AssuranceLevel.LoA3, true, AssuranceLevel.LoA2)]
    public async Task Level_OfAPasskey_IsThatOfItsSession_AndAtMost2WhenSynced(
        AssuranceLevel session,
        bool synced,
        AssuranceLevel level
    )
    {
        using var browser = await CitizenAsync();
        var citizen = await house.CitizenIdAsync(browser);
        var stop = TestContext.Current.CancellationToken;
        var added = new NewPasskey
        {
            CitizenId = citizen,
            SessionId = Guid.Empty,
            SessionLevel = session,
            Name = "key",
            Credential = PasskeySteps.MadeUp(synced),
        };
        Assert.True(await house.Get<Passkeys>().AddAsync(added, stop));
        Assert.False(await house.Get<Passkeys>().AddAsync(added, stop));
        Assert.Equal(level, Assert.Single(await house.Get<Passkeys>().ListAsync(citizen, stop)).Level);
    }

    [Fact]
    public async Task Passkey_AddedAtLevel1_SignsInAtLevel1()
    {
        var person = Next();
        (await house.CitizenAsync(person)).Dispose();
        using var browser = house.Portal.Visitor();
        house.Provider.Acr = "LoA1";
        await house.UpstreamAsync(browser, person);
        house.Provider.Acr = "LoA2";
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        using var later = house.Portal.Visitor();
        await PasskeySteps.UseAsync(later, key);
        Assert.Equal(AssuranceLevel.LoA1, (await house.SessionAsync(later))!.Level);
        // And it lifts nobody above itself.
        await PasskeySteps.UseAsync(later, key, query: "?level=2");
        Assert.Contains(IdentityChecks.LevelTooLow, later.Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passkey_OfAnotherPersonInMySession_IsRefused()
    {
        using var one = await CitizenAsync();
        using var other = await CitizenAsync();
        using var key = new SoftAuthenticator(one.Origin);
        Assert.True(await PasskeySteps.AddAsync(one, key));
        await other.GetAsync("/signin?again=yes&back=/account");
        var options = await PasskeySteps.OptionsAsync(other, SignInUrls.PasskeyOptions);
        await other.PostAsync(SignInUrls.Passkey, ("credential", key.Use(options)));
        Assert.Contains(IdentityChecks.OtherPerson, other.Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passkey_Removed_NoLongerSignsIn_AndNobodyElseCanRemoveIt()
    {
        using var browser = await CitizenAsync();
        var stop = TestContext.Current.CancellationToken;
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.True(await PasskeySteps.AddAsync(browser, key));
        var id = Assert.Single(await house.Get<Passkeys>().ListAsync(await house.CitizenIdAsync(browser), stop)).Id;
        using var other = await CitizenAsync();
        await other.GetAsync("/account");
        Assert.Equal(404, (int)(await other.PostAsync(AccountUrls.PasskeyRemove(id))).Status);
        using var phone = house.Portal.Visitor();
        await PasskeySteps.UseAsync(phone, key);
        Assert.True(await SignInHouse.IsSignedInAsync(phone));
        await browser.GetAsync(AccountUrls.Passkeys);
        await browser.SubmitAsync(AccountUrls.PasskeyName(id), ("name", "新名字"));
        Assert.Contains("新名字", browser.Page.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(AccountUrls.PasskeyRemove(id));
        var citizen = await house.CitizenIdAsync(browser);
        var told = await house.Portal.ReadAsync(db =>
            db.Set<Notice>().CountAsync(n => n.CitizenId == citizen && n.Kind == NoticeKinds.PasskeyRemoved, stop)
        );
        Assert.Equal(1, told);
        Assert.False(await SignInHouse.IsSignedInAsync(phone));
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
        using var later = house.Portal.Visitor();
        await PasskeySteps.UseAsync(later, key);
        Assert.False(await SignInHouse.IsSignedInAsync(later));
    }

    [Fact]
    public async Task Passkey_InAFirstUseThatWasFinishedElsewhere_SignsHerIn()
    {
        var person = Next();
        using var begun = house.Portal.Visitor();
        await SignInHouse.DocumentsAsync(begun, person);
        using var elsewhere = await house.CitizenAsync(person);
        using var key = new SoftAuthenticator(elsewhere.Origin);
        Assert.True(await PasskeySteps.AddAsync(elsewhere, key));
        // The page offers none here; a forger, or a page kept open, sends it all the same.
        var options = await PasskeySteps.OptionsAsync(begun, SignInUrls.PasskeyOptions);
        await begun.PostAsync(SignInUrls.Passkey, ("credential", key.Use(options)));
        Assert.True(await SignInHouse.IsSignedInAsync(begun));
    }

    [Fact]
    public async Task Add_AQuarterOfAnHourAfterSigningIn_AsksToProveAgain()
    {
        var person = Next();
        using var browser = await house.CitizenAsync(person);
        using var key = new SoftAuthenticator(browser.Origin);
        await browser.GetAsync(AccountUrls.Passkeys);
        var options = await PasskeySteps.OptionsAsync(browser, AccountUrls.PasskeyOptions);
        var answer = key.Make(options);
        house.Time.Advance(TimeSpan.FromMinutes(15));
        await browser.PostAsync(AccountUrls.Passkeys, ("credential", answer), ("name", "x"));
        Assert.Contains(PasskeyAdding.Refused, browser.Page.Text, StringComparison.Ordinal);
        var link = browser.Page.Html.QuerySelector("main a.button-primary")!.GetAttribute("href")!;
        await browser.GetAsync(link);
        Assert.Equal("/signin", browser.Page.Path);
        await SignInHouse.DocumentsAsync(browser, person, "?back=/account/passkeys");
        Assert.Equal(AccountUrls.Passkeys, browser.Page.Path);
        Assert.True(await PasskeySteps.AddAsync(browser, key));
    }

    private Task<Support.CitizenDriver> CitizenAsync() => house.CitizenAsync(Next());

    private Person Next()
    {
        var person = Person.Number(2000 + Interlocked.Increment(ref _person));
        house.Documents.Add(person);
        return person;
    }

    private static void Signed(CborWriter writer)
    {
        writer.WriteStartMap(2);
        writer.WriteTextString("alg");
        writer.WriteInt32(-7);
        writer.WriteTextString("sig");
        writer.WriteByteString([1, 2, 3]);
        writer.WriteEndMap();
    }
}
