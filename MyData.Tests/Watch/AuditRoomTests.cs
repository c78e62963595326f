using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Recording;
using MyData.Core.Staff;
using MyData.Core.Watch;
using MyData.Tests.LedgerApi;
using MyData.Tests.Support;
using MyData.Web.Features.Desk;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.Staff;
using MyData.Web.Features.Watch;

namespace MyData.Tests.Watch;

/// <summary>The auditor's room: who gets in, what may be done there by whom, and that what goes out is on record.</summary>
public sealed class AuditRoomTests(ApiHouse house) : IClassFixture<ApiHouse>
{
    private static readonly string[] Pages =
    [
        WatchUrls.Alarms,
        WatchUrls.Records,
        WatchUrls.Incidents,
        WatchUrls.RecordsCsv,
        WatchUrls.RecordsJson,
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Room_ForStrangersCitizensAndTheHelpDesk_IsClosed()
    {
        using var stranger = house.Portal.Visitor();
        using var citizen = house.Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        using var desk = await StaffAsync(StaffRoles.HelpDesk);
        foreach (var page in Pages)
        {
            (await stranger.GetAsync(page)).ShouldBeAt(StaffUrls.SignIn);
            (await citizen.GetAsync(page)).ShouldBeAt(StaffUrls.SignIn);
            Assert.Contains(
                "別的職務",
                (await desk.GetAsync(page)).ShouldBe(HttpStatusCode.Forbidden).Words,
                StringComparison.Ordinal
            );
        }
        foreach (var role in new[] { StaffRoles.Auditor, StaffRoles.Operator })
        {
            using var room = await StaffAsync(role);
            Assert.Equal(WatchUrls.Alarms, room.Page.Path);
            foreach (var page in Pages)
                (await room.GetAsync(page)).ShouldBe(HttpStatusCode.OK);
            (await room.GetAsync(DeskUrls.Complaints)).ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task Alarm_IsSeenAndClosedByAnAuditorAlone_Once()
    {
        var alarm = await RingAsync("test-room");
        using var operating = await StaffAsync(StaffRoles.Operator);
        var page = (await operating.GetAsync(WatchUrls.Alarm(alarm.Id))).ShouldBe(HttpStatusCode.OK);
        // Who runs the platform is watched too: that look silences no mail, which waits, is tried again, or has been sent.
        Assert.DoesNotContain("sandbox-operator", page.Words, StringComparison.Ordinal);
        var unseen = await FindAsync(alarm.Id);
        Assert.Equal((null, null), (unseen.SeenAt, unseen.SeenBy));
        Assert.True(unseen.MailAt is not null || unseen.MailTries > 0, "Silenced.");
        Assert.Empty(page.Html.QuerySelectorAll("#close"));
        Assert.Single(page.Html.QuerySelectorAll("tbody tr"));
        (await operating.PostAsync(WatchUrls.Close(alarm.Id), ("reason", "explained"))).ShouldBe(
            HttpStatusCode.Forbidden
        );

        using var auditor = await StaffAsync(StaffRoles.Auditor);
        var hers = await auditor.GetAsync(WatchUrls.Alarm(alarm.Id));
        Assert.Contains("sandbox-auditor", hers.Words, StringComparison.Ordinal);
        // An unknown reason closes nothing.
        (await auditor.PostAsync(WatchUrls.Close(alarm.Id), ("reason", "because"))).ShouldBeAt(
            WatchUrls.Alarm(alarm.Id)
        );
        Assert.Null((await FindAsync(alarm.Id)).ClosedAt);
        (await auditor.SubmitAsync(hers, "close", ("reason", AlarmReasons.Misuse))).ShouldBeAt(WatchUrls.Alarms);
        (await auditor.SubmitAsync(hers, "close", ("reason", AlarmReasons.Explained))).ShouldBeAt(WatchUrls.Alarms);
        Assert.Equal(AlarmReasons.Misuse, (await FindAsync(alarm.Id)).Reason);
        var events = await house.Portal.EventsAsync();
        var own = events.Where(e => e.Details?.Contains($"{alarm.Id}", StringComparison.Ordinal) == true).ToList();
        Assert.Equal(
            [EventKinds.AlarmRaised, EventKinds.AlarmSeen, EventKinds.AlarmSeen, EventKinds.AlarmClosed],
            own.Select(e => e.Kind)
        );
        Assert.Equal(3, own.Select(e => e.Actor).Distinct().Count());
        Assert.Contains(
            $"{alarm.Id:D}",
            (await auditor.GetAsync($"{WatchUrls.Alarms}?state=closed")).Text,
            StringComparison.Ordinal
        );
        (await auditor.GetAsync(WatchUrls.Alarm(Guid.NewGuid()))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Evidence_Saved_IsVerifiedByTheCommand_AndABentOneIsNot()
    {
        var alarm = await RingAsync("test-evidence");
        using var auditor = await StaffAsync(StaffRoles.Auditor);
        var saved = (await auditor.GetAsync(WatchUrls.Evidence(alarm.Id))).ShouldBe(HttpStatusCode.OK);
        Assert.Equal("application/zip", saved.Headers["Content-Type"]);
        var folder = Directory.CreateTempSubdirectory("mydata-evidence-").FullName;
        var file = Path.Combine(folder, "evidence.zip");
        await File.WriteAllBytesAsync(file, saved.Bytes, Stop);
        Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, file]));
        using (var zip = ZipFile.Open(file, ZipArchiveMode.Update))
        {
            var entry = zip.Entries.Single(one =>
                one.Name.EndsWith(EvidenceBundle.ProofEnding, StringComparison.Ordinal)
            );
            using var reader = new StreamReader(entry.Open());
            var text = await reader.ReadToEndAsync(Stop);
            reader.Close();
            var name = entry.FullName;
            entry.Delete();
            var lines = text.Split('\n');
            var record = Convert.FromBase64String(lines[1]["extra ".Length..]);
            record[^20] ^= 1;
            lines[1] = "extra " + Convert.ToBase64String(record);
            await using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            await writer.WriteAsync(string.Join('\n', lines));
        }
        Assert.Equal(1, await AuditCommand.RunAsync([AuditCommand.Name, file]));
        Directory.Delete(folder, recursive: true);
        var exported = (await house.Portal.EventsAsync()).Where(e => e.Kind == EventKinds.AuditExported);
        Assert.Contains(exported, e => e.Details!.Contains("evidence", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Records_Searched_StandInAddressTableAndFiles()
    {
        var caller = await ApiCaller.NewEd25519("test-listed").RegisterAsync(house.Keys);
        await house.AddAsync(caller.EnvelopeOf("A123456789"));
        await house.AddAsync(ApiCaller.Envelope(caller.Signed(caller.New() with { Result = "denied" })));
        using var auditor = await StaffAsync(StaffRoles.Auditor);
        var page = await auditor.GetAsync($"{WatchUrls.Records}?system=test-listed&res=denied");
        Assert.Single(page.Html.QuerySelectorAll("tbody tr"));
        Assert.Equal("test-listed", page.Single("#system").GetAttribute("value"));
        Assert.DoesNotContain("A123456789", page.Text, StringComparison.Ordinal);

        var csv = await auditor.GetAsync(page.Link("CSV").GetAttribute("href")!);
        var lines = csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains(",denied,", lines[1], StringComparison.Ordinal);
        var json = await auditor.GetAsync($"{WatchUrls.RecordsJson}?system=test-listed&api=household.read");
        var records = JsonNode.Parse(json.Text)!["records"]!.AsArray();
        Assert.Equal(["denied", "ok"], records.Select(one => (string?)one!["entry"]!["res"]));
        var exports = (await house.Portal.EventsAsync()).Count(e => e.Kind == EventKinds.AuditExported);
        Assert.True(exports >= 2);
    }

    private async Task<Alarm> RingAsync(string name)
    {
        var caller = await ApiCaller.NewEd25519(name).RegisterAsync(house.Keys);
        var salt = new byte[32];
        var record = caller.New(salt, "A123456789") with { Reason = "none" };
        await house.AddAsync(ApiCaller.Envelope(caller.Signed(record), salt, "A123456789"));
        await house.Portal.Services.GetRequiredService<Watcher>().CatchUpAsync(Stop);
        var page = await house
            .Portal.Services.GetRequiredService<Alarms>()
            .PageAsync(new() { Code = AlarmCodes.NoConsent }, null, Stop);
        return page.Alarms.Single(alarm => alarm.Subject.StartsWith(name + " ", StringComparison.Ordinal));
    }

    private async Task<Alarm> FindAsync(Guid id) =>
        (await house.Portal.Services.GetRequiredService<Alarms>().FindAsync(id, Stop))!;

    private async Task<CitizenDriver> StaffAsync(string role)
    {
        var browser = house.Portal.Visitor();
        await browser.GetAsync(StaffUrls.SignIn);
        await browser.PostAsync(StaffUrls.Sandbox, ("role", role));
        return browser;
    }
}
