using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>Persons in the log: unrelated tags to everybody but her, and nothing that leads to her when she has gone (ledger.md, "Tags").</summary>
public abstract class PersonTests(Engine engine) : IAsyncDisposable
{
    private const string Persona = "A299001174";
    private readonly CoreHost _host = new(engine: engine);
    private readonly Guid _citizen = Ids.New();

    public async ValueTask DisposeAsync()
    {
        await _host.CheckAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Tags_OfOnePerson_AreThoseOfHerKeyInOrder()
    {
        for (var i = 0; i < 3; i++)
            await RaiseAsync(EventKinds.SignInSucceeded);
        var key = await KeyAsync();
        var log = _host.Log();
        Assert.Equal(
            Enumerable.Range(0, 3).Select(n => PersonTag.Compute(key, log.Origin, log.Year, n)),
            (await RecordsAsync()).Select(record => record.Tags[0])
        );
    }

    [Fact]
    public async Task ConsentHash_IsHersToShow_AndAnotherInEachRecord()
    {
        var consent = Ids.New();
        await RaiseAsync(EventKinds.TransferDone, consent);
        await RaiseAsync(EventKinds.TransferDone, consent);
        var records = await RecordsAsync();
        Assert.NotEqual(records[0].ConsentHash, records[1].ConsentHash);
        var salt = PersonKeys.Salt(await KeyAsync(), records[1].Id);
        Assert.Equal(SaltedHash.OfConsent(salt, Encoding.ASCII.GetBytes($"{consent:D}")), records[1].ConsentHash);
    }

    [Fact]
    public async Task BodyHashes_AreHersToShow_AndStandInTheRecordAlone()
    {
        var (sent, came) = (SampleRecords.Bytes(32, 5), SampleRecords.Bytes(32, 6));
        await _host.WriteAsync(scope =>
            scope.Raise(
                new Event
                {
                    Kind = EventKinds.TransferReady,
                    Actor = "provider:ris",
                    CitizenId = _citizen,
                    RequestDigest = sent,
                    ResponseDigest = came,
                }
            )
        );
        var record = Assert.Single(await RecordsAsync());
        var salt = PersonKeys.Salt(await KeyAsync(), record.Id);
        Assert.Equal(SaltedHash.OfRequest(salt, sent), record.RequestHash);
        Assert.Equal(SaltedHash.OfResponse(salt, came), record.ResponseHash);
        var stored = Assert.Single(await _host.EventsAsync());
        Assert.Equal((null, null), (stored.RequestDigest, stored.ResponseDigest));
    }

    [Fact]
    public async Task Reader_WhoTriesNumbers_FindsNobody_AndWouldFindAPlainHash()
    {
        var vault = _host.Get<PersonalDataVault>();
        await RaiseAsync(EventKinds.SignInSucceeded, details: $$"""{"methods":"oidc","level":3}""");
        await _host.WriteAsync(scope => scope.Raise(Happened(EventKinds.SubjectRead, Ids.New(), Ids.New())));
        _ = vault.Pseudonym(Persona, "test");
        var log = _host.Log();
        var seen = (await RecordsAsync())
            .SelectMany(record => record.Tags.Append(record.ConsentHash ?? []).Append(record.Actor ?? []))
            .Select(Convert.ToHexString)
            .ToHashSet();
        Assert.Empty(Numbers().Where(number => Guesses(number, log).Any(guess => seen.Contains(guess))));

        seen.Add(Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(Persona)).AsSpan(0, PersonTag.Size)));
        Assert.Equal([Persona], Numbers().Where(number => Guesses(number, log).Any(guess => seen.Contains(guess))));
    }

    [Fact]
    public async Task ClosedAccount_LosesKeyAndCounters_AndOldReceiptsStillVerify()
    {
        await RaiseAsync(EventKinds.SignInSucceeded);
        var key = await KeyAsync();
        var before = (await _host.EventsAsync())[0];
        var receipt = await _host.Get<LedgerReceipts>().ForEventAsync(before.Id, Stop);
        await RaiseAsync(EventKinds.AccountClosed);
        await RaiseAsync(EventKinds.NoticeQueued);

        Assert.Null(Assert.Single(await _host.AllAsync<LedgerPersonRow>()).Key);
        Assert.Empty(await _host.AllAsync<LedgerCounterRow>());
        var log = _host.Log();
        var hers = Enumerable
            .Range(0, 10)
            .Select(n => Convert.ToHexString(PersonTag.Compute(key, log.Origin, log.Year, n)))
            .ToHashSet();
        var records = await RecordsAsync();
        // The closing itself is her last record; what comes of it later leads nowhere.
        Assert.Equal([true, true, false], records.Select(r => hers.Contains(Convert.ToHexString(r.Tags[0]))));
        Assert.Equal(1, records[2].Persons);
        receipt!.Proof.Verify(_host.Policy(), receipt.Entry);
        var again = await _host.Get<LedgerReceipts>().ForEventAsync(before.Id, Stop);
        Assert.Equal(3, again!.Proof.Verify(_host.Policy(), receipt.Entry).Size);
        Assert.Equal(receipt.Entry, again.Entry);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A slice of the numbers that there are, the personas' among them; the whole is in the load tool.</summary>
    private static IEnumerable<string> Numbers() =>
        Enumerable.Range(0, 4000).Select(n => $"A29900{n.ToString("D4", CultureInfo.InvariantCulture)}");

    private static IEnumerable<string> Guesses(string number, OpenLog log)
    {
        var plain = SHA256.HashData(Encoding.ASCII.GetBytes(number));
        yield return Convert.ToHexString(plain);
        yield return Convert.ToHexString(plain.AsSpan(0, PersonTag.Size));
        for (var counter = 0; counter < 3; counter++)
            yield return Convert.ToHexString(PersonTag.Compute(plain, log.Origin, log.Year, counter));
    }

    private Task RaiseAsync(string kind, Guid? consent = null, string? details = null) =>
        _host.WriteAsync(scope => scope.Raise(Happened(kind, _citizen, consent, details)));

    private static Event Happened(string kind, Guid citizen, Guid? consent = null, string? details = null) =>
        new()
        {
            Kind = kind,
            Actor = "citizen",
            CitizenId = citizen,
            ConsentId = consent,
            Details = details,
        };

    private async Task<byte[]> KeyAsync()
    {
        var row = Assert.Single(await _host.AllAsync<LedgerPersonRow>(), p => p.CitizenId == _citizen);
        return _host.Get<PersonKeys>().Open(row.Key!, _citizen);
    }

    private async Task<List<LedgerRecord>> RecordsAsync() =>
        [
            .. (await _host.AllAsync<LedgerEntryRow>())
                .OrderBy(e => e.Index)
                .Select(entry => LedgerRecord.Parse(entry.Bytes)),
        ];
}

public sealed class SqlitePersonTests() : PersonTests(Engine.Sqlite);

public sealed class PostgresPersonTests() : PersonTests(Engine.Postgres);
