using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>Builds and signs a package, as a provider does (protocols.md A3).</summary>
public static class PackageWriter
{
    /// <summary>Pairs that were compared already: the comparison costs twice a signature.</summary>
    private static readonly ConditionalWeakTable<RSA, X509Certificate2> OwnCertificates = [];

    /// <param name="key">the provider's RSA private key, from 2048 bits</param>
    /// <param name="certificate">the certificate of that key</param>
    /// <returns>the ZIP</returns>
    /// <exception cref="EncryptionException"><c>package.…</c> for names that a reader would refuse, <c>certificate.key_refused</c></exception>
    public static byte[] Write(PackageContent content, RSA key, X509Certificate2 certificate)
    {
        if (!content.Files.Any(f => f.Name is "data.json"))
            throw new EncryptionException("package.missing", "A package has a data.json.");
        RequireOwnCertificate(key, certificate);
        var files = content.Files.Append(new PackageFile(PackageNames.Info, Info(content))).ToArray();
        var zip = new ZipWriter(content.IssuedAt);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var name = ZipNames.Read(Encoding.UTF8.GetBytes(file.Name));
            if (!names.Add(ZipNames.Key(name)) || PackageNames.IsProof(name))
                throw new EncryptionException("package.zip_duplicate", "A name stands twice.");
            zip.Add(name, file.Content.Span);
        }
        var manifest = PackageManifest.Write(files);
        zip.Add(PackageNames.Manifest, manifest);
        zip.Add(PackageNames.Signature, key.SignData(manifest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        zip.Add(PackageNames.Certificate, certificate.RawDataMemory.Span);
        return zip.Finish();
    }

    /// <summary>A package under a certificate of another key would be refused by every reader, after it was sealed and sent.</summary>
    private static void RequireOwnCertificate(RSA key, X509Certificate2 certificate)
    {
        if (OwnCertificates.TryGetValue(key, out var known) && ReferenceEquals(known, certificate))
            return;
        using var published = certificate.GetRSAPublicKey();
        var own = key.ExportParameters(false);
        if (published is null || !published.ExportParameters(false).Modulus.AsSpan().SequenceEqual(own.Modulus))
            throw new EncryptionException("certificate.key_refused", "The certificate is not one of this RSA key.");
        OwnCertificates.AddOrUpdate(key, certificate);
    }

    private static byte[] Info(PackageContent content) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                dataset = content.DataSet,
                schema_version = content.SchemaVersion,
                transfer_id = content.TransferId,
                subject = new { salt = content.Subject.Salt, hash = content.Subject.Hash },
                fields = content.Fields,
                issued_at = content.IssuedAt.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null),
            }
        );
}
