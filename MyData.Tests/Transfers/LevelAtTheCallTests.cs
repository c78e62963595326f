using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.OpenId;
using MyData.Core.Transfers;
using MyData.Tests.Catalog;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>What a data set wants and is, is judged when its provider is called, not before (security.md R14).</summary>
public sealed class LevelAtTheCallTests : IAsyncDisposable
{
    private readonly Slow _slow = new();
    private readonly CoreHost _host;
    private readonly Guid _citizen = Ids.New();

    public LevelAtTheCallTests() =>
        _host = new CoreHost(services =>
        {
            services.RemoveAll<IProviderWire>();
            services.AddSingleton<IProviderWire>(provider =>
            {
                _slow.Tokens = () => provider.GetRequiredService<TransferTokens>();
                return _slow;
            });
            services.AddSingleton(new TransferSettings { CallsPerProvider = 1 });
            services.AddSingleton<IIssuer, Here>().AddSingleton<IProviderAddresses, Here>();
        });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Level_RaisedWhileATransferWaitsForRoom_IsNeverCalled()
    {
        await _host.Get<Catalogue>().ImportAsync(SampleListings.All, Token);
        var (first, second) = (await StoreAsync(), await StoreAsync());
        var calls = _host.Get<TransferCall>();
        var running = calls.RunAsync(first, Token);
        await _slow.Called.Task;
        var waiting = calls.RunAsync(second, Token);
        await _host.Get<Catalogue>().ImportAsync([.. SampleListings.All.Select(Raised)], Token);
        _slow.Answer.SetResult();
        await Task.WhenAll(running, waiting);

        var transfers = await _host.AllAsync<Transfer>();
        Assert.Equal(TransferState.Empty, transfers.Single(t => t.Id == first).State);
        Assert.Equal(TransferCodes.LevelTooLow, transfers.Single(t => t.Id == second).Code);
        Assert.Equal(1, _slow.Calls);
    }

    [Fact]
    public async Task Method_ThatTheOwnerNoLongerAccepts_IsNeverCalled()
    {
        var id = await StoreAsync();
        await _host.Get<Catalogue>().ImportAsync([.. SampleListings.All.Select(WithoutOidc)], Token);
        await _host.Get<TransferCall>().RunAsync(id, Token);
        Assert.Equal(TransferCodes.MethodRefused, (await _host.AllAsync<Transfer>()).Single().Code);
        Assert.Equal(0, _slow.Calls);
    }

    [Theory]
    [InlineData("another", 1, WireFormat.Native, false)]
    [InlineData(null, 2, WireFormat.Native, false)]
    [InlineData(null, 1, WireFormat.National, false)]
    [InlineData(null, 1, WireFormat.Native, true)]
    [InlineData(null, 1, null, true)]
    public async Task DataSet_ThatIsNotTheOneAgreedTo_IsNeverCalled(
        string? provider,
        int version,
        WireFormat? wire,
        bool called
    )
    {
        await _host.Get<Catalogue>().ImportAsync(SampleListings.All, Token);
        var id = await StoreAsync(provider, version, wire);
        _slow.Answer.SetResult();
        await _host.Get<TransferCall>().RunAsync(id, Token);
        Assert.Equal(called ? null : TransferCodes.Changed, (await _host.AllAsync<Transfer>()).Single().Code);
        Assert.Equal(called ? 1 : 0, _slow.Calls);
    }

    private static ProviderListing WithoutOidc(ProviderListing provider) =>
        provider with
        {
            DataSets = [.. provider.DataSets.Select(set => set with { Methods = ["documents"] })],
        };

    private static ProviderListing Raised(ProviderListing provider) =>
        provider with
        {
            DataSets = [.. provider.DataSets.Select(set => set with { Level = AssuranceLevel.LoA4 })],
        };

    private async Task<Guid> StoreAsync(string? provider = null, int version = 1, WireFormat? wire = null)
    {
        var (id, consent) = (Ids.New(), Ids.New());
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Add(ConsentOf(scope, consent, wire));
            scope.Db.Add(TransferOf(scope, id, consent, provider, version));
        });
        return id;
    }

    private ConsentRecord ConsentOf(WriteScope scope, Guid id, WireFormat? wire) =>
        new()
        {
            Id = id,
            CitizenId = _citizen,
            SessionId = Ids.New(),
            Decision = ConsentDecision.Given,
            Purpose = Purposes.OwnUse,
            RecipientKey = "",
            Items = Sealed(
                id,
                JsonSerializer.Serialize<ConsentItem[]>([
                    new()
                    {
                        DataSet = SampleListings.All[0].DataSets[0].Id,
                        SchemaVersion = 1,
                        Provider = SampleListings.All[0].Id,
                        Fields = [],
                        Parameters = new Dictionary<string, string>(),
                        Wire = wire,
                    },
                ])
            ),
            Receipt = [],
            DecidedAt = scope.Now,
        };

    private byte[] Sealed(Guid consent, string items) =>
        _host.Get<PersonalDataVault>().Seal(items, "consent.items", consent);

    private Transfer TransferOf(WriteScope scope, Guid id, Guid consent, string? provider, int version) =>
        new()
        {
            Id = id,
            ConsentId = consent,
            CitizenId = _citizen,
            DataSetId = SampleListings.All[0].DataSets[0].Id,
            ProviderId = provider ?? SampleListings.All[0].Id,
            SchemaVersion = version,
            RecipientJwk = "{}",
            ClaimHash = "",
            Level = AssuranceLevel.LoA3,
            Methods = "oidc",
            AuthTime = scope.Now,
            CreatedAt = scope.Now,
            DeadlineAt = scope.Now.AddHours(1),
        };

    private sealed class Slow : IProviderWire
    {
        public Func<TransferTokens>? Tokens { get; set; }
        public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public int Calls { get; private set; }

        public WireFormat Format => SampleListings.All[0].DataSets[0].Wire;

        public PreparedToken PrepareToken(TokenRequest request) => Tokens!().PrepareNational(request);

        public byte[] Write(ProviderCall call) => [];

        public async Task<ProviderAnswer> CallAsync(ProviderCall call, byte[] request, CancellationToken token)
        {
            Calls++;
            Called.SetResult();
            await Answer.Task;
            return new ProviderAnswer.Empty();
        }
    }

    private sealed class Here : IIssuer, IProviderAddresses
    {
        public string Value => "https://mydata.test";

        public Uri Resolve(string pathOrUrl) => new(new Uri(Value), pathOrUrl);
    }
}
