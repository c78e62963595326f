using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Core.Staff;
using MyData.Tests.LedgerApi;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>
/// An older database under a witnessed portal: every record comes back before anything is signed, no tag is given twice, and the log goes on
/// as the one that was published (ledger.md, "Faults"; security.md L1, F2).
/// </summary>
public abstract class RecoveryTests(Engine engine) : IAsyncLifetime
{
    protected static readonly Guid[] People =
    [
        .. Enumerable.Range(1, 5).Select(n => new Guid(n, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1)),
    ];
    private WitnessedHost _all = null!;

    public async ValueTask InitializeAsync() => _all = await WitnessedHost.StartAsync(engine);

    public ValueTask DisposeAsync() => _all.DisposeAsync();

    [Theory]
    [InlineData(3, 0)]
    [InlineData(3, 4)]
    [InlineData(300, 700)]
    [InlineData(0, 20_000)]
    public async Task OlderDatabase_GetsItsRecordsBack_AndGoesOn(int before, int lost)
    {
        if (before > 0)
            await _all.Host.RecordAsync(before, People);
        var older = await _all.CopyAsync();
        if (lost > 0)
            await _all.Host.RecordAsync(lost, People);
        var published = await _all.EndAsync(before + lost);

        var copy = _all.Open(older);
        Assert.Equal(before + lost, copy.Log().Tree.Edge.Size);
        Assert.Equal(published.Root.ToArray(), copy.Log().Tree.Edge.Root.ToArray());
        await copy.WitnessAsync();
        await copy.RecordAsync(12, People);
        await copy.PassAsync();
        Assert.Empty((await copy.AuditAsync(published)).Findings);
        await copy.CheckAsync();
        await _all.AllHaveAsync(copy, before + lost + 12);
        var said = (await copy.IncidentsAsync()).Where(one => one.Code == LedgerIncidents.Recovered).ToList();
        Assert.Equal(lost > 0 ? 1 : 0, said.Count);
        Assert.Null(copy.Get<OpenLogs>().Stopped);
    }

    [Fact]
    public async Task Counters_AfterARecovery_GiveNoTagTwice()
    {
        await _all.Host.RecordAsync(10, People);
        var older = await _all.CopyAsync();
        await _all.Host.RecordAsync(50, People);
        await _all.Host.PassAsync();
        await _all.EndAsync(60);
        var copy = _all.Open(older);
        Assert.All(await copy.AllAsync<LedgerCounterRow>(), row => Assert.Equal(12, row.Next));
        await copy.RecordAsync(5, People);
        Assert.Equal(65, (await copy.AllAsync<LedgerTagRow>()).Count);
    }

    [Fact]
    public async Task Account_ThatWasClosedSince_IsClosedAgain_AndSessionsEnd()
    {
        var (stays, closes) = (People[0], People[1]);
        await _all.Host.WriteAsync(scope =>
        {
            foreach (var citizen in (Guid[])[stays, closes])
            {
                scope.Db.Add(Citizen(citizen));
                scope.Db.Add(Session(citizen, scope.Now));
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.SignInSucceeded,
                        Actor = "citizen",
                        CitizenId = citizen,
                    }
                );
            }
        });
        var older = await _all.CopyAsync();
        var sessions = await _all.Host.AllAsync<Session>();
        await _all.Host.Get<AccountClosing>().CloseAsync(closes, sessions.Single(s => s.CitizenId == closes).Id, Stop);
        await _all.Host.PassAsync();
        await _all.EndAsync(null);

        var copy = _all.Open(older);
        Assert.Equal(stays, Assert.Single(await copy.AllAsync<Citizen>()).Id);
        Assert.All(await copy.AllAsync<Session>(), session => Assert.NotNull(session.EndedAt));
        Assert.Null((await copy.AllAsync<LedgerPersonRow>()).Single(p => p.CitizenId == closes).Key);
        Assert.NotNull((await copy.AllAsync<LedgerPersonRow>()).Single(p => p.CitizenId == stays).Key);
        var lines = (await copy.EventsAsync()).Where(e => e.CitizenId == closes).ToList();
        Assert.Contains(lines, line => line.Kind == EventKinds.AccountClosed && line.Details == LostRecords.Details);
        await WitnessedHost.GoodAsync(copy);
        await copy.RestartAsync();
        Assert.Equal(lines.Count, (await copy.EventsAsync()).Count(e => e.CitizenId == closes));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StaffAndKeys_ThatEndedSince_HaveEndedAgain(bool named)
    {
        var (staff, keys) = (_all.Host.Get<StaffMembers>(), _all.Host.Get<ClientKeys>());
        var (stays, leaves) = (Ids.New(), Ids.New());
        await EnrolAsync(staff, stays, 1);
        await EnrolAsync(staff, leaves, 2);
        var (kept, revoked) = (ApiCaller.NewEd25519("city").Key, ApiCaller.NewEd25519("city").Key);
        foreach (var key in (CallerKey[])[kept, revoked])
            Assert.True(await keys.AddAsync("city", key, Stop));
        var older = await _all.CopyAsync();
        if (named)
            Assert.True(await _all.Host.Get<StaffRoster>().RemoveAsync(leaves, Stop));
        else
            // As records were before they named whom.
            await _all.Host.WriteAsync(scope =>
                scope.Raise(new Event { Kind = EventKinds.StaffLeft, Actor = "platform" })
            );
        Assert.True(await keys.RevokeAsync("city", revoked.Kid, Stop));
        await _all.Host.PassAsync();
        await _all.EndAsync(null);

        var copy = _all.Open(older);
        Assert.All(await copy.AllAsync<StaffSession>(), session => Assert.NotNull(session.EndedAt));
        Assert.Equal(named ? [stays] : [], (await copy.AllAsync<StaffPasskey>()).Select(one => one.StaffId));
        Assert.Equal(named, (await copy.AllAsync<StaffMember>()).Single(one => one.Id == leaves).LeftAt is not null);
        Assert.Null((await copy.AllAsync<StaffMember>()).Single(one => one.Id == stays).LeftAt);
        var known = copy.Get<ClientKeys>();
        Assert.NotNull((await known.FindAsync("city", revoked.Kid, Stop))!.RevokedAt);
        Assert.Null((await known.FindAsync("city", kept.Kid, Stop))!.RevokedAt);
        await WitnessedHost.GoodAsync(copy);
    }

    [Fact]
    public async Task Passkey_ThatWasTakenAwaySince_IsGoneAgain_AndNoOther()
    {
        var staff = _all.Host.Get<StaffMembers>();
        var (one, other) = (Ids.New(), Ids.New());
        await EnrolAsync(staff, one, 1);
        await EnrolAsync(staff, other, 2);
        var older = await _all.CopyAsync();
        var lost = (await _all.Host.AllAsync<StaffPasskey>()).Single(passkey => passkey.StaffId == one);
        Assert.True(await _all.Host.Get<StaffRoster>().RemovePasskeyAsync(lost.Id, Stop));
        await _all.Host.PassAsync();
        await _all.EndAsync(null);
        var copy = _all.Open(older);
        Assert.Equal(other, Assert.Single(await copy.AllAsync<StaffPasskey>()).StaffId);
        await WitnessedHost.GoodAsync(copy);
    }

    private static async Task EnrolAsync(StaffMembers staff, Guid id, byte credential)
    {
        var invitation = new StaffInvitation(
            id,
            $"Ms {credential}",
            StaffRoles.Auditor,
            TimeProvider.System.GetUtcNow().AddDays(1)
        );
        var passkey = new NewCredential
        {
            CredentialId = [credential],
            PublicKey = [1],
            SignCount = 0,
            Transports = [],
            IsBackupEligible = false,
            IsBackedUp = false,
        };
        Assert.NotNull(await staff.EnrolAsync(invitation, passkey, Stop));
    }

    [Fact]
    public async Task History_OfSomebodyWithAnAccount_HasALineForEachRecordThatCameBack()
    {
        await _all.Host.WriteAsync(scope =>
        {
            scope.Db.Add(Citizen(People[0]));
            scope.Raise(
                new Event
                {
                    Kind = EventKinds.SignInSucceeded,
                    Actor = "citizen",
                    CitizenId = People[0],
                }
            );
        });
        var older = await _all.CopyAsync();
        await _all.Host.RecordAsync(3, People[0]);
        await _all.Host.PassAsync();
        await _all.EndAsync(4);
        var copy = _all.Open(older);
        var lines = await copy.Get<PersonLedger>().LinesAsync(People[0], Stop);
        Assert.Equal(4, lines.Count);
        Assert.All(lines, line => Assert.NotNull(line.Index));
        var restored = (await copy.EventsAsync()).Where(e => e.Details == LostRecords.Details).ToList();
        Assert.Equal(3, restored.Count);
        Assert.All(restored, e => Assert.Equal((EventKinds.TransferReady, "API.7QovE2Gev6"), (e.Kind, e.DataSetId)));
    }

    [Fact]
    public async Task EmptyDatabase_WithTheKeysAlone_GetsTheWholeLogBack()
    {
        await _all.Host.RecordAsync(600, People);
        await _all.Host.PassAsync();
        await _all.EndAsync(600);
        var folder = Directory.CreateTempSubdirectory("mydata-core-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        File.Copy(
            Path.Combine(_all.Host.Folder, "keys", PlatformKeys.LedgerKeyName),
            Path.Combine(folder, "keys", PlatformKeys.LedgerKeyName)
        );
        var copy = _all.Open(folder);
        Assert.Equal(600, copy.Log().Tree.Edge.Size);
        await WitnessedHost.GoodAsync(copy);
    }

    [Fact]
    public async Task Witnesses_TooFewToKnow_NothingIsRecordedUntilTheyAnswer()
    {
        await _all.Host.RecordAsync(3, People);
        var older = await _all.CopyAsync();
        await _all.Host.RecordAsync(3, People);
        await _all.Host.PassAsync();
        await _all.EndAsync(6);
        for (var n = 0; n < 3; n++)
            await _all.Witnesses[n].StopAsync();
        var copy = _all.Open(older, settings => settings with { WitnessStart = TimeSpan.Zero });
        Assert.Equal("ledger.unheard", copy.Get<OpenLogs>().Waiting?.Code);
        Assert.Equal(Writing.Unavailable, await Refusal.OfAsync(() => copy.RecordAsync(1, People)));
        Assert.Equal(Writing.Unavailable, await Refusal.OfAsync(copy.PassAsync));
        await copy.Get<LogRecovery>().StartAsync(Stop);
        await _all.Witnesses[0].StartAsync();
        await Eventually.HoldsAsync(
            copy.Get<CommittedEvents>(),
            "it opens by itself",
            () => Task.FromResult(copy.Get<OpenLogs>().Current is not null)
        );
        Assert.Equal(6, copy.Log().Tree.Edge.Size);
        await _all.Witnesses[1].StartAsync();
        await _all.Witnesses[2].StartAsync();
        await copy.WitnessAsync();
        await copy.RecordAsync(1, People);
        await copy.PassAsync();
        await copy.CheckAsync();
    }

    [Fact]
    public async Task OlderDatabase_ThatWroteOn_IsAForkAndGetsNothing()
    {
        await _all.Host.RecordAsync(3, People);
        var older = await _all.CopyAsync();
        await _all.Host.RecordAsync(9, People);
        await _all.Host.PassAsync();
        await _all.EndAsync(12);
        await using (var alone = _all.Open(_all.Copy(older), s => s with { Policy = "quorum none\n" }))
        {
            await alone.RecordAsync(1, People);
            older = await _all.TakeAsync(alone);
        }
        var copy = _all.Open(older);
        Assert.Equal(4, copy.Log().Tree.Edge.Size);
        await copy.WitnessAsync();
        await Eventually.HoldsAsync(
            copy.Get<CommittedEvents>(),
            "it stops",
            () => Task.FromResult(copy.Get<OpenLogs>().Stopped is not null)
        );
        Assert.Equal(Writing.Unavailable, await Refusal.OfAsync(copy.PassAsync));
    }

    [Fact]
    public async Task Recovery_ThatIsSwitchedOff_SaysWhatTheCommandWouldDo()
    {
        await _all.Host.RecordAsync(3, People);
        var older = await _all.CopyAsync();
        await _all.Host.RecordAsync(3, People);
        await _all.Host.PassAsync();
        await _all.EndAsync(6);
        var again = _all.Copy(older);
        var refused = Assert.Throws<StartRefusedException>(() => _all.Open(older, s => s with { Recovers = false }));
        Assert.Contains("(ledger.rollback)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ledger recover", refused.Message, StringComparison.Ordinal);
        Assert.Equal(6, _all.Open(again).Log().Tree.Edge.Size);
        Directory.Delete(older.Folder, recursive: true);
    }

    private static Citizen Citizen(Guid id) =>
        new()
        {
            Id = id,
            Pseudonym = $"{id}",
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

    private static Session Session(Guid citizen, DateTimeOffset now) =>
        new()
        {
            CitizenId = citizen,
            TokenHash = $"{citizen}",
            Level = AssuranceLevel.LoA2,
            Methods = "oidc",
            Device = "",
            SignedInAt = now,
            ExpiresAt = now.AddHours(8),
        };

    private protected WitnessedHost All => _all;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;
}

public sealed class SqliteRecoveryTests() : RecoveryTests(Engine.Sqlite)
{
    [Fact]
    public async Task Rows_TakenAwayUnderTheEvents_AreJoinedToTheirEventsAgain()
    {
        await All.Host.RecordAsync(7, People);
        await All.Host.RecordAsync(5, People);
        await All.Host.PassAsync();
        await All.EndAsync(12);
        var cut = PowerCut.Copy(All.Host.Folder);
        Bent.Run(cut, "DELETE FROM ledger_entries WHERE Idx >= 7; DELETE FROM ledger_checkpoints WHERE Size > 7");
        Bent.Run(cut, "DELETE FROM ledger_tags WHERE Entry NOT IN (SELECT Id FROM ledger_entries)");
        var copy = All.Open(cut);
        Assert.Equal(12, (await copy.EventsAsync()).Count);
        await WitnessedHost.GoodAsync(copy);
    }

    [Fact]
    public async Task NewestRoots_TakenAway_ComeBackWithoutARecordTwice()
    {
        await All.Host.RecordAsync(7, People);
        await All.Host.RecordAsync(5, People);
        await All.Host.PassAsync();
        await All.EndAsync(12);
        var cut = PowerCut.Copy(All.Host.Folder);
        Bent.Run(cut, "DELETE FROM ledger_checkpoints WHERE Size > 7");
        var copy = All.Open(cut);
        Assert.Equal(12, copy.Log().Tree.Edge.Size);
        await WitnessedHost.GoodAsync(copy);
    }

    [Fact]
    public async Task Recovery_CutAtEveryMoment_EndsInTheSameLog()
    {
        await All.Host.RecordAsync(3, People);
        var older = await All.CopyAsync();
        await All.Host.RecordAsync(20_000, People);
        var published = await All.EndAsync(20_003);
        var cuts = new List<string>();
        _ = All.Open(older, services: services => Camera.Put(services, () => cuts.Add(PowerCut.Copy(older.Folder))));
        Assert.True(cuts.Count >= 9, $"{cuts.Count} moments.");
        foreach (var cut in cuts)
        {
            await using var after = All.Open(cut);
            Assert.Equal(published.Root.ToArray(), after.Log().Tree.Edge.Root.ToArray());
            await after.RecordAsync(5, People);
            var begins = await after.Log().Tree.RootAsync(0, published.Size, Stop);
            Assert.Equal(published.Root.ToArray(), begins);
            Assert.Equal(20_008, (await after.AllAsync<LedgerTagRow>()).Count);
            Assert.Single(await after.IncidentsAsync(), one => one.Code == LedgerIncidents.Recovered);
        }
    }
}

public sealed class PostgresRecoveryTests() : RecoveryTests(Engine.Postgres);
