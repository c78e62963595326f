using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Tests.Ledger;

/// <summary>Four witnesses of a platform's log that has not begun yet: its key is made first, in the key folder that it will have.</summary>
internal sealed class FourWitnesses : IAsyncDisposable
{
    private readonly List<RunningWitness> _all = [];

    private FourWitnesses(string origin) => Origin = origin;

    public string Origin { get; }

    public IReadOnlyList<RunningWitness> All => _all;

    /// <summary>The witnesses' lines of a policy; w1 to w4.</summary>
    public string Lines => string.Concat(_all.Select((w, n) => $"witness w{n + 1} {w.Key} {w.Url}\n"));

    /// <summary>Three of the four.</summary>
    public const string Quorum = "group enough 3 w1 w2 w3 w4\nquorum enough\n";

    public static async Task<FourWitnesses> StartAsync(string keys)
    {
        using var key = new Ed25519PrivateKey(
            new KeyFolder(keys, mayCreate: true).GetSecret(PlatformKeys.LedgerKeyName)
        );
        var four = new FourWitnesses(new LedgerSettings().Origin(TimeProvider.System.GetUtcNow().Year));
        var log = VerifierKey.Create(four.Origin, SignatureType.Ed25519, key.PublicKey);
        for (var n = 1; n <= 4; n++)
            four._all.Add(await RunningWitness.StartAsync($"witness.example/{n}", log));
        return four;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var witness in _all)
            await witness.DisposeAsync();
    }
}
