using MyData.Core.Catalog;

namespace MyData.Core.OpenId;

/// <summary>The public keys by which a service signs: those that it registered, and those at its registered address (RFC 7591 §2 <c>jwks_uri</c>).</summary>
public interface IServiceKeys
{
    /// <summary>Those that are known now: public JWKs.</summary>
    IReadOnlyList<string> Of(OnlineServiceListing service);

    /// <summary>
    /// Before something signed by it is judged: the address is asked where its set is old, or where the JWS names a key that is not known. Never fails: then
    /// the last good set stays.
    /// </summary>
    Task LearnAsync(OnlineServiceListing service, string jws, CancellationToken token);
}
