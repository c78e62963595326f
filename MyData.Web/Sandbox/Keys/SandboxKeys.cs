using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Keys;

/// <summary>
/// Every secret of the made-up organisations: made at the first start, kept in one file, the same for all processes that
/// share the folder. A thief of it could play the sandbox's agencies, which no real portal trusts.
/// </summary>
public sealed class SandboxKeys : IDisposable
{
    private readonly Dictionary<string, AgencyKeys> agencies;

    internal SandboxKeys(KeyFile file)
    {
        Root = X509CertificateLoader.LoadCertificate(file.Root.Certificate);
        IdentityProvider = Jwk.Parse(file.IdentityProvider);
        ClientSecret = file.ClientSecret;
        agencies = file.Agencies.ToDictionary(a => a.Key, a => new AgencyKeys(a.Value), StringComparer.Ordinal);
    }

    /// <summary>The authority that certifies the agencies: what a portal that uses the sandbox has to trust.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>DER of every root, for the portal's trust setting.</summary>
    public IReadOnlyList<byte[]> Roots => [Root.RawData];

    /// <summary>ES256 key of the sandbox's OpenID provider.</summary>
    public Jwk IdentityProvider { get; }

    /// <summary>What the portal shows at the identity authorities, unless a setting says otherwise.</summary>
    public string ClientSecret { get; }

    /// <summary>Reads the keys of a folder, and makes them at the first start; safe when several processes start at once.</summary>
    /// <exception cref="IOException">The folder cannot be written, or another process holds it for over 30 s.</exception>
    public static SandboxKeys LoadOrCreate(string folder, IReadOnlyCollection<string> agencyIds, TimeProvider clock) =>
        new(KeyFile.LoadOrCreate(folder, agencyIds, clock));

    public AgencyKeys Agency(string id) => agencies[id];

    public void Dispose()
    {
        Root.Dispose();
        foreach (var agency in agencies.Values)
            agency.Dispose();
    }
}

/// <summary>What one agency holds.</summary>
public sealed class AgencyKeys : IDisposable
{
    private readonly byte[] packageKey;
    private readonly Lock gate = new();
    private readonly Stack<RSA> idle = [];

    internal AgencyKeys(AgencyKeyEntry entry)
    {
        Certificate = X509CertificateLoader.LoadCertificate(entry.Certificate);
        packageKey = entry.Key;
        ClientKey = Jwk.Parse(entry.Client);
        ResourceSecret = entry.ResourceSecret;
    }

    /// <summary>RSA-2048, signed by the sandbox's root. Public part only.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Private ES256 key for <c>private_key_jwt</c>.</summary>
    public Jwk ClientKey { get; }

    public string ResourceSecret { get; }

    /// <summary>Lends the package-signing key: an RSA object serves one caller at a time, and parsing it anew costs more than signing.</summary>
    public T WithPackageKey<T>(Func<RSA, T> use)
    {
        RSA? key;
        lock (gate)
            idle.TryPop(out key);
        if (key is null)
        {
            key = RSA.Create();
            key.ImportPkcs8PrivateKey(packageKey, out _);
        }
        var result = use(key);
        lock (gate)
            idle.Push(key);
        return result;
    }

    public void Dispose()
    {
        Certificate.Dispose();
        lock (gate)
        {
            while (idle.TryPop(out var key))
                key.Dispose();
        }
    }
}
