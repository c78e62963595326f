using Microsoft.Extensions.Options;

namespace MyData.Web.Sandbox.Identity;

/// <summary>The portal's registered redirect URIs: compared as whole strings (RFC 9700 §2.1).</summary>
public sealed class RedirectUris(IOptions<SandboxSettings> settings, SandboxAddress address)
{
    public bool IsRegistered(string uri)
    {
        var client = settings.Value.Client;
        return client.RedirectUris.Count > 0
            ? client.RedirectUris.Contains(uri)
            : uri == address.Portal + client.RedirectPath;
    }
}
