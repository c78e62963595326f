using System.Reflection;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>The log under every flow: what is raised is recorded, once, in the same transaction, and nothing of it is lost.</summary>
public abstract class RecordingTests(Engine engine) : IAsyncDisposable
{
    private readonly CoreHost _host = new(engine: engine);

    public static TheoryData<string> Kinds =>
        [.. typeof(EventKinds).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];

    public async ValueTask DisposeAsync()
    {
        await _host.CheckAsync();
        await _host.DisposeAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Event_OfAnyKind_IsOneRecordWithAPlace(string kind)
    {
        var citizen = Ids.New();
        await _host.WriteAsync(scope => scope.Raise(Happened(kind, citizen)));
        var entry = Assert.Single(await _host.AllAsync<LedgerEntryRow>());
        var record = LedgerRecord.Parse(entry.Bytes);
        Assert.Equal((0L, kind, "ok"), (entry.Index, record.Operation, record.Result));
        Assert.Equal(1, record.Persons);
        Assert.Single(record.Tags);
    }

    /// <summary>A consent's codes are remembered; not those of one that was never stored.</summary>
    [Fact]
    public async Task Record_OfAConsentWhoseFirstWriteWasUndone_SaysWhatWasStored()
    {
        var undone = Consent(first: "API.undone");
        var stored = Consent(undone.Id);
        await Assert.ThrowsAsync<LedgerException>(() =>
            _host.WriteAsync(scope =>
            {
                scope.Db.Add(undone);
                scope.Raise(Given(undone));
                scope.Raise(Happened(new string('x', 300), undone.CitizenId));
            })
        );
        await _host.WriteAsync(scope =>
        {
            scope.Db.Add(stored);
            scope.Raise(Given(stored));
        });
        for (var again = 0; again < 2; again++)
            await _host.WriteAsync(scope => scope.Raise(Given(stored)));
        var records = await RecordsAsync();
        Assert.Equal(3, records.Count);
        Assert.All(records, record => Assert.Contains("API.a:name", record.Fields));
    }

    [Fact]
    public async Task Record_OfATransfer_SaysWhatTheConsentSays()
    {
        var (consent, citizen) = (Consent(), Ids.New());
        var seal = Convert.ToHexStringLower([.. Enumerable.Repeat((byte)7, 32)]);
        await _host.WriteAsync(scope =>
        {
            scope.Db.Add(consent);
            scope.Raise(Given(consent));
            scope.Raise(
                new Event
                {
                    Kind = EventKinds.TransferReady,
                    Actor = "provider:ris",
                    CitizenId = citizen,
                    ConsentId = consent.Id,
                    DataSetId = "API.a",
                    Details = $$"""{"seal":"{{seal}}","methods":"oidc documents","level":3}""",
                }
            );
        });
        var record = (await RecordsAsync())[1];
        Assert.Equal(("ris/API.a@2", "citizen", "own-use"), (record.From, record.To, record.Reason));
        Assert.Equal(["name", "birthdate"], record.Fields);
        Assert.Equal("oidc documents/3", record.Identity);
        Assert.Equal(Convert.FromHexString(seal), record.SealDigest);
        Assert.NotNull(record.ConsentHash);
        Assert.Equal(["API.a:name", "API.a:birthdate", "API.b:salary"], (await RecordsAsync())[0].Fields);
    }

    [Fact]
    public async Task Record_OfAnOperator_NamesNobodyToAReader()
    {
        var staff = $"operator:{Ids.New():D}";
        await _host.WriteAsync(scope => scope.Raise(new Event { Kind = "complaint.read", Actor = staff }));
        var entry = Assert.Single(await _host.AllAsync<LedgerEntryRow>());
        var record = LedgerRecord.Parse(entry.Bytes);
        Assert.Equal(("staff", 0, 32), (record.To, record.Persons, record.Actor!.Length));
        Assert.DoesNotContain(staff[9..], System.Text.Encoding.UTF8.GetString(entry.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_OfAPrivilegedAct_SaysTheReasonOfItsOwn()
    {
        await _host.WriteAsync(scope =>
            scope.Raise(
                new Event
                {
                    Kind = EventKinds.ComplaintOpened,
                    Actor = $"operator:{Ids.New():N}",
                    CitizenId = Ids.New(),
                    Details = """{"number":"C-1","why":"to-answer"}""",
                }
            )
        );
        var record = Assert.Single(await RecordsAsync());
        Assert.Equal(("to-answer", "staff", 1), (record.Reason, record.To, record.Persons));
        Assert.NotNull(record.Actor);
    }

    [Fact]
    public async Task Notes_OneAMinute_StandWithTheirRows_AndTheNewestIsTheFile()
    {
        var keeper = _host.Get<TileKeeper>();
        foreach (var wait in (int[])[0, 10, 10, 60, 1])
        {
            _host.Time.Advance(TimeSpan.FromSeconds(wait));
            await _host.WriteAsync(scope => scope.Raise(Happened("one", Ids.New())));
            await keeper.StoreAsync(TestContext.Current.CancellationToken);
        }
        var rows = await _host.AllAsync<LedgerCheckpointRow>();
        Assert.Equal([1, 4], rows.Where(row => row.Note is not null).Select(row => row.Size));
        foreach (var row in rows.Where(row => row.Note is not null))
        {
            var note = SignedNote.Parse(row.Note);
            Assert.Single(note.SignedBy(_host.Log().Signer.Verifier));
            Assert.Equal(row.Root, Checkpoint.Parse(note.Text.Span).Root.ToArray());
        }
        var newest = await _host.Log().Files.ReadAsync(ILogReader.Checkpoint, TestContext.Current.CancellationToken);
        Assert.Equal(_host.Log().Published!.Note.ToBytes(), newest);
    }

    [Fact]
    public async Task Write_ThatFails_LeavesNeitherEventNorRecordNorPlace()
    {
        var citizen = Ids.New();
        await _host.WriteAsync(scope => scope.Raise(Happened("first", citizen)));
        await Assert.ThrowsAsync<FormatException>(() =>
            _host.WriteAsync(scope =>
            {
                scope.Raise(Happened("lost", citizen));
                throw new FormatException();
            })
        );
        // The record itself is refused here, after the rows were stored.
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            _host.WriteAsync(scope => scope.Raise(Happened(new string('x', 300), citizen)))
        );
        Assert.Equal("record.too_long", refused.Code);
        await _host.WriteAsync(scope => scope.Raise(Happened("second", citizen)));
        Assert.Equal(["first", "second"], (await RecordsAsync()).Select(r => r.Operation));
    }

    [Fact]
    public async Task Writers_FiftyAtOnce_GetOneDenseOrder()
    {
        var people = Enumerable.Range(0, 50).Select(_ => Ids.New()).ToList();
        await Task.WhenAll(
            people.Select(citizen =>
                Task.Run(async () =>
                {
                    for (var i = 0; i < 8; i++)
                        await _host.WriteAsync(scope => scope.Raise(Happened($"n{i}", citizen)));
                })
            )
        );
        Assert.Equal(400, (await RecordsAsync()).Count);
        Assert.Equal(400, _host.Log().Published!.Checkpoint.Size);
        await _host.Get<TileKeeper>().StoreAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_host.Log().Tree.Pending);
        await _host.RestartAsync();
        Assert.Equal(400, _host.Log().Published!.Checkpoint.Size);
    }

    [Fact]
    public async Task Year_ThatEnds_BeginsAnotherLog()
    {
        await _host.WriteAsync(scope => scope.Raise(Happened("old", Ids.New())));
        var before = _host.Log();
        _host.Time.Advance(TimeSpan.FromDays(365));
        await _host.WriteAsync(scope => scope.Raise(Happened("new", Ids.New())));
        Assert.Equal(before.Year + 1, _host.Log().Year);
        Assert.EndsWith($"/ledger/{before.Year + 1}", _host.Log().Origin, StringComparison.Ordinal);
        var old = (await _host.EventsAsync())[0];
        var receipt = await _host.Get<LedgerReceipts>().ForEventAsync(old.Id, TestContext.Current.CancellationToken);
        Assert.Equal(before.Published, _host.Get<OpenLogs>().Find(before.Year)!.Published);
        Assert.Equal(0, receipt!.Proof.Index);
        // Both are there after a restart, and a clock that is set back goes on with the newer one.
        _host.Time.Advance(-TimeSpan.FromDays(300));
        await _host.RestartAsync();
        await _host.WriteAsync(scope => scope.Raise(Happened("late", Ids.New())));
        Assert.Equal(before.Year + 1, _host.Log().Year);
        Assert.Equal(2, _host.Log().Published!.Checkpoint.Size);
        receipt = await _host.Get<LedgerReceipts>().ForEventAsync(old.Id, TestContext.Current.CancellationToken);
        Assert.Equal(before.Origin, Checkpoint.Parse(receipt!.Proof.Checkpoint.Text.Span).Origin);
    }

    private async Task<List<LedgerRecord>> RecordsAsync() =>
        [
            .. (await _host.AllAsync<LedgerEntryRow>())
                .OrderBy(e => e.Index)
                .Select(entry => LedgerRecord.Parse(entry.Bytes)),
        ];

    private static Event Happened(string kind, Guid citizen) =>
        new()
        {
            Kind = kind,
            Actor = "citizen",
            CitizenId = citizen,
        };

    private static Event Given(ConsentRecord consent) =>
        new()
        {
            Kind = EventKinds.ConsentGiven,
            Actor = "citizen",
            CitizenId = consent.CitizenId,
            ConsentId = consent.Id,
        };

    private ConsentRecord Consent(Guid? known = null, string first = "API.a")
    {
        var id = known ?? Ids.New();
        var items = $$$"""
            [{"DataSet":"{{{first}}}","SchemaVersion":2,"Provider":"ris","Fields":["name","birthdate"],"Parameters":{"year":"114"}},
             {"DataSet":"API.b","SchemaVersion":1,"Provider":"bli","Fields":["salary"],"Parameters":{}}]
            """;
        return new()
        {
            Id = id,
            CitizenId = Ids.New(),
            SessionId = Ids.New(),
            Decision = ConsentDecision.Given,
            Purpose = Purposes.OwnUse,
            RecipientKey = "key",
            Items = _host.Get<PersonalDataVault>().Seal(items, ConsentRecord.ItemsPurpose, id),
            Receipt = [],
            DecidedAt = DateTimeOffset.UnixEpoch,
        };
    }
}

public sealed class SqliteRecordingTests() : RecordingTests(Engine.Sqlite);

public sealed class PostgresRecordingTests() : RecordingTests(Engine.Postgres);
