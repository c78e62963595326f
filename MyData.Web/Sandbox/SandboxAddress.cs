using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace MyData.Web.Sandbox;

/// <summary>
/// Where the sandbox and the portal are. Known only when the server listens, so it is asked at use and never at start.
/// </summary>
public sealed class SandboxAddress(IOptions<SandboxSettings> settings, IServer server, IConfiguration configuration)
{
    /// <summary>The path below which everything of the sandbox stands, in either process.</summary>
    public const string Root = "/sandbox";

    /// <summary>Scheme, host and port of the sandbox, without a trailing slash.</summary>
    /// <exception cref="InvalidOperationException">The server does not listen yet.</exception>
    public string Own => settings.Value.Url is { Length: > 0 } url ? Origin(url) : Listening();

    /// <summary>Scheme, host and port of the portal, without a trailing slash.</summary>
    /// <exception cref="InvalidOperationException">The server does not listen yet.</exception>
    public string Portal =>
        settings.Value.Portal is { Length: > 0 } portal ? Origin(portal)
        : configuration["MyData:Origin"] is { Length: > 0 } origin ? Origin(origin)
        : Listening();

    private static string Origin(string url) => new Uri(url).GetLeftPart(UriPartial.Authority);

    private string Listening()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address =
            addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.Ordinal))
            ?? addresses.FirstOrDefault()
            ?? throw new InvalidOperationException("The server does not listen yet.");
        foreach (var any in (string[])["://[::]", "://0.0.0.0", "://+", "://*"])
            address = address.Replace(any, "://localhost", StringComparison.Ordinal);
        return address.TrimEnd('/');
    }
}
