namespace MyData.Core.Catalog;

/// <summary>Where an agency really is: listings of the sandbox hold paths, because its port is known only once it listens.</summary>
public interface IProviderAddresses
{
    /// <summary>The address to call for a listed endpoint or heartbeat.</summary>
    /// <exception cref="CatalogueException">No address that the platform may call here; in Production only https.</exception>
    Uri Resolve(string pathOrUrl);
}
