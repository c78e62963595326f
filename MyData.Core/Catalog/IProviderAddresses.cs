namespace MyData.Core.Catalog;

/// <summary>Where an agency really is: listings of the sandbox hold paths, because its port is known only once it listens.</summary>
public interface IProviderAddresses
{
    /// <summary>The address to call for a listed endpoint or heartbeat.</summary>
    /// <exception cref="CatalogueException">No address that the platform may call here; in Production only https.</exception>
    Uri Resolve(string pathOrUrl);

    /// <summary>An address of a service that browsers are led to, and that the platform never calls; with the sandbox also of this machine.</summary>
    /// <exception cref="CatalogueException">As <see cref="Resolve"/>.</exception>
    Uri ForBrowsers(string pathOrUrl) => Resolve(pathOrUrl);
}
