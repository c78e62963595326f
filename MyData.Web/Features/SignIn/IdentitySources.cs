using MyData.Core.Catalog;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

/// <summary>Where the outside sources of identity are. The sandbox's address is known only when the server listens.</summary>
public sealed class IdentitySources(MyDataSettings settings, IProviderAddresses addresses)
{
    /// <summary>The OpenID provider's issuer.</summary>
    public string Upstream => Configured(settings.SignIn.Upstream.Authority, "/idp");

    /// <summary>The authority that matches documents.</summary>
    public string Documents => Configured(settings.SignIn.DocumentAuthority, "/authorities/documents");

    /// <summary>Plain http is for the sandbox on this machine only, which Production refuses.</summary>
    public bool RequiresHttps => !settings.Sandbox.Enabled;

    private string Configured(string address, string inSandbox) =>
        address.Length > 0 ? address.TrimEnd('/') : addresses.Resolve(inSandbox).ToString();
}
