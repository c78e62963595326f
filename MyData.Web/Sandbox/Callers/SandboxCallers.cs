using MyData.Core.Recording;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Web.Sandbox.Callers;

/// <summary>
/// The made-up systems of a city that record what they read, and the agencies, which record their side of each transfer. Their private keys
/// (PKCS#8, PEM) lie in the sandbox's key folder, as <c>caller-NAME.pem</c>, for them, examples and tests to sign with.
/// </summary>
public sealed class SandboxCallers(ClientKeys keys)
{
    /// <summary>The city's data platform and the systems that ask it. All sign by Ed25519, traffic by P-256.</summary>
    public static readonly IReadOnlyList<string> City =
    [
        "city-data",
        "city-schools",
        "city-tax",
        "city-traffic",
        "city-welfare",
    ];

    /// <summary>Everybody.</summary>
    public static IEnumerable<string> Names => City.Concat(SandboxAgencies.All.Select(agency => agency.ClientId));

    public async Task RegisterAsync(string folder, CancellationToken token)
    {
        var known = await keys.ListAsync(token);
        foreach (var name in Names)
        {
            var key = CallerKeyFile.Public(folder, name);
            if (!known.Any(one => one.Client == name && one.Kid == key.Kid))
                await keys.AddAsync(name, key, token);
        }
    }
}
