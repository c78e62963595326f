using Microsoft.Extensions.Options;

namespace MyData.Web.Sandbox.Identity;

/// <summary>
/// The portal's registered redirect URIs: compared as whole strings (RFC 9700 §2.1), but for the names of this machine, which
/// people mix.
/// </summary>
public sealed class RedirectUris(IOptions<SandboxSettings> settings, SandboxAddress address)
{
    public bool IsRegistered(string uri)
    {
        var client = settings.Value.Client;
        return client.RedirectUris.Count > 0
            ? client.RedirectUris.Contains(uri)
            : Named(uri) == Named(address.Portal + client.RedirectPath);
    }

    private static string Named(string uri)
    {
        foreach (var local in (string[])["http://127.0.0.1:", "http://[::1]:"])
        {
            if (uri.StartsWith(local, StringComparison.Ordinal))
                return string.Concat("http://localhost:", uri.AsSpan(local.Length));
        }
        return uri;
    }
}
