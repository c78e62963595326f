using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Core.Watch;
using MyData.Tests.Ledger;
using MyData.Tests.Support;

namespace MyData.Tests.Watch;

/// <summary>What becomes of an alarm: its evidence, its mail, who saw and closed it; and that the watch counts each record once.</summary>
public abstract class AlarmTests(Engine engine)
{
    private Task<WatchHouse> StartAsync(WatchSettings? settings = null) => WatchHouse.StartAsync(settings, engine);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_RestartedAnywhere_CountsEachRecordOnce()
    {
        await using var house = await StartAsync(new() { ClerkAnHour = 30 });
        for (var i = 0; i < 29; i++)
        {
            await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) });
            if (i % 3 == 0)
                await house.CatchUpAsync();
            if (i % 5 == 0)
                await house.Host.RestartAsync();
        }
        await house.NoneAsync(AlarmCodes.Clerk);
        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) });
        await Task.WhenAll(house.CatchUpAsync(), house.CatchUpAsync());
        Assert.Equal(30, (await house.AlarmAsync(AlarmCodes.Clerk)).Count);
        await house.Host.CheckAsync();
    }

    [Fact]
    public async Task Watch_MoreThanARound_IsReadToTheEnd()
    {
        await using var house = await StartAsync(new() { VolumeOfNew = Watcher.Most + 100 });
        for (var i = 0; i < 12; i++)
            await house.ReadAsync(100);
        var alarm = await house.AlarmAsync(AlarmCodes.Volume);
        Assert.Equal(1200, alarm.Count);
        var places = (await house.Host.AllAsync<AlarmRecord>()).Where(place => place.Alarm == alarm.Id);
        Assert.Equal(WatchRound.MostEvidence, places.Count());
        await house.Host.CheckAsync();
    }

    [Fact]
    public async Task Alarm_IsAnEvent_AndSoARecord_AndRingsNoOther()
    {
        await using var house = await StartAsync();
        await house.ReadAsync(1, record => record with { Reason = "none" });
        await house.AlarmAsync(AlarmCodes.NoConsent);
        await house.CatchUpAsync();
        var all = (await house.Host.AllAsync<Alarm>()).Count;
        var records = (await house.Host.AllAsync<LedgerEntryRow>()).Select(row => LedgerRecord.Parse(row.Bytes));
        var raised = records.Where(record => record.Operation == EventKinds.AlarmRaised).ToList();
        Assert.Equal(all, raised.Count);
        Assert.Contains(raised, record => record.Reason == AlarmCodes.NoConsent);
    }

    [Fact]
    public async Task Evidence_HasTheRecordsOfBeforeToo_AndVerifiesOnItsOwn()
    {
        await using var house = await StartAsync(new() { ClerkAnHour = 3 });
        for (var i = 0; i < 3; i++)
        {
            await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) });
            await house.ReadAsync(
                1,
                record => record with { Actor = WatchHouse.Clerk(2), Persons = 0, PersonsHash = null }
            );
            await house.CatchUpAsync();
        }
        var alarm = await house.AlarmAsync(AlarmCodes.Clerk);
        var places = await house.Host.Get<Alarms>().RecordsAsync(alarm.Id, Stop);
        Assert.Equal(3, places.Count);
        using var file = new MemoryStream();
        await house
            .Host.Get<EvidenceBundle>()
            .WriteAsync(
                file,
                places.Select(place => (place.Log, place.Index)),
                [("alarm.json", "{}"u8.ToArray())],
                Stop
            );
        using var zip = new System.IO.Compression.ZipArchive(file);
        var proofs = zip.Entries.Where(entry =>
            entry.Name.EndsWith(EvidenceBundle.ProofEnding, StringComparison.Ordinal)
        );
        Assert.Equal(3, proofs.Count());
        foreach (var entry in proofs)
        {
            var proof = LogProof.Parse(await LogZip.ReadAsync(entry, Stop));
            proof.Verify(house.Host.Policy(), proof.Extra!);
            Assert.Equal(WatchHouse.Clerk(1), LedgerRecord.Parse(proof.Extra!).Actor);
        }
    }

    [Fact]
    public async Task Seen_ThenMoreOfIt_IsNewAgain_AndMailedAgain()
    {
        await using var house = await StartAsync();
        var (alarms, staff) = (house.Host.Get<Alarms>(), Ids.New());
        await house.ReadAsync(1, record => record with { Reason = "none" });
        var alarm = await house.AlarmAsync(AlarmCodes.NoConsent);
        await MailAsync(house);
        Assert.Single(house.Mails, mail => mail.Subject.Contains(AlarmCodes.NoConsent, StringComparison.Ordinal));
        Assert.True(await alarms.OpenAsync(alarm.Id, staff, isAuditor: true, Stop));
        Assert.False(await alarms.OpenAsync(alarm.Id, staff, isAuditor: true, Stop));
        await house.CatchUpAsync();
        Assert.Equal(staff, (await alarms.FindAsync(alarm.Id, Stop))!.SeenBy);

        await house.ReadAsync(1, record => record with { Reason = "none" });
        alarm = await house.AlarmAsync(AlarmCodes.NoConsent);
        Assert.Equal((2L, (DateTimeOffset?)null), (alarm.Count, alarm.SeenAt));
        house.Mails.Clear();
        await MailAsync(house);
        Assert.Single(house.Mails, mail => mail.Subject.Contains(AlarmCodes.NoConsent, StringComparison.Ordinal));
    }

    /// <summary>To open an alarm is a privileged act: an event and a record for each who does, once, and nothing for what is no alarm.</summary>
    [Fact]
    public async Task Opened_ByEachOfTheStaff_IsOnRecordOnceEach_AndSilencesNoMail()
    {
        await using var house = await StartAsync();
        var alarms = house.Host.Get<Alarms>();
        await house.ReadAsync(1, record => record with { Reason = "none" });
        var alarm = await house.AlarmAsync(AlarmCodes.NoConsent);
        var (one, other, auditor) = (Ids.New(), Ids.New(), Ids.New());
        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(n => alarms.OpenAsync(alarm.Id, n % 2 == 0 ? one : other, false, Stop))
        );
        Assert.Null((await alarms.FindAsync(alarm.Id, Stop))!.SeenAt);
        await MailAsync(house);
        Assert.Contains(house.Mails, mail => mail.Subject.Contains(AlarmCodes.NoConsent, StringComparison.Ordinal));
        Assert.True(await alarms.OpenAsync(alarm.Id, auditor, true, Stop));
        await alarms.CloseAsync(alarm.Id, auditor, AlarmReasons.Explained, Stop);
        Assert.False(await alarms.OpenAsync(alarm.Id, one, false, Stop));
        Assert.False(await alarms.OpenAsync(Ids.New(), one, false, Stop));

        var seen = (await house.Host.EventsAsync()).Where(e => e.Kind == EventKinds.AlarmSeen).ToList();
        Assert.Equal(
            new[] { one, other, auditor }.Select(who => $"operator:{who:N}").Order(StringComparer.Ordinal),
            seen.Select(e => e.Actor).Order(StringComparer.Ordinal)
        );
        var records = (await house.Host.AllAsync<LedgerEntryRow>())
            .Select(row => LedgerRecord.Parse(row.Bytes))
            .Where(record => record.Operation == EventKinds.AlarmSeen)
            .ToList();
        Assert.Equal(3, records.Select(record => record.Actor).Distinct().Count());
        Assert.Equal(3, records.Count);
        await house.Host.CheckAsync();
    }

    [Fact]
    public async Task Closed_ThenMoreOfIt_IsAnotherAlarm_OfWhatCameSince()
    {
        await using var house = await StartAsync(new() { ClerkAnHour = 10 });
        var alarms = house.Host.Get<Alarms>();
        await house.ReadAsync(10, record => record with { Actor = WatchHouse.Clerk(1) });
        var first = await house.AlarmAsync(AlarmCodes.Clerk);
        var closed = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => alarms.CloseAsync(first.Id, Ids.New(), AlarmReasons.Explained, Stop))
        );
        Assert.Single(closed, one => one);
        await house.ReadAsync(9, record => record with { Actor = WatchHouse.Clerk(1) });
        await house.AlarmAsync(AlarmCodes.Clerk);
        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) });
        var both = await house.AlarmsAsync(AlarmCodes.Clerk);
        Assert.Equal([10, 10], both.Select(alarm => alarm.Count));
        Assert.Equal([AlarmReasons.Explained, null], both.Select(alarm => alarm.Reason));
        await Assert.ThrowsAsync<ArgumentException>(() => alarms.CloseAsync(both[1].Id, Ids.New(), "because", Stop));
        var events = await house.Host.EventsAsync();
        Assert.Single(events, e => e.Kind == EventKinds.AlarmClosed);
    }

    [Fact]
    public async Task Mail_NotTaken_IsTriedAgainLater_AndSentOnce()
    {
        await using var house = await StartAsync();
        await MailAsync(house);
        house.Mails.Clear();
        house.MailProblem = "mail.unreachable";
        await house.ReadAsync(1, record => record with { Reason = "none" });
        await house.CatchUpAsync();
        await MailAsync(house);
        Assert.Empty(house.Mails);
        house.MailProblem = null;
        // The next try stands in the row; before its time there is none.
        await MailAsync(house);
        Assert.Empty(house.Mails);
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await MailAsync(house);
        await MailAsync(house);
        var mail = Assert.Single(house.Mails);
        Assert.Equal("watch@mydata.example", mail.To);
        Assert.Contains("https://mydata.example/audit/alarms/", mail.Text, StringComparison.Ordinal);
        Assert.Contains("沒有同意", mail.Text, StringComparison.Ordinal);
        Assert.Contains("no consent", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_WhileNothingCanBeWritten_LosesNothing()
    {
        await using var house = await StartAsync();
        await house.ReadAsync(1, record => record with { Reason = "none" });
        using (var stop = new CancellationTokenSource())
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                house.Host.Get<Watcher>().CatchUpAsync(stop.Token)
            );
        }
        await house.AlarmAsync(AlarmCodes.NoConsent);
    }

    private static Task MailAsync(WatchHouse house) => house.Host.Get<AlarmMails>().SendDueAsync(Stop);
}

public sealed class SqliteAlarmTests() : AlarmTests(Engine.Sqlite);

public sealed class PostgresAlarmTests() : AlarmTests(Engine.Postgres);
