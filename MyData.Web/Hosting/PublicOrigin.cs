using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MyData.Core.Data;

namespace MyData.Web.Hosting;

/// <summary>The portal's own address: the issuer of its tokens. Known only when the server listens.</summary>
public sealed class PublicOrigin(MyDataSettings settings, IServer server) : IIssuer
{
    /// <summary>Scheme, host and port without a trailing slash.</summary>
    public string Value => settings.Origin.Length > 0 ? settings.Origin.TrimEnd('/') : Own();

    private string Own()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address =
            addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.Ordinal))
            ?? addresses.FirstOrDefault()
            ?? throw new InvalidOperationException("The server does not listen yet.");
        return address
            .Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal)
            .TrimEnd('/');
    }
}
