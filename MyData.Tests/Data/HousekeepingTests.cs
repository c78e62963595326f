using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Notifications;
using MyData.Core.OpenId;
using MyData.Core.Transfers;
using MyData.Tests.Rules;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

/// <summary>What is over leaves the database, few rows at a time; what somebody may still need stays.</summary>
public abstract class HousekeepingTests(Engine engine) : IAsyncDisposable
{
    private readonly CoreHost _host = new(services => services.AddSingleton(new TransferSettings()), engine: engine);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Clean_ManyRowsThatRanOut_GoInWritesOfFiveHundredAtMost()
    {
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            for (var i = 0; i < 1_201; i++)
                scope.Db.Add(Used($"old {i}", scope.Now.AddSeconds(-1)));
            scope.Db.Add(Used("live", scope.Now.AddMinutes(1)));
        });
        var pruning = _host.Services.GetServices<IPruning>().Single(p => p.Table == "used_assertions");
        var first = await _host.Get<IWriter>().WriteAsync(scope => pruning.Delete(scope, Housekeeping.Most), Stop);
        Assert.Equal(Housekeeping.Most, first);
        Assert.Equal(701, await _host.Get<Housekeeping>().CleanAsync(Stop));
        Assert.Equal("live", Assert.Single(await _host.AllAsync<UsedAssertion>()).TokenId);
        Assert.Equal(0, await _host.Get<Housekeeping>().CleanAsync(Stop));
    }

    [Fact]
    public async Task Clean_Transfers_TakesThoseThatEndedLongAgo()
    {
        var now = _host.Time.GetUtcNow();
        var old = await StoreAsync(TransferState.Done, now);
        var expired = await StoreAsync(TransferState.Expired, now);
        _host.Time.Advance(TimeSpan.FromDays(20));
        var recent = await StoreAsync(TransferState.Failed, _host.Time.GetUtcNow());
        var open = await StoreAsync(TransferState.Ready, ended: null);
        await CleanAsync();
        Assert.Equal(4, (await _host.AllAsync<Transfer>()).Count);
        _host.Time.Advance(TimeSpan.FromDays(11));
        await CleanAsync();
        Assert.Equal([recent, open], (await _host.AllAsync<Transfer>()).Select(t => t.Id).Order());
        Assert.DoesNotContain(await _host.AllAsync<Transfer>(), t => t.Id == old || t.Id == expired);
    }

    [Fact]
    public async Task Clean_Notices_KeepsTheYearAndWhatIsStillToBeSent()
    {
        await NoticeAsync(MailState.Sent);
        await NoticeAsync(MailState.Queued);
        _host.Time.Advance(TimeSpan.FromDays(366));
        await NoticeAsync(MailState.NotWanted);
        await CleanAsync();
        Assert.Equal(
            [MailState.Queued, MailState.NotWanted],
            (await _host.AllAsync<Notice>()).OrderBy(n => n.CreatedAt).Select(n => n.Mail)
        );
    }

    [Fact]
    public async Task Clean_SignInsThatAreOver_GoAfterTheirTimes()
    {
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Add(
                new Challenge
                {
                    Owner = "oidc:x",
                    Value = "v",
                    ExpiresAt = scope.Now.AddMinutes(2),
                }
            );
            scope.Db.Add(new AttemptCounter { Key = "k", At = scope.Now });
            scope.Db.Add(
                new Session
                {
                    CitizenId = Ids.New(),
                    TokenHash = "h",
                    Level = AssuranceLevel.LoA2,
                    Methods = "oidc",
                    Device = "",
                    SignedInAt = scope.Now,
                    ExpiresAt = scope.Now.AddHours(8),
                }
            );
        });
        await CleanAsync();
        Assert.Equal((1, 1, 1), await SignInsAsync());
        _host.Time.Advance(TimeSpan.FromHours(1));
        await CleanAsync();
        Assert.Equal((0, 1, 1), await SignInsAsync());
        _host.Time.Advance(TimeSpan.FromDays(2));
        await CleanAsync();
        Assert.Equal((0, 0, 1), await SignInsAsync());
        _host.Time.Advance(TimeSpan.FromDays(30));
        await CleanAsync();
        Assert.Equal((0, 0, 0), await SignInsAsync());
    }

    /// <summary>A table is pruned, or the README says why it is kept: none grows for ever by being forgotten.</summary>
    [Fact]
    public async Task EveryTable_InTheReadme_IsKeptOrPruned()
    {
        await using var db = await _host
            .Get<Microsoft.EntityFrameworkCore.IDbContextFactory<MyDataDb>>()
            .CreateDbContextAsync(Stop);
        var tables = db
            .Model.GetEntityTypes()
            .Select(entity => entity.FindAnnotation("Relational:TableName")!.Value as string)
            .Order(StringComparer.Ordinal)
            .ToList();
        var rows = Repository
            .Read("MyData.Core/README.md")
            .Split('\n')
            .SkipWhile(line => !line.StartsWith("| table | until", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1], cells => cells[3]);
        Assert.Equal(tables, rows.Keys.Order(StringComparer.Ordinal));
        var pruned = _host.Services.GetServices<IPruning>().Select(p => p.Table).ToHashSet();
        Findings.None(rows.Where(row => (row.Value == "Housekeeping") != pruned.Contains(row.Key)).Select(r => r.Key));
    }

    private async Task<(int Challenges, int Counters, int Sessions)> SignInsAsync() =>
        (
            (await _host.AllAsync<Challenge>()).Count,
            (await _host.AllAsync<AttemptCounter>()).Count,
            (await _host.AllAsync<Session>()).Count
        );

    private Task<int> CleanAsync() => _host.Get<Housekeeping>().CleanAsync(Stop);

    private static UsedAssertion Used(string id, DateTimeOffset expires) =>
        new()
        {
            ClientId = "client",
            TokenId = id,
            ExpiresAt = expires,
        };

    private Task NoticeAsync(MailState mail) =>
        _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Add(
                new Notice
                {
                    Id = Ids.New(),
                    CitizenId = Ids.New(),
                    Kind = NoticeKinds.PasskeyAdded,
                    Parameters = "{}",
                    CreatedAt = scope.Now,
                    Mail = mail,
                }
            );
        });

    private async Task<Guid> StoreAsync(TransferState state, DateTimeOffset? ended)
    {
        var id = Ids.New();
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Add(
                new Transfer
                {
                    Id = id,
                    ConsentId = Ids.New(),
                    CitizenId = Ids.New(),
                    DataSetId = "API.x",
                    ProviderId = "x",
                    SchemaVersion = 1,
                    RecipientJwk = "{}",
                    ClaimHash = "",
                    Level = AssuranceLevel.LoA2,
                    Methods = "oidc",
                    AuthTime = scope.Now,
                    State = state,
                    CreatedAt = scope.Now,
                    DeadlineAt = scope.Now.AddHours(1),
                    EndedAt = ended,
                }
            );
        });
        return id;
    }
}

public sealed class SqliteHousekeepingTests() : HousekeepingTests(Engine.Sqlite);

public sealed class PostgresHousekeepingTests() : HousekeepingTests(Engine.Postgres);
