using System.IO.Compression;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>
/// A package made by hand: the older national kind, which has no package.json and compresses nothing, and every wrong kind.
/// </summary>
public sealed class LooseZip
{
    private const string Manifest = "META-INFO/manifest.xml";
    private const string Signature = "META-INFO/manifest.sha256withrsa";
    private const string Certificate = "META-INFO/certificate.cer";

    /// <summary>Only a bomb is larger, and only it is compressed.</summary>
    private const int Largest = 64 * 1024 * 1024;

    /// <summary>Files as they go into the ZIP, the three of the signature apart.</summary>
    public List<(string Name, byte[] Bytes)> Files { get; } = [];

    /// <summary>Name and digest as they go into the manifest; set by <see cref="List"/>.</summary>
    public List<(string Name, string Sha256)> Listed { get; } = [];

    /// <summary>Stands between the XML declaration and the first element.</summary>
    public string Prolog { get; set; } = "";

    /// <summary>Signed in place of the manifest, where it is set.</summary>
    public byte[]? SignedInstead { get; set; }

    /// <summary>Opens a good package again, without its signature.</summary>
    public static LooseZip Open(byte[] good)
    {
        var loose = new LooseZip();
        using var zip = new ZipArchive(new MemoryStream(good), ZipArchiveMode.Read);
        foreach (var entry in zip.Entries.Where(e => e.FullName is not (Manifest or Signature or Certificate)))
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            loose.Files.Add((entry.FullName, bytes.ToArray()));
        }
        return loose;
    }

    /// <summary>Lists every file with its true digest.</summary>
    public LooseZip List()
    {
        Listed.Clear();
        Listed.AddRange(Files.Select(f => (f.Name, Convert.ToHexStringLower(SHA256.HashData(f.Bytes)))));
        return this;
    }

    public byte[] Write(RSA key, byte[] certificate)
    {
        var manifest = Encoding.UTF8.GetBytes(
            $"""<?xml version="1.0" encoding="UTF-8"?>{Prolog}<manifest>{string.Concat(Listed.Select(Line))}</manifest>"""
        );
        var signature = key.SignData(SignedInstead ?? manifest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in Files)
                Add(
                    zip,
                    name,
                    content,
                    content.Length > Largest ? CompressionLevel.Fastest : CompressionLevel.NoCompression
                );
            Add(zip, Manifest, manifest);
            Add(zip, Signature, signature);
            Add(zip, Certificate, certificate);
        }
        return bytes.ToArray();
    }

    private static string Line((string Name, string Sha256) file) =>
        $"<file><filename>{SecurityElement.Escape(file.Name)}</filename><sha256>{file.Sha256}</sha256></file>";

    private static void Add(
        ZipArchive zip,
        string name,
        byte[] content,
        CompressionLevel level = CompressionLevel.NoCompression
    )
    {
        using var stream = zip.CreateEntry(name, level).Open();
        stream.Write(content);
    }
}
