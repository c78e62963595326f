using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Members;
using MyData.Core.Services;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>What an older database brings back of sign-ins and standing consents is again as she left it, by the log's own word.</summary>
public abstract class RestoredChoiceTests(Engine engine) : IAsyncLifetime
{
    private static readonly Guid Session = Guid.Empty;

    private WitnessedHost _all = null!;
    private readonly Guid _citizen = Ids.New();

    public async ValueTask InitializeAsync()
    {
        _all = await WitnessedHost.StartAsync(engine);
        await _all.Host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Add(
                new Citizen
                {
                    Id = _citizen,
                    Pseudonym = $"{_citizen}",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                }
            );
            // Her key of the vault is made with her first record.
            scope.Raise(Agreed("bank"));
        });
    }

    public ValueTask DisposeAsync() => _all.DisposeAsync();

    [Fact]
    public async Task SignIn_ThatSheEndedSince_EndsAgain_AndOneThatSheAgreedToAfterwards_Stays()
    {
        var (goes, stays) = (Signing("bank"), Signing("school"));
        await AddAsync(_all.Host, goes, stays);
        var older = await _all.CopyAsync();
        Assert.True(await _all.Host.Get<Memberships>().EndAsync(_citizen, Session, goes.Id, Stop));
        await _all.Host.PassAsync();
        await _all.EndAsync(null);

        var copy = _all.Open(older);
        Assert.NotNull((await copy.AllAsync<Membership>()).Single(one => one.Id == goes.Id).EndedAt);
        Assert.Null((await copy.AllAsync<Membership>()).Single(one => one.Id == stays.Id).EndedAt);
        var told = Assert.Single(await copy.AllAsync<SecurityEvent>());
        Assert.Equal((goes.ServiceId, SecurityEventTokens.SignInRevoked), (told.ServiceId, told.Kind));
        await WitnessedHost.GoodAsync(copy);

        // She signs in there anew: that is not what the record ended.
        await copy.WriteAsync(scope =>
        {
            var row = scope.Db.Set<Membership>().Single(one => one.Id == goes.Id);
            (row.EndedAt, row.GivenAt) = (null, scope.Now);
            scope.Raise(Agreed("bank"));
        });
        await copy.RestartAsync();
        Assert.Null((await copy.AllAsync<Membership>()).Single(one => one.Id == goes.Id).EndedAt);
    }

    /// <summary>She gave fewer claims since: an older database gives none of the others, and asks her for them anew.</summary>
    [Fact]
    public async Task SignIn_ToWhichSheGaveFewerClaimsSince_GivesNoMore_AndWhatSheAgreesToAfterwards_Stays()
    {
        var (fewer, same) = (Signing("bank", "name birthdate email"), Signing("school", "name birthdate"));
        var request = Request("bank", "name birthdate");
        await AddAsync(_all.Host, fewer, same, request);
        var older = await _all.CopyAsync();
        await _all.Host.WriteAsync(scope => scope.Raise(Agreed("bank", "name email")));
        await _all.Host.PassAsync();
        await _all.EndAsync(null);

        var copy = _all.Open(older);
        Assert.Equal(("name email", "name email"), await ClaimsAsync(copy, fewer));
        Assert.Equal(("name birthdate", "name birthdate"), await ClaimsAsync(copy, same));
        // A token that it had brought back reads no more either.
        Assert.Equal("name", (await copy.AllAsync<MemberRequest>()).Single().Claims);
        var told = (await copy.EventsAsync()).Last(e => e.Kind == EventKinds.MemberAgreed);
        Assert.Contains(
            """
            "claims":["name","email"],"restored":true
            """.Trim(),
            told.Details,
            StringComparison.Ordinal
        );
        await WitnessedHost.GoodAsync(copy);

        var events = (await copy.EventsAsync()).Count;
        await copy.RestartAsync();
        Assert.Equal(events, (await copy.EventsAsync()).Count);
        // Her own word afterwards is the last one.
        await copy.WriteAsync(scope =>
        {
            var row = scope.Db.Set<Membership>().Single(one => one.Id == fewer.Id);
            (row.Claims, row.Asked, row.GivenAt) = ("name birthdate", "name birthdate", scope.Now);
            scope.Raise(Agreed("bank", "name birthdate"));
        });
        await copy.RestartAsync();
        Assert.Equal(("name birthdate", "name birthdate"), await ClaimsAsync(copy, fewer));
    }

    [Fact]
    public async Task StandingConsent_ThatShePausedStruckOrLostSince_IsSoAgain_AndTheRestGoesOn()
    {
        var (paused, resumed, struck, ended, same) = (
            Standing("paused"),
            Standing("resumed"),
            Standing("struck"),
            Standing("ended"),
            Standing("same")
        );
        StandingConsent[] five = [paused, resumed, struck, ended, same];
        await AddAsync(_all.Host, [.. five.Select(RequestOf), .. five]);
        var older = await _all.CopyAsync();
        await _all.Host.WriteAsync(scope =>
        {
            Assert.True(StandingConsents.Pause(scope, paused));
            Assert.True(StandingConsents.Pause(scope, resumed));
            Assert.True(StandingConsents.Strike(scope, struck, "API.one"));
        });
        await ResumeAsync(_all.Host, resumed);
        var ends = _all.Host.Get<StandingEnds>();
        await _all.Host.WriteAsync(scope =>
            Assert.True(ends.End(scope, ended, "A bank", StandingCodes.Reused, ServiceEvents.Of(ended.ServiceId)))
        );
        await _all.Host.PassAsync();
        await _all.EndAsync(null);

        var copy = _all.Open(older);
        Assert.NotNull((await FindAsync(copy, paused)).PausedAt);
        Assert.Null((await FindAsync(copy, resumed)).PausedAt);
        Assert.Equal(["API.one"], (await FindAsync(copy, struck)).StruckSets);
        var over = await FindAsync(copy, ended);
        Assert.NotNull(over.EndedAt);
        Assert.Equal(StandingCodes.Reused, over.Code);
        var untouched = await FindAsync(copy, same);
        Assert.True(untouched is { PausedAt: null, EndedAt: null, Struck: "" });
        // What was under way by the paused one is over: its token is good for nothing.
        var request = (await copy.AllAsync<ServiceRequest>()).Single(one => one.Id == paused.RequestId);
        Assert.Equal((RequestState.Ended, StandingCodes.Paused), (request.State, request.Code));
        string[] told =
        [
            SecurityEventTokens.ConsentPaused,
            SecurityEventTokens.ItemStruck,
            SecurityEventTokens.ConsentEnded,
        ];
        Assert.Equal(told.Order(), (await copy.AllAsync<SecurityEvent>()).Select(one => one.Kind).Order());
        await WitnessedHost.GoodAsync(copy);

        // Her own word afterwards is the last one, also at the next start.
        await ResumeAsync(copy, paused);
        var events = (await copy.EventsAsync()).Count;
        await copy.RestartAsync();
        Assert.Null((await FindAsync(copy, paused)).PausedAt);
        Assert.Equal(events, (await copy.EventsAsync()).Count);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task ResumeAsync(CoreHost host, StandingConsent one) =>
        host.WriteAsync(scope => Assert.True(StandingConsents.Resume(scope, StandingEnds.Find(scope, one.RequestId)!)));

    private static async Task<StandingConsent> FindAsync(CoreHost host, StandingConsent one) =>
        (await host.AllAsync<StandingConsent>()).Single(row => row.RequestId == one.RequestId);

    private static Task AddAsync(CoreHost host, params object[] rows) =>
        host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.AddRange(rows);
        });

    private static async Task<(string Claims, string Asked)> ClaimsAsync(CoreHost host, Membership one)
    {
        var row = (await host.AllAsync<Membership>()).Single(row => row.Id == one.Id);
        return (row.Claims, row.Asked);
    }

    private Event Agreed(string service, string claims = "name") =>
        MemberEvents.Happened(EventKinds.MemberAgreed, MemberEvents.Citizen, _citizen, service, claims: claims);

    private MemberRequest Request(string service, string claims) =>
        new()
        {
            Id = Ids.New(),
            UriHash = service,
            ServiceId = service,
            Content = [],
            State = MemberState.Granted,
            CreatedAt = DateTimeOffset.UtcNow.AddMinutes(-1),
            ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
            CitizenId = _citizen,
            Claims = claims,
        };

    private Membership Signing(string service, string claims = "name") =>
        new()
        {
            Id = Ids.New(),
            CitizenId = _citizen,
            ServiceId = service,
            Claims = claims,
            Asked = claims,
            TermsVersion = 1,
            GivenAt = DateTimeOffset.UtcNow.AddDays(-1),
        };

    private StandingConsent Standing(string name) =>
        new()
        {
            RequestId = Ids.New(),
            CitizenId = _citizen,
            ServiceId = "bank",
            ConsentId = Ids.New(),
            TermsVersion = 1,
            From = DateTimeOffset.UtcNow.AddDays(-1),
            Until = DateTimeOffset.UtcNow.AddDays(30),
            EverySeconds = 86_400,
            Level = AssuranceLevel.LoA2,
            Methods = "oidc",
            AuthTime = DateTimeOffset.UtcNow.AddDays(-1),
            NextAt = DateTimeOffset.UtcNow.AddDays(1),
            KeyThumbprint = "key",
            FamilyHash = name,
            RefreshHash = name,
        };

    private ServiceRequest RequestOf(StandingConsent standing) =>
        new()
        {
            Id = standing.RequestId,
            UriHash = $"{standing.RequestId}",
            ServiceId = standing.ServiceId,
            Content = [],
            State = RequestState.Granted,
            CreatedAt = DateTimeOffset.UtcNow.AddDays(-1),
            ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
            CitizenId = _citizen,
            ConsentId = standing.ConsentId,
            TokenHash = $"{standing.RequestId}",
        };
}

public sealed class SqliteRestoredChoiceTests() : RestoredChoiceTests(Engine.Sqlite);

public sealed class PostgresRestoredChoiceTests() : RestoredChoiceTests(Engine.Postgres);
