using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Core.Transfers;
using MyData.Core.Watch;
using MyData.Tests.Support;

namespace MyData.Tests.Watch;

/// <summary>Each rule of the watch: what rings, and right beside it what must not.</summary>
public abstract class WatchRuleTests(Engine engine)
{
    private Task<WatchHouse> StartAsync(WatchSettings? settings = null) => WatchHouse.StartAsync(settings, engine);

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Clerk_WithManyPersonsInAnHour_Rings_SpreadOverTheDayOrManyClerksDoNot()
    {
        await using var house = await StartAsync();
        for (byte clerk = 0; clerk < 5; clerk++)
            await house.ReadAsync(59, record => record with { Actor = WatchHouse.Clerk(clerk) });
        await house.NoneAsync(AlarmCodes.Clerk);
        house.Time.Advance(Hour);
        await house.ReadAsync(59, record => record with { Actor = WatchHouse.Clerk(0) });
        // A machine's readings have nobody behind them.
        await house.ReadAsync(300);
        await house.NoneAsync(AlarmCodes.Clerk);

        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(0) });
        var alarm = await house.AlarmAsync(AlarmCodes.Clerk);
        Assert.Equal(60, alarm.Count);
        Assert.StartsWith("city-test ", alarm.Subject, StringComparison.Ordinal);
        await house.NoneAsync(AlarmCodes.ClerkDay);
    }

    [Fact]
    public async Task Clerk_OverADay_RingsWhereNoHourDid()
    {
        await using var house = await StartAsync();
        for (var hour = 0; hour < 6; hour++)
        {
            await house.ReadAsync(50, record => record with { Actor = WatchHouse.Clerk(1) });
            if (hour == 4)
                await house.NoneAsync(AlarmCodes.ClerkDay);
            house.Time.Advance(Hour);
        }
        Assert.Equal(300, (await house.AlarmAsync(AlarmCodes.ClerkDay)).Count);
        await house.NoneAsync(AlarmCodes.Clerk);
    }

    [Fact]
    public async Task Clerk_RecordWithManyPersons_CountsEachOfThem()
    {
        await using var house = await StartAsync(new() { ClerkAnHour = 4 });
        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) }, "B299003366", "A299001174");
        await house.NoneAsync(AlarmCodes.Clerk);
        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) }, "B299003366", "A299001174");
        Assert.Equal(4, (await house.AlarmAsync(AlarmCodes.Clerk)).Count);
    }

    [Fact]
    public async Task Odd_ByHandInTheNight_RingsOnceANight_ByDayOrByMachineNever()
    {
        await using var house = await StartAsync();
        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) });
        // From nine in the morning to two in the night.
        house.Time.Advance(17 * Hour);
        await house.ReadAsync(20);
        await house.NoneAsync(AlarmCodes.Odd);
        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) });
        var first = await house.AlarmAsync(AlarmCodes.Odd);
        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) });
        Assert.Equal((first.Id, 2L), ((await house.AlarmAsync(AlarmCodes.Odd)) is var a ? (a.Id, a.Count) : default));
        // Six o'clock is day.
        house.Time.Advance(4 * Hour);
        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(2) });
        await house.AlarmAsync(AlarmCodes.Odd);
        house.Time.Advance(16 * Hour);
        await house.ReadAsync(1, record => record with { Actor = WatchHouse.Clerk(1) });
        Assert.Equal(2, (await house.AlarmsAsync(AlarmCodes.Odd)).Count);
    }

    [Fact]
    public async Task Odd_HelpDeskAtNight_RingsFromThePlatformsOwnRecords()
    {
        await using var house = await StartAsync();
        house.Time.Advance(17 * Hour);
        await house.RaiseAsync(EventKinds.ComplaintOpened, "operator:aa", citizen: Ids.New());
        Assert.StartsWith("mydata ", (await house.AlarmAsync(AlarmCodes.Odd)).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Volume_AgainstItsOwnBusiestHour_NotAgainstOthers()
    {
        await using var house = await StartAsync(new() { VolumeAtLeast = 20, VolumeOfNew = 200 });
        // Who is new has no history to be compared with.
        await house.ReadAsync(60);
        house.Time.Advance(25 * Hour);
        // Three times the busiest hour is 180: a busy day is none yet.
        await house.ReadAsync(179);
        await house.NoneAsync(AlarmCodes.Volume);
        // Another data set of the same system is new itself.
        await house.ReadAsync(60, record => record with { From = "fia/income@1" });
        await house.NoneAsync(AlarmCodes.Volume);
        await house.ReadAsync(1);
        var alarm = await house.AlarmAsync(AlarmCodes.Volume);
        Assert.Equal(("city-test ris/household@3", 180L), (alarm.Subject, alarm.Count));
        // What rang is its busiest hour now.
        house.Time.Advance(Hour);
        await house.ReadAsync(300);
        await house.AlarmAsync(AlarmCodes.Volume);
    }

    [Fact]
    public async Task Volume_RecordsThatClaimToBeOlder_CountWhereTheyCome()
    {
        await using var house = await StartAsync(new() { VolumeOfNew = 30 });
        await house.ReadAsync(1);
        for (var hour = 1; hour < 5; hour++)
            await house.ReadAsync(6, record => record with { Time = house.Time.GetUtcNow() - hour * Hour });
        await house.NoneAsync(AlarmCodes.Volume);
        await house.ReadAsync(5, record => record with { Time = house.Time.GetUtcNow() - 5 * Hour });
        Assert.Equal(30, (await house.AlarmAsync(AlarmCodes.Volume)).Count);
    }

    [Fact]
    public async Task Refused_ManyAndMost_Ring_ManyAmongMoreDoNot()
    {
        await using var house = await StartAsync();
        await house.ReadAsync(40);
        await house.ReadAsync(39, record => record with { Result = "denied" });
        await house.NoneAsync(AlarmCodes.Refused);
        await house.ReadAsync(1, record => record with { Result = "denied" });
        var alarm = await house.AlarmAsync(AlarmCodes.Refused);
        Assert.Equal(("city-test household", 40L), (alarm.Subject, alarm.Count));
        // Fewer than thirty are nobody's attack, whatever their part.
        house.Time.Advance(Hour);
        await house.ReadAsync(29, record => record with { Result = "denied", Operation = "income.read" });
        await house.AlarmAsync(AlarmCodes.Refused);
    }

    [Fact]
    public async Task Refused_AtTheStaffsDoor_RingsEarlier()
    {
        await using var house = await StartAsync();
        await house.RaiseAsync(EventKinds.StaffRefused, "unknown", "passkey.refused", times: 4);
        await house.RaiseAsync(EventKinds.SignInRefused, "unknown", "signin.no", times: 20);
        await house.NoneAsync(AlarmCodes.Refused);
        await house.RaiseAsync(EventKinds.StaffRefused, "unknown", "passkey.refused");
        Assert.Equal("mydata staff", (await house.AlarmAsync(AlarmCodes.Refused)).Subject);
    }

    [Fact]
    public async Task Canary_EachReading_Rings_AndSoDoesOneOfBeforeTheRestart()
    {
        await using var house = await StartAsync(new() { Canaries = [WatchHouse.Canary] });
        await house.ReadAsync(5);
        await house.NoneAsync(AlarmCodes.Canary);
        await house.ReadAsync(1, null, WatchHouse.Canary);
        await house.ReadAsync(3);
        await house.ReadAsync(1, record => record with { Result = "denied" }, "B299003366", WatchHouse.Canary);
        var alarm = await house.AlarmAsync(AlarmCodes.Canary);
        Assert.Equal(("city-test", 2L), (alarm.Subject, alarm.Count));
        var places = await house.Host.AllAsync<AlarmRecord>();
        Assert.Equal(2, places.Count(place => place.Alarm == alarm.Id));

        await house.Host.RestartAsync();
        await house.ReadAsync(1, null, WatchHouse.Canary);
        Assert.Equal(3, (await house.AlarmAsync(AlarmCodes.Canary)).Count);
        // Each process took the key out of the vault once, and said so.
        Assert.Equal(2, (await house.Host.EventsAsync()).Count(e => e.Kind == EventKinds.VaultOpened));
    }

    [Fact]
    public async Task Consent_NoneAndNoKnownBasis_Rings_EitherOfThemDoesNot()
    {
        await using var house = await StartAsync();
        await house.ReadAsync(3);
        await house.ReadAsync(3, record => record with { Reason = "service-7", ConsentHash = new byte[32] });
        await house.ReadAsync(3, record => record with { Reason = "service-7", Result = "denied" });
        await house.ReadAsync(3, record => record with { Reason = "service-7", Persons = 0, PersonsHash = null });
        await house.NoneAsync(AlarmCodes.NoConsent);
        await house.ReadAsync(1, record => record with { Reason = "service-7" });
        Assert.Equal("city-test ris/household@3", (await house.AlarmAsync(AlarmCodes.NoConsent)).Subject);
    }

    /// <summary>A name costs nothing: only the platform's own side of the same transfer makes a report one that stands on its consent.</summary>
    [Theory]
    [InlineData("same", false)]
    [InlineData("none", true)]
    [InlineData("other sender", true)]
    [InlineData("other data set", true)]
    [InlineData("other person", true)]
    [InlineData("no consent", true)]
    [InlineData("before it", true)]
    [InlineData("long after it", true)]
    public async Task NoConsent_OfATransfersReport_RingsUnlessItPairs(string side, bool rings)
    {
        await using var house = await StartAsync();
        var (id, now) = (Ids.New(), house.Time.GetUtcNow());
        if (side != "none")
            await house.Host.WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope.Db.Add(
                    new TransferSide
                    {
                        ReportId = id,
                        TransferId = Ids.New(),
                        ConsentId = side == "no consent" ? null : Ids.New(),
                        // Nobody whom the record names.
                        CitizenId = side == "other person" ? Ids.New() : null,
                        Operation = TransferReport.Sent,
                        Client = side == "other sender" ? "sandbox-ris" : "city-test",
                        From = side == "other data set" ? "ris/household@2" : "ris/household@3",
                        CalledAt = side == "before it" ? now.AddHours(1) : now.AddDays(-3),
                        DueAt = side == "long after it" ? now.AddDays(-2) : now.AddHours(1),
                    }
                );
            });
        await house.ReadAsync(
            1,
            record => record with { Id = id, Operation = TransferReport.Sent, Reason = "own-use" }
        );
        Assert.Equal(rings ? 1 : 0, (await house.AlarmsAsync(AlarmCodes.NoConsent)).Count);
    }

    [Fact]
    public async Task Privileged_EachKindOfAct_IsAnAlarm_OrdinaryWorkIsNot()
    {
        await using var house = await StartAsync();
        // That a system was registered is one.
        Assert.Equal(EventKinds.LedgerKeyAdded, (await house.AlarmAsync(AlarmCodes.Privileged)).Subject);
        await house.RaiseAsync(EventKinds.StaffSignedIn, "operator:aa");
        await house.RaiseAsync(EventKinds.SignInSucceeded, "citizen", citizen: Ids.New());
        await house.AlarmAsync(AlarmCodes.Privileged);
        await house.RaiseAsync(EventKinds.StaffEnrolled, "operator:aa");
        await house.RaiseAsync(EventKinds.StaffEnrolled, "operator:bb");
        var alarms = await house.AlarmsAsync(AlarmCodes.Privileged);
        Assert.Equal(
            [(EventKinds.LedgerKeyAdded, 1L), (EventKinds.StaffEnrolled, 2L)],
            alarms.Select(alarm => (alarm.Subject, alarm.Count))
        );
    }

    [Fact]
    public async Task Incident_OfTheLog_IsOneAlarm_WithoutOneThereIsNone()
    {
        await using var house = await StartAsync();
        await house.NoneAsync(AlarmCodes.Incident);
        var silent = new Incident("witness.silent", "It has not answered.") { Witness = "city" };
        await house.Host.Get<LedgerIncidents>().AddAsync(silent, TestContext.Current.CancellationToken);
        Assert.Equal("witness.silent city", (await house.AlarmAsync(AlarmCodes.Incident)).Subject);
        await house.Host.RestartAsync();
        await house.AlarmAsync(AlarmCodes.Incident);
        await house.Host.Get<AlarmMails>().SendDueAsync(TestContext.Current.CancellationToken);
        Assert.Contains(house.Mails, mail => mail.Subject.Contains("witness.silent city", StringComparison.Ordinal));
    }

    /// <summary>A day of a normal office: nothing rings, or nobody will look any more.</summary>
    [Fact]
    public async Task NormalDays_RingNothing()
    {
        await using var house = await StartAsync(new() { Canaries = [WatchHouse.Canary] });
        var before = (await house.Host.AllAsync<Alarm>()).Count;
        for (var hour = 0; hour < 40; hour++)
        {
            var open = house.Time.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).Hour is >= 8 and < 18;
            for (byte clerk = 0; open && clerk < 4; clerk++)
                await house.ReadAsync(20, record => record with { Actor = WatchHouse.Clerk(clerk) });
            await house.ReadAsync(30);
            await house.ReadAsync(2, record => record with { Result = "denied" });
            await house.RaiseAsync(EventKinds.TransferReady, "provider:ris", citizen: Ids.New(), times: 5);
            await house.RaiseAsync(EventKinds.SignInRefused, "unknown", "signin.no", times: 3);
            await house.CatchUpAsync();
            house.Time.Advance(Hour);
        }
        Assert.Equal(before, (await house.Host.AllAsync<Alarm>()).Count);
    }
}

public sealed class SqliteWatchRuleTests() : WatchRuleTests(Engine.Sqlite);

public sealed class PostgresWatchRuleTests() : WatchRuleTests(Engine.Postgres);
