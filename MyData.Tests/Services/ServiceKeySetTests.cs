using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.Relying;
using MyData.Web.Sandbox.Subsidy;

namespace MyData.Tests.Services;

/// <summary>A service's keys at its own address: rolled without the platform, asked for seldom, and never lost by a bad answer.</summary>
public sealed class ServiceKeySetTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static readonly ServiceSettings Settings = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Learn_KeyRolled_NewOneCountsAndOldOneNoMore_AndTheAddressIsAskedSeldom()
    {
        await using var site = await KeySite.StartAsync();
        using var world = new World(house, site);
        var (old, next) = (Key("old"), Key("next"));
        site.Answer = JwkSet.ToPublicJson([old]);
        await world.LearnAsync(old);
        Assert.Equal(["old"], world.Kids);

        site.Answer = JwkSet.ToPublicJson([next]);
        await world.LearnAsync(next);
        // Within the time nobody has it asked again, however many unknown keys he names.
        foreach (var nonsense in Enumerable.Range(0, 20))
            await world.LearnAsync(Key($"x{nonsense}"));
        Assert.Equal((1, "old"), (site.Asked, Assert.Single(world.Kids)));

        world.Time.Advance(Settings.KeysAgain);
        await world.LearnAsync(old);
        Assert.Equal(1, site.Asked);
        await world.LearnAsync(next);
        Assert.Equal((2, "next"), (site.Asked, Assert.Single(world.Kids)));
    }

    /// <summary>A key that the service took away stops counting though nobody uses another.</summary>
    [Fact]
    public async Task Learn_SetIsOld_IsAskedForAgain()
    {
        await using var site = await KeySite.StartAsync();
        using var world = new World(house, site);
        var (kept, gone) = (Key("kept"), Key("gone"));
        site.Answer = JwkSet.ToPublicJson([kept, gone]);
        await world.LearnAsync(kept);
        site.Answer = JwkSet.ToPublicJson([kept]);
        world.Time.Advance(Settings.KeysLife);
        await world.LearnAsync(gone);
        Assert.Equal(["kept"], world.Kids);
    }

    public static TheoryData<string, int, string> BadAnswers()
    {
        var (secret, many) = (Key("secret").ToJson(), Enumerable.Range(0, 21).Select(one => Key($"k{one}")));
        return new()
        {
            { "failure", 500, "" },
            { "redirect", 302, "" },
            { "no JSON", 200, "<html>" },
            { "no keys", 200, """{"keys":[]}""" },
            { "a secret one", 200, $$"""{"keys":[{{secret}}]}""" },
            { "too many", 200, JwkSet.ToPublicJson(many) },
            {
                "too large",
                200,
                $$"""{"x":"{{new string('x', 70_000)}}",{{JwkSet.ToPublicJson([Key("large")])[1..]}}"""
            },
            { "only one to open with", 200, JwkSet.ToPublicJson([Jwk.GenerateEc("enc")]) },
        };
    }

    [Theory, MemberData(nameof(BadAnswers))]
    public async Task Learn_BadAnswer_LeavesTheLastGoodSet(string what, int status, string answer)
    {
        await using var site = await KeySite.StartAsync();
        using var world = new World(house, site);
        site.Answer = JwkSet.ToPublicJson([Key("good")]);
        await world.LearnAsync(Key("good"));
        (site.Status, site.Answer) = (status, answer);
        world.Time.Advance(Settings.KeysLife);
        await world.LearnAsync(Key("good"));
        Assert.True(site.Asked >= 2, what);
        Assert.Equal(["good"], world.Kids);
    }

    /// <summary>The platform starts anew while the service's site is away: what the service signs is good still, for a week; a key of nobody's is not.</summary>
    [Fact]
    public async Task Restart_WhileTheSiteIsAway_KnowsTheLastGoodSet_ForAWeek()
    {
        await using var site = await KeySite.StartAsync();
        using var world = new World(house, site);
        site.Answer = JwkSet.ToPublicJson([Key("old")]);
        await world.LearnAsync(Key("old"));
        site.Answer = JwkSet.ToPublicJson([Key("good")]);
        world.Time.Advance(Settings.KeysLife);
        await world.LearnAsync(Key("good"));

        site.Status = 503;
        world.Restart();
        Assert.Empty(world.Kids);
        await world.LearnAsync(Key("good"));
        Assert.Equal(["good"], world.Kids);
        await world.LearnAsync(Key("stranger"));
        Assert.Equal(["good"], world.Kids);

        world.Time.Advance(ServiceKeySet.Longest - TimeSpan.FromMinutes(1));
        world.Restart();
        await world.LearnAsync(Key("good"));
        Assert.Equal(["good"], world.Kids);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(world.Kids);
        world.Restart();
        await world.LearnAsync(Key("good"));
        Assert.Empty(world.Kids);

        site.Status = 200;
        world.Time.Advance(Settings.KeysAgain);
        await world.LearnAsync(Key("good"));
        Assert.Equal(["good"], world.Kids);
    }

    /// <summary>A stranger who names a key that nobody knows, and hangs up: what he made the platform ask for is learnt all the same.</summary>
    [Fact]
    public async Task Learn_WhoeverAskedHangsUp_TheSetIsLearnt()
    {
        await using var site = await KeySite.StartAsync();
        using var world = new World(house, site);
        site.Answer = JwkSet.ToPublicJson([Key("good")]);
        using var stranger = new CancellationTokenSource();
        site.BeforeAnswering = stranger.Cancel;
        try
        {
            await world.LearnAsync(Key("unknown"), stranger.Token);
        }
        catch (OperationCanceledException)
        {
            // He hears nothing of it either way.
        }
        Assert.Equal(["good"], world.Kids);
    }

    /// <summary>An address inside is never connected to, whatever is registered.</summary>
    [Fact]
    public async Task Learn_PrivateAddress_IsNeverAsked()
    {
        await using var site = await KeySite.StartAsync();
        using var world = new World(house, site, admits: false);
        site.Answer = JwkSet.ToPublicJson([Key("inside")]);
        await world.LearnAsync(Key("inside"));
        Assert.Equal(0, site.Asked);
        Assert.Empty(world.Kids);
    }

    [Fact]
    public async Task Push_ByAKeyOfTheSetAlone_IsTaken_AndByAnotherRefused()
    {
        var party = house.Portal.Services.GetRequiredKeyedService<RelyingParty>(SubsidyListing.Root);
        await house.ImportAsync(bank =>
            bank with
            {
                ClientKeys = [],
                JwksUri = SubsidyListing.Root + RelyingParty.KeySet,
            }
        );
        using var service = new ServiceDriver(house.Portal.Origin, BankListing.Id, party.Client);
        Assert.Equal("ok", (await service.PushAsync(service.Request(house.Details()))).Refusal);
        using var other = house.BankDriver();
        Assert.StartsWith(
            "invalid_client",
            (await other.PushAsync(other.Request(house.Details()))).Refusal,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("http://keys.example/jwks.json")]
    [InlineData("https://user@keys.example/jwks.json")]
    [InlineData("https://keys.example/jwks.json#x")]
    [InlineData("//keys.example/jwks.json")]
    public async Task Import_KeySetElsewhereThanHttps_IsRefused(string uri)
    {
        var bank = BankListing.Services(house.Bank)[0] with { JwksUri = uri };
        await Assert.ThrowsAsync<CatalogueException>(() => house.Get<OnlineServices>().ImportAsync([bank], Stop));
    }

    private static Jwk Key(string kid) => Jwk.GenerateEc(kid, "sig");

    /// <summary>One service whose set stands at a site of the test.</summary>
    private sealed class World : IDisposable
    {
        private readonly ProviderHttp _http;
        private readonly Func<ServiceKeySets> _start;
        private readonly OnlineServiceListing _service;
        private ServiceKeySets _sets;

        public World(ServiceHouse house, KeySite site, bool admits = true)
        {
            _http = new ProviderHttp(
                new TransferSettings(),
                new EgressGuard(new Admitting(admits)),
                TimeProvider.System
            );
            _start = () =>
                new ServiceKeySets(
                    _http,
                    site,
                    house.Get<IDbContextFactory<MyDataDb>>(),
                    house.Get<IWriter>(),
                    Settings,
                    Time,
                    NullLogger<ServiceKeySets>.Instance
                );
            _sets = _start();
            var recipient = Jwk.GenerateEc("open");
            _service = BankListing.Services(new BankKeys(recipient, recipient))[0] with
            {
                ClientKeys = [],
                // The database is every test's.
                JwksUri = $"/{Ids.New():N}/jwks.json",
            };
        }

        /// <summary>A process that knows nothing but what is stored.</summary>
        public void Restart() => _sets = _start();

        // The portal's housekeeping goes by the machine's clock.
        public ManualTime Time { get; } = new(TimeProvider.System.GetUtcNow());

        public IEnumerable<string?> Kids => _sets.Of(_service).Select(key => Jwk.Parse(key).Kid);

        /// <summary>As something comes that this key signed.</summary>
        public Task LearnAsync(Jwk key, CancellationToken? asking = null) =>
            _sets.LearnAsync(_service, Jws.Sign(key, JoseNames.Es256, "{}"u8.ToArray(), null), asking ?? Stop);

        public void Dispose() => _http.Dispose();
    }

    private sealed class Admitting(bool admits) : ISandboxAddress
    {
        public bool Admits(string host, int port) => admits;
    }

    private sealed class KeySite(WebApplication app) : IProviderAddresses, IAsyncDisposable
    {
        public string Answer { get; set; } = "";
        public int Status { get; set; } = 200;
        public int Asked { get; private set; }
        public Action BeforeAnswering { get; set; } = () => { };

        public Uri Resolve(string pathOrUrl) => new(new Uri(app.Urls.Single()), pathOrUrl);

        public static async Task<KeySite> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var site = new KeySite(app);
            app.Run(site.AnswerAsync);
            await app.StartAsync(Stop);
            return site;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private Task AnswerAsync(HttpContext http)
        {
            Asked++;
            BeforeAnswering();
            http.Response.StatusCode = Status;
            if (Status == (int)HttpStatusCode.Found)
                http.Response.Headers.Location = "/jwks.json";
            return http.Response.WriteAsync(Answer, Stop);
        }
    }
}
