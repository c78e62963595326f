using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>What an older database brings back of consents ends again, by the log's own word.</summary>
public abstract class RestoredConsentTests(Engine engine) : IAsyncLifetime
{
    private WitnessedHost _all = null!;

    public async ValueTask InitializeAsync() => _all = await WitnessedHost.StartAsync(engine);

    public ValueTask DisposeAsync() => _all.DisposeAsync();

    /// <summary>What she took back after the backup is taken back again, by the record alone; what she did not, is not.</summary>
    [Fact]
    public async Task Consent_ThatWasTakenBackSince_IsTakenBackAgain_WithWhatWaitedForIt()
    {
        var (citizen, stays, goes) = (Ids.New(), Ids.New(), Ids.New());
        var vault = _all.Host.Get<PersonalDataVault>();
        await _all.Host.WriteAsync(scope =>
        {
            scope.Db.Add(
                new Citizen
                {
                    Id = citizen,
                    Pseudonym = $"{citizen}",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                }
            );
            foreach (var id in (Guid[])[stays, goes])
            {
                scope.Db.Add(Yes(citizen, id, vault, scope.Now));
                scope.Db.Add(Waiting(citizen, id, scope.Now));
                scope.Raise(Of(EventKinds.ConsentGiven, citizen, id));
            }
        });
        var older = await _all.CopyAsync();
        await _all.Host.WriteAsync(scope =>
        {
            Assert.True(Consents.Withdraw(scope, citizen, goes));
            scope.Raise(Of(EventKinds.ConsentWithdrawn, citizen, goes));
        });
        await _all.Host.PassAsync();
        await _all.EndAsync(null);

        var copy = _all.Open(older);
        var after = await copy.AllAsync<ConsentRecord>();
        Assert.NotNull(after.Single(one => one.Id == goes).WithdrawnAt);
        Assert.Null(after.Single(one => one.Id == stays).WithdrawnAt);
        var transfers = await copy.AllAsync<Transfer>();
        Assert.Equal(TransferState.Expired, transfers.Single(one => one.ConsentId == goes).State);
        Assert.Equal(TransferState.Ready, transfers.Single(one => one.ConsentId == stays).State);
        var events = (await copy.EventsAsync()).Count;
        await WitnessedHost.GoodAsync(copy);
        await copy.RestartAsync();
        Assert.Equal(events, (await copy.EventsAsync()).Count);
    }

    private static Event Of(string kind, Guid citizen, Guid consent) =>
        new()
        {
            Kind = kind,
            Actor = "citizen",
            CitizenId = citizen,
            ConsentId = consent,
        };

    private static ConsentRecord Yes(Guid citizen, Guid id, PersonalDataVault vault, DateTimeOffset now) =>
        new()
        {
            Id = id,
            CitizenId = citizen,
            SessionId = Guid.Empty,
            Decision = ConsentDecision.Given,
            Purpose = "loan",
            RecipientKey = "",
            Items = vault.Seal("[]", ConsentRecord.ItemsPurpose, id),
            Receipt = [],
            DecidedAt = now,
        };

    private static Transfer Waiting(Guid citizen, Guid consent, DateTimeOffset now) =>
        new()
        {
            Id = Ids.New(),
            ConsentId = consent,
            CitizenId = citizen,
            DataSetId = "API.x",
            ProviderId = "x",
            SchemaVersion = 1,
            RecipientJwk = "{}",
            ClaimHash = "",
            Level = AssuranceLevel.LoA2,
            Methods = "oidc",
            AuthTime = now,
            State = TransferState.Ready,
            CreatedAt = now,
            ReadyAt = now,
            ExpiresAt = now.AddHours(8),
            DeadlineAt = now.AddHours(1),
        };
}

public sealed class SqliteRestoredConsentTests() : RestoredConsentTests(Engine.Sqlite);

public sealed class PostgresRestoredConsentTests() : RestoredConsentTests(Engine.Postgres);
