using MyData.Core.Encryption;
using MyData.Load.Browsing;

namespace MyData.Load.Services;

/// <summary>
/// The rounds of npm oidc-provider. Node forgets what it has compiled where it rests for long, so each round that counts comes straight after some
/// that do not.
/// </summary>
public sealed class OtherRounds(OtherProvider provider, ExchangeSide side, string verifier, int codesOfRound)
    : IAsyncDisposable
{
    private const int WarmUp = 3;

    private readonly Queue<string[]> _codes = new(provider.Codes.Chunk(codesOfRound));

    public ExchangeSide Side => side;

    /// <param name="socket">the folder of PostgreSQL's socket; null: it keeps all in memory</param>
    /// <param name="rounds">so many that count</param>
    public static async Task<OtherRounds> StartAsync(
        string verifier,
        string? socket,
        int clients,
        int codesOfRound,
        int rounds,
        CancellationToken token
    )
    {
        var key = Jwk.GenerateEc("signs", "sig");
        var codes = rounds * (WarmUp + 1) * codesOfRound;
        var provider = await OtherProvider.StartAsync(key, verifier, codes, socket, token);
        var callers = Enumerable
            .Range(0, clients)
            .Select(number => new ServiceCaller(Network.Client(number), provider.Issuer, OtherProvider.Client, key))
            .ToArray();
        var name = $"oidc-provider, {(socket is null ? "in memory" : "durable")}";
        var side = new ExchangeSide(name, provider.Id, callers, "/token");
        return new OtherRounds(provider, side, verifier, codesOfRound);
    }

    /// <summary>One that counts, and before it what makes it warm.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        for (var round = 0; round <= WarmUp; round++)
            await side.RoundAsync(
                _codes.Dequeue(),
                provider.Redirect,
                verifier,
                counts: round == WarmUp,
                (_, _) => { },
                token
            );
    }

    public ValueTask DisposeAsync() => provider.DisposeAsync();
}
