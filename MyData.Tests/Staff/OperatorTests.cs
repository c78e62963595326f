using System.IO.Pipes;
using System.Net;
using System.Text;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Staff;
using MyData.Tests.SignIn;
using MyData.Tests.Support;
using MyData.Web.Features.Desk;
using MyData.Web.Features.SignIn;
using MyData.Web.Features.Staff;

namespace MyData.Tests.Staff;

/// <summary>The command <c>operator</c>, beside a running portal: who works here, one more passkey, one fewer, and an end.</summary>
public sealed class OperatorTests(StaffHouse house) : IClassFixture<StaffHouse>
{
    private const int NotDone = 1;
    private const int NotUnderstood = 2;

    [Fact]
    public async Task Remove_EndsPasskeysLinksAndSessions_AndKeepsTheNameWithWhatSheDid()
    {
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        var id = await EnrolAsync(browser, key, "Ms Tsai");
        var (_, number) = await house.ComplaintAsync();
        await browser.GetAsync(DeskUrls.Complaint(number));
        await browser.SubmitAsync("answer", ("answer", "Done."));
        await browser.PressAsync("送出並結案");
        var link = Link("Ms Tsai");

        var removed = Order("remove", "ms tsai");
        Assert.True(removed.ExitCode == 0, removed.Text);
        (await browser.GetAsync(DeskUrls.Complaint(number))).ShouldBeAt(StaffUrls.SignIn);
        var again = await StaffHouse.SignInAsync(browser, key);
        Assert.Contains(PasskeySignIn.Refused, again.Alert, StringComparison.Ordinal);
        using var other = new SoftAuthenticator(browser.Origin);
        var enrolled = await StaffHouse.EnrolAsync(browser, other, link);
        Assert.Contains(StaffPasskeySteps.NotEnrolled, enrolled.Alert, StringComparison.Ordinal);

        var left = await house.Portal.EventAsync(EventKinds.StaffLeft, e => Tells(e, id));
        Assert.DoesNotContain("Tsai", left.Details!, StringComparison.Ordinal);
        using var colleague = await house.OperatorAsync();
        Assert.Contains(
            "Ms Tsai",
            (await colleague.GetAsync(DeskUrls.Complaint(number))).Words,
            StringComparison.Ordinal
        );
        Assert.Contains(", left ", Line("Ms Tsai"), StringComparison.Ordinal);
        Assert.Equal(NotDone, Order("remove", "Ms Tsai").ExitCode);
        Assert.Equal(NotDone, Order("link", "Ms Tsai").ExitCode);
        Assert.Single(await house.Portal.EventsAsync(), e => e.Kind == EventKinds.StaffLeft && Tells(e, id));
    }

    [Fact]
    public async Task Remove_TwentyTimesAtOnce_IsOne()
    {
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        var id = await EnrolAsync(browser, key, "Ms Hsu");
        var stop = TestContext.Current.CancellationToken;
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => house.Get<StaffRoster>().RemoveAsync(id, stop))
        );
        Assert.Single(answers, done => done);
        Assert.Single(await house.Portal.EventsAsync(), e => e.Kind == EventKinds.StaffLeft && Tells(e, id));
    }

    [Fact]
    public async Task Link_GivesAMemberOneMorePasskey_Once()
    {
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        var id = await EnrolAsync(browser, key, "Mr Yang");
        var link = Link("Mr Yang");
        using var second = house.Portal.Visitor();
        using var spare = new SoftAuthenticator(second.Origin);
        (await StaffHouse.EnrolAsync(second, spare, link)).ShouldBeAt(DeskUrls.Complaints);
        await house.Portal.EventAsync(EventKinds.StaffPasskeyAdded, e => e.Actor == $"operator:{id:N}");
        Assert.Single(await house.Portal.EventsAsync(), e => e.Kind == EventKinds.StaffEnrolled && Tells(e, id));
        foreach (var one in new[] { key, spare })
        {
            using var later = house.Portal.Visitor();
            (await StaffHouse.SignInAsync(later, one)).ShouldBeAt(DeskUrls.Complaints);
        }

        using var third = new SoftAuthenticator(second.Origin);
        var refused = await StaffHouse.EnrolAsync(second, third, link);
        Assert.Contains(StaffPasskeySteps.NotEnrolled, refused.Alert, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoke_TakesOnePasskey_SignsHerOut_AndEndsHerLinks()
    {
        using var browser = house.Portal.Visitor();
        using var lost = new SoftAuthenticator(browser.Origin);
        var id = await EnrolAsync(browser, lost, "Ms Kao");
        var found = (await EntryAsync(id)).Passkeys.Single();
        using var second = house.Portal.Visitor();
        using var kept = new SoftAuthenticator(second.Origin);
        await StaffHouse.EnrolAsync(second, kept, Link("Ms Kao"));
        var open = Link("Ms Kao");

        house.Time.Advance(TimeSpan.FromSeconds(1));
        var revoked = Order("revoke", Short(found.Id));
        Assert.True(revoked.ExitCode == 0, revoked.Text);
        Assert.Contains("She has 1 more.", revoked.Text, StringComparison.Ordinal);
        (await browser.GetAsync(DeskUrls.Complaints)).ShouldBeAt(StaffUrls.SignIn);
        (await second.GetAsync(DeskUrls.Complaints)).ShouldBeAt(StaffUrls.SignIn);
        var refused = await StaffHouse.SignInAsync(browser, lost);
        Assert.Contains(PasskeySignIn.Refused, refused.Alert, StringComparison.Ordinal);
        (await StaffHouse.SignInAsync(second, kept)).ShouldBeAt(DeskUrls.Complaints);
        using var third = new SoftAuthenticator(browser.Origin);
        var enrolled = await StaffHouse.EnrolAsync(browser, third, open);
        Assert.Contains(StaffPasskeySteps.NotEnrolled, enrolled.Alert, StringComparison.Ordinal);
        await house.Portal.EventAsync(EventKinds.StaffPasskeyRemoved, e => Tells(e, id));
        Assert.Equal(NotDone, Order("revoke", Short(found.Id)).ExitCode);

        var last = Order("revoke", Short((await EntryAsync(id)).Passkeys.Single().Id));
        Assert.Contains($"'operator link {Short(id)}'", last.Text, StringComparison.Ordinal);
        Assert.Contains("no passkey", Order("list").Text, StringComparison.Ordinal);
        house.Time.Advance(TimeSpan.FromSeconds(1));
        (await StaffHouse.EnrolAsync(browser, third, Link(Short(id)))).ShouldBeAt(DeskUrls.Complaints);
    }

    [Fact]
    public async Task Namesakes_AreToldApartByTheirIds()
    {
        using var browser = house.Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        using var otherKey = new SoftAuthenticator(browser.Origin);
        var first = await EnrolAsync(browser, key, "Mr Chou");
        var second = await EnrolAsync(browser, otherKey, "Mr Chou");
        var both = Order("remove", "Mr Chou");
        Assert.Equal(NotDone, both.ExitCode);
        Assert.Contains(Short(first), both.Text, StringComparison.Ordinal);
        Assert.Contains(Short(second), both.Text, StringComparison.Ordinal);
        Assert.Equal(0, Order("remove", Short(first)).ExitCode);
        Assert.Equal(0, Order("remove", "Mr Chou").ExitCode);
        Assert.NotNull((await EntryAsync(second)).LeftAt);
    }

    [Fact]
    public void Add_AClerkAtAnOfficeThatNoServiceNames_IsRefused()
    {
        var nowhere = Order("add", "Mr Wu", StaffRoles.Clerk, "tnn-nowhere");
        Assert.Equal(NotDone, nowhere.ExitCode);
        Assert.Contains("tnn-hro", nowhere.Text, StringComparison.Ordinal);
        var link = Order("add", "Mr Wu", StaffRoles.Clerk, "tnn-hro");
        Assert.True(link.ExitCode == 0, link.Text);
        Assert.Equal(
            ("Mr Wu", StaffRoles.Clerk, "tnn-hro"),
            house.Get<StaffInvitations>().Read(link.Text.Split('#')[1]) is { } made
                ? (made.Name, made.Role, made.Office)
                : default
        );
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("")]
    [InlineData("aaaa")]
    public void Orders_ForNobody_SayWhereToLook(string who)
    {
        foreach (var verb in new[] { "remove", "link", "revoke" })
        {
            var answer = Order(verb, who);
            Assert.Equal(NotDone, answer.ExitCode);
            Assert.Contains("operator list", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Command_WithoutARunningPortal_SaysSo()
    {
        var answer = OperatorDoor.Ask(
            new() { ConnectionString = $"Data Source={Path.Combine(house.Portal.Folder, "other.db")}" },
            ["list"]
        );
        Assert.Equal(NotDone, answer.ExitCode);
        Assert.Contains("does not run", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "--help")]
    [InlineData(0, "help")]
    [InlineData(0, "add", "--help")]
    [InlineData(NotUnderstood)]
    [InlineData(NotUnderstood, "add")]
    [InlineData(NotUnderstood, "add", "")]
    [InlineData(NotUnderstood, "add", "two\nlines")]
    [InlineData(NotUnderstood, "add", "Ms", "Lin")]
    [InlineData(NotUnderstood, "remove")]
    [InlineData(NotUnderstood, "list", "all")]
    [InlineData(NotUnderstood, "fire", "Ms Lin")]
    public void Command_NotUnderstood_EndsWith2(int exitCode, params string[] words) =>
        Assert.Equal(exitCode, OperatorCommand.Run([OperatorCommand.Name, .. words]));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\n")]
    [InlineData("[1,2]\n")]
    [InlineData("[\"fire\",\"everybody\"]\n")]
    public async Task Door_AfterABadCall_AnswersTheNext(string line)
    {
        var address = Database().Beside("operator");
        if (OperatingSystem.IsWindows())
            Assert.Skip("The address of a socket.");
        await using (var bad = new NamedPipeClientStream(".", address, PipeDirection.InOut))
        {
            await bad.ConnectAsync(TestContext.Current.CancellationToken);
            await bad.WriteAsync(Encoding.UTF8.GetBytes(line), TestContext.Current.CancellationToken);
        }
        Assert.Equal(0, Order("list").ExitCode);
    }

    private static bool Tells(Event happened, Guid id) =>
        happened.Details?.Contains(id.ToString("N"), StringComparison.Ordinal) == true
        || happened.Actor == $"operator:{id:N}";

    private static string Short(Guid id) => id.ToString("N")[^8..];

    private DatabaseSettings Database() => house.Get<DatabaseSettings>();

    private OperatorAnswer Order(params string[] words) => OperatorDoor.Ask(Database(), words);

    // The clock stands still: a link made in the moment of the one that was used would be as dead.
    private string Link(string who)
    {
        house.Time.Advance(TimeSpan.FromSeconds(1));
        var answer = Order("link", who);
        Assert.True(answer.ExitCode == 0, answer.Text);
        Assert.Contains($"{house.Portal.Origin}staff/enrol#", answer.Text, StringComparison.Ordinal);
        return answer.Text.Split('#')[1];
    }

    private string Line(string name) =>
        Order("list").Text.Split('\n').Single(line => line.Contains(name, StringComparison.Ordinal));

    private async Task<Guid> EnrolAsync(CitizenDriver browser, SoftAuthenticator key, string name)
    {
        var invitation = house.Invite(name);
        (await StaffHouse.EnrolAsync(browser, key, invitation)).ShouldBeAt(DeskUrls.Complaints);
        return house.Get<StaffInvitations>().Read(invitation)!.Id;
    }

    private async Task<StaffEntry> EntryAsync(Guid id) =>
        (await house.Get<StaffRoster>().ListAsync(TestContext.Current.CancellationToken)).Single(m => m.Id == id);
}
