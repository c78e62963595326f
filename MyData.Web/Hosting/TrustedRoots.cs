using System.Security.Cryptography.X509Certificates;
using MyData.Core.Data;

namespace MyData.Web.Hosting;

/// <summary>The certificates that a provider's certificate must chain to; read once at start.</summary>
public sealed record TrustedRoots(IReadOnlyList<X509Certificate2> Certificates)
{
    /// <summary>Every certificate (PEM or DER, one a file) of a folder.</summary>
    /// <exception cref="StartRefusedException">The folder holds none.</exception>
    public static TrustedRoots Load(string folder)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToList() : [];
        if (files.Count == 0)
            throw new StartRefusedException([$"MyData:TrustedRoots holds no certificate: '{folder}'."]);
        return new([.. files.Select(X509CertificateLoader.LoadCertificateFromFile)]);
    }
}
