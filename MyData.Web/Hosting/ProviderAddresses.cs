using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Transfers;

namespace MyData.Web.Hosting;

/// <summary>
/// In Production: https only. In Development also the sandbox, by the one address that the settings name, or below this
/// server's own; no other address in plain http.
/// </summary>
public sealed class ProviderAddresses(MyDataSettings settings, IIssuer origin, IHostEnvironment environment)
    : IProviderAddresses,
        ISandboxAddress
{
    public Uri Resolve(string pathOrUrl)
    {
        if (pathOrUrl is ['/', not '/', ..] && SandboxBase() is { } sandbox)
            return new Uri(sandbox + pathOrUrl);
        if (!Uri.TryCreate(pathOrUrl, UriKind.Absolute, out var url) || url.UserInfo.Length > 0)
            throw new CatalogueException("An agency's address is not an absolute URL.");
        if (url.Scheme == Uri.UriSchemeHttps || IsSandbox(url))
            return url;
        throw new CatalogueException("An agency's address is not https.");
    }

    public Uri ForBrowsers(string pathOrUrl) =>
        SandboxBase() is not null
        && Uri.TryCreate(pathOrUrl, UriKind.Absolute, out var url)
        && url is { Scheme: "http", IsLoopback: true, UserInfo: "" }
            ? url
            : Resolve(pathOrUrl);

    public bool Admits(string host, int port) =>
        SandboxBase() is { } sandbox
        && new Uri(sandbox) is var url
        && ((url.Host == host && url.Port == port) || (host == "localhost" && port == settings.Sandbox.TlsPort));

    private string? SandboxBase() =>
        !settings.Sandbox.Enabled || !environment.IsDevelopment() ? null
        : settings.Sandbox.Url.Length > 0 ? $"{settings.Sandbox.Url.TrimEnd('/')}/sandbox"
        : $"{origin.Value}/sandbox";

    private bool IsSandbox(Uri url) =>
        SandboxBase() is { } sandbox && url.AbsoluteUri.StartsWith($"{sandbox}/", StringComparison.Ordinal);
}
