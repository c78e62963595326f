using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MyData.Core.Encryption;

/// <summary>
/// Reads a provider's package (protocols.md A3) and proves that it is whole: structure, manifest, signature, digests. Whose certificate it is
/// remains to be asked (<see cref="IProviderCertificateCheck"/>, and the catalogue's fingerprint), and whose data (<see cref="SubjectHash"/>).
/// </summary>
public static class PackageReader
{
    private const int MaxManifest = 256 * 1024;
    private const int MaxSignature = 8 * 1024;
    private const int MaxCertificate = 32 * 1024;
    private const int MaxInfo = 256 * 1024;

    /// <summary>The checks in their order: cheap before dear, the signature over the manifest's raw bytes before they are parsed.</summary>
    /// <exception cref="EncryptionException">
    /// <c>package.too_large</c>, <c>package.zip_…</c>, <c>package.missing</c>, <c>certificate.format</c>, <c>certificate.key_refused</c>,
    /// <c>package.signature</c>, <c>package.dtd</c>, <c>package.manifest</c>, <c>package.listed_twice</c>, <c>package.unlisted</c>,
    /// <c>package.digest</c>, <c>package.info</c>
    /// </exception>
    public static VerifiedPackage Read(ReadOnlyMemory<byte> zip, PackageLimits limits)
    {
        var archive = ZipArchiveReader.Read(zip, limits);
        var manifest = Required(archive, PackageNames.Manifest, MaxManifest);
        var signature = Required(archive, PackageNames.Signature, MaxSignature);
        var certificate = ProviderCertificate.Load(Required(archive, PackageNames.Certificate, MaxCertificate));
        try
        {
            RequireSignature(manifest, signature, certificate);
            var listed = PackageManifest.Read(manifest, limits.Entries);
            RequireSameFiles(archive, listed);
            RequireDigests(archive, listed);
            var info = archive.Find(PackageNames.Info, MaxInfo) is { } json ? PackageInfoReader.Read(json) : null;
            return new VerifiedPackage(archive, certificate, info);
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
    }

    /// <summary>RSA PKCS#1 v1.5 with SHA-256 (RFC 8017 §8.2), in raw bytes or as base64 text.</summary>
    private static void RequireSignature(byte[] manifest, byte[] stored, X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPublicKey()!;
        var signature = stored.Length == (key.KeySize + 7) / 8 ? stored : FromBase64(stored);
        if (!key.VerifyData(manifest, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            throw new EncryptionException(
                "package.signature",
                "The signature is not of this manifest by this certificate."
            );
    }

    private static byte[] FromBase64(byte[] text)
    {
        try
        {
            return Convert.FromBase64String(Encoding.ASCII.GetString(text));
        }
        catch (FormatException e)
        {
            throw new EncryptionException("package.signature", "The signature has another length than the key.", e);
        }
    }

    /// <summary>R27: every entry is listed exactly once, and nothing else is.</summary>
    private static void RequireSameFiles(ZipArchiveReader archive, IReadOnlyDictionary<string, string> listed)
    {
        if (archive.Names.FirstOrDefault(n => !PackageNames.IsProof(n) && !listed.ContainsKey(n)) is { } unlisted)
            throw new EncryptionException("package.unlisted", $"{unlisted} is not listed in the manifest.");
        foreach (var name in listed.Keys)
        {
            if (PackageNames.IsProof(name))
                throw new EncryptionException("package.manifest", "The manifest lists itself or its proof.");
            if (!archive.Names.Contains(name))
                throw new EncryptionException(
                    "package.missing",
                    $"{EncryptionException.Quote(name)} is listed, but missing."
                );
        }
    }

    private static void RequireDigests(ZipArchiveReader archive, IReadOnlyDictionary<string, string> listed)
    {
        foreach (var (name, digest) in listed)
        {
            if (!string.Equals(archive.Digest(name), digest, StringComparison.Ordinal))
                throw new EncryptionException("package.digest", $"{name} was changed after the manifest was made.");
        }
    }

    private static byte[] Required(ZipArchiveReader archive, string name, int maxBytes) =>
        archive.Find(name, maxBytes) ?? throw new EncryptionException("package.missing", $"{name} is missing.");
}
