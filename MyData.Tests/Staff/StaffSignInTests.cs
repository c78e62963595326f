using System.Net;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Staff;
using MyData.Tests.SignIn;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;
using MyData.Web.Features.Staff;

namespace MyData.Tests.Staff;

/// <summary>The staff's door: an invitation once, then a passkey with user verification, and nothing else.</summary>
public sealed class StaffSignInTests(StaffHouse house) : IClassFixture<StaffHouse>
{
    [Fact]
    public async Task Enrol_WithAnInvitation_SignsInOnce()
    {
        var invitation = house.Invite("Mr Chen");
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        var desk = (await StaffHouse.EnrolAsync(browser, key, invitation)).ShouldBeAt("/desk");
        Assert.Contains("Mr Chen", desk.Single(".site-tools").TextContent, StringComparison.Ordinal);
        var id = house.Get<StaffInvitations>().Read(invitation)!.Id;
        var enrolled = await house.Portal.EventAsync(
            EventKinds.StaffEnrolled,
            e => e.Actor == $"operator:{id:N}" && e.CitizenId is null
        );
        Assert.DoesNotContain("Chen", enrolled.Details!, StringComparison.Ordinal);

        using var second = house.Portal.Visitor();
        using var other = new SoftAuthenticator(second.Origin);
        var refused = await StaffHouse.EnrolAsync(second, other, invitation);
        Assert.Contains(StaffPasskeySteps.NotEnrolled, refused.Alert, StringComparison.Ordinal);
        (await second.GetAsync("/desk")).ShouldBeAt(StaffUrls.SignIn);
    }

    [Fact]
    public async Task Enrol_BeginningTwiceWithOneInvitation_MakesOneMember()
    {
        var invitation = house.Get<StaffInvitations>().Read(house.Invite())!;
        var stop = TestContext.Current.CancellationToken;
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => house.Get<StaffMembers>().EnrolAsync(invitation, PasskeySteps.MadeUp(), stop))
        );
        Assert.Single(answers, cookie => cookie is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64url!")]
    public async Task Enrol_WithoutAGoodInvitation_IsRefused(string invitation)
    {
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        Assert.Contains(
            StaffPasskeySteps.NotEnrolled,
            (await StaffHouse.EnrolAsync(browser, key, invitation)).Alert,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Invitation_ChangedOrADayOld_IsNone()
    {
        var time = new ManualTime();
        var invitations = new StaffInvitations(house.Get<PersonalDataVault>(), time);
        var good = invitations.Create("Ms Wu", StaffRoles.HelpDesk);
        Assert.NotNull(invitations.Read(good));
        for (var i = 0; i < good.Length; i += 7)
        {
            var changed = good.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.Null(invitations.Read(new string(changed)));
        }
        time.Advance(StaffInvitations.Life);
        Assert.Null(invitations.Read(good));
    }

    [Fact]
    public async Task Enrol_WithoutUserVerification_IsRefused()
    {
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        var refused = await StaffHouse.EnrolAsync(browser, key, house.Invite(), new() { UserVerified = false });
        Assert.Contains(StaffPasskeySteps.NotEnrolled, refused.Alert, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_ByPasskey_OpensTheDesk_UntilSignOut()
    {
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        await StaffHouse.EnrolAsync(browser, key, house.Invite());
        await browser.SubmitAsync(StaffUrls.SignOut);
        (await browser.GetAsync("/desk")).ShouldBeAt(StaffUrls.SignIn);

        (await StaffHouse.SignInAsync(browser, key)).ShouldBeAt("/desk");
        house.Time.Advance(StaffSessions.Idle - TimeSpan.FromMinutes(1));
        (await browser.GetAsync("/desk")).ShouldBeAt("/desk");
        house.Time.Advance(StaffSessions.Idle);
        (await browser.GetAsync("/desk")).ShouldBeAt(StaffUrls.SignIn);
    }

    [Fact]
    public async Task SignIn_WithoutUserVerificationOrByAnUnknownKey_IsRefusedAndWrittenDown()
    {
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        await StaffHouse.EnrolAsync(browser, key, house.Invite());
        using var later = house.Portal.Visitor();
        var unverified = await StaffHouse.SignInAsync(later, key, new() { UserVerified = false });
        Assert.Contains(PasskeySignIn.Refused, unverified.Alert, StringComparison.Ordinal);
        using var stranger = new SoftAuthenticator(later.Origin);
        var unknown = await StaffHouse.SignInAsync(later, stranger);
        Assert.Contains(PasskeySignIn.Refused, unknown.Alert, StringComparison.Ordinal);
        (await later.GetAsync("/desk")).ShouldBeAt(StaffUrls.SignIn);
        await house.Portal.EventAsync(EventKinds.StaffRefused, e => e.Code == PasskeySignIn.Refused);
    }

    [Fact]
    public async Task Passkeys_OfStaffAndOfCitizens_OpenOnlyTheirOwnDoor()
    {
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        await StaffHouse.EnrolAsync(browser, key, house.Invite());
        using var citizen = house.Portal.Visitor();
        await PasskeySteps.UseAsync(citizen, key);
        (await citizen.GetAsync("/history")).ShouldBeAt("/signin");
        Assert.Null(await house.Get<Passkeys>().FindAsync(key.CredentialId, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sandbox_Persona_IsMarkedAndOpensTheDesk()
    {
        using var browser = house.Portal.Visitor("en");
        await browser.GetAsync(StaffUrls.SignIn);
        Assert.Contains("Sandbox", browser.Page.Words, StringComparison.Ordinal);
        (await browser.SubmitAsync("staff-sandbox")).ShouldBe(HttpStatusCode.OK).ShouldBeAt("/desk");
        await house.Portal.EventAsync(
            EventKinds.StaffSignedIn,
            e => e.Details?.Contains("sandbox", StringComparison.Ordinal) == true
        );
    }
}
