using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyData.Core.Encryption;

/// <summary>A package whose files are the ones that the holder of its certificate signed. Files are unpacked when they are read.</summary>
public sealed class VerifiedPackage : IDisposable
{
    private readonly ZipArchiveReader _archive;

    internal VerifiedPackage(ZipArchiveReader archive, X509Certificate2 certificate, PackageInfo? info)
    {
        _archive = archive;
        Certificate = certificate;
        Info = info;
        Files = archive.Names.Where(n => !n.StartsWith(PackageNames.Folder, StringComparison.Ordinal)).ToArray();
    }

    /// <summary>The names of the data files, those at the root.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The signer's; not yet judged. It goes with this object.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate's DER in lower-case hexadecimal digits, as the catalogue registers it.</summary>
    public string CertificateSha256 => Convert.ToHexStringLower(SHA256.HashData(Certificate.RawDataMemory.Span));

    /// <summary>Null in the older national packages, which have no package.json.</summary>
    public PackageInfo? Info { get; }

    /// <param name="file">One of <see cref="Files"/>.</param>
    /// <param name="maxBytes">Unpacked; a larger file is refused before it is unpacked.</param>
    /// <exception cref="KeyNotFoundException">No data file has this name.</exception>
    /// <exception cref="EncryptionException"><c>package.too_large</c></exception>
    public byte[] Read(string file, int maxBytes = int.MaxValue) =>
        Files.Contains(file, StringComparer.Ordinal)
            ? _archive.Find(file, maxBytes)!
            : throw new KeyNotFoundException("No such file.");

    public void Dispose() => Certificate.Dispose();
}
