using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Ledger;
using MyData.Web.Features.Witness;

namespace MyData.E2E.Support;

/// <summary>
/// A portal and two witnesses, each a process of its own; one of the two is enough, so that the portal goes on while the other is down.
/// What browsers read of a witness goes through <see cref="FrontOfWitness"/>, which can lie.
/// </summary>
public sealed class WitnessPair : IAsyncLifetime
{
    public static readonly string[] Names = ["city-archive", "bar-association"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-e2e-pair-").FullName;
    private readonly List<PortalProcess> _witnesses = [];
    private readonly List<FrontOfWitness> _fronts = [];

    public PortalProcess Portal { get; private set; } = null!;

    public IReadOnlyList<PortalProcess> Witnesses => _witnesses;

    /// <summary>Where browsers read each of them.</summary>
    public IReadOnlyList<FrontOfWitness> Fronts => _fronts;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await BeginAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Portal is not null)
            await Portal.DisposeAsync();
        foreach (var front in _fronts)
            await front.DisposeAsync();
        foreach (var witness in _witnesses)
            await witness.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task BeginAsync()
    {
        var keys = Path.Combine(_folder, "keys");
        Directory.CreateDirectory(keys);
        using var key = new Ed25519PrivateKey(
            new KeyFolder(keys, mayCreate: true).GetSecret(PlatformKeys.LedgerKeyName)
        );
        var origin = new LedgerSettings { Host = "pair.example" }.Origin(TimeProvider.System.GetUtcNow().Year);
        var log = VerifierKey.Create(origin, SignatureType.Ed25519, key.PublicKey);
        var settings = new Dictionary<string, string>
        {
            ["MyData:Keys"] = keys,
            ["MyData:Ledger:Host"] = "pair.example",
            ["MyData:Ledger:Policy"] = Path.Combine(_folder, "policy"),
        };
        var policy = "";
        foreach (var name in Names)
        {
            var witness = await PortalProcess.StartAsync(
                new Dictionary<string, string>
                {
                    ["Witness:Name"] = $"{name}.example/witness",
                    ["Witness:Logs:0:Key"] = log.ToString(),
                    ["Witness:Logs:0:EveryYear"] = "true",
                },
                WitnessHost.Command
            );
            _witnesses.Add(witness);
            _fronts.Add(await FrontOfWitness.StartAsync(witness.Origin));
            var own = witness.Output.First(line => line.Contains('+', StringComparison.Ordinal));
            policy += $"witness {name} {own} {witness.Origin.GetLeftPart(UriPartial.Authority)}\n";
            settings[$"MyData:Ledger:WitnessSites:{name}"] = _fronts[^1].Url;
        }
        policy += $"group enough 1 {string.Join(' ', Names)}\nquorum enough\n";
        await File.WriteAllTextAsync(settings["MyData:Ledger:Policy"], policy);
        Portal = await PortalProcess.StartAsync(settings);
    }
}
