using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MyData.Tests.Encryption;

/// <summary>Makes packages that are right in everything but what a test changes: signed properly, so that one cause of refusal is left.</summary>
internal sealed class Forger
{
    public const string Info =
        """{"dataset":"d","schema_version":1,"transfer_id":"t","subject":{"salt":"AAAAAAAAAAAAAAAAAAAAAA","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},"fields":[],"issued_at":"2026-09-21T12:00:00Z"}""";

    public List<RawEntry> Files { get; } =
    [new("data.json", "{}"u8.ToArray()), new("META-INFO/package.json", Encoding.UTF8.GetBytes(Info))];

    /// <summary>Entries that the manifest does not list.</summary>
    public List<RawEntry> Unlisted { get; } = [];
    public string? Manifest { get; init; }
    public byte[]? ManifestBytes { get; init; }
    public Func<byte[], byte[]> Signature { get; init; } = m => Sign(Samples.Signer.Key, m);
    public byte[] Certificate { get; init; } = Samples.Signer.Certificate.RawData;
    public HashSet<string> LeftOut { get; init; } = [];
    public Func<RawEntry, RawEntry> Each { get; init; } = e => e;
    public Func<byte[], byte[]>? End { get; init; }

    public Forger With(params RawEntry[] more)
    {
        Files.AddRange(more);
        return this;
    }

    public Forger WithUnlisted(params RawEntry[] more)
    {
        Unlisted.AddRange(more);
        return this;
    }

    public byte[] Build()
    {
        var manifest = ManifestBytes ?? Encoding.UTF8.GetBytes(Manifest ?? ListOf(Files));
        RawEntry[] proof =
        [
            new("META-INFO/manifest.xml", manifest),
            new("META-INFO/manifest.sha256withrsa", Signature(manifest)),
            new("META-INFO/certificate.cer", Certificate),
        ];
        var all = proof.Concat(Files).Concat(Unlisted).Where(e => !LeftOut.Contains(Encoding.UTF8.GetString(e.Name)));
        return RawZip.Write(all.Select(Each), End);
    }

    public static string ListOf(IEnumerable<RawEntry> files) =>
        $"""<?xml version="1.0" encoding="UTF-8"?><manifest>{string.Concat(files.Select(f => Item(f.Name, f.Content)))}</manifest>""";

    public static string Item(byte[] name, byte[] content) =>
        $"<file><filename>{Encoding.UTF8.GetString(name)}</filename><sha256>{Convert.ToHexStringLower(SHA256.HashData(content))}</sha256></file>";

    public static byte[] Sign(RSA key, byte[] manifest) =>
        key.SignData(manifest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public static byte[] SelfSigned(RSA key) =>
        new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(Samples.Now.AddDays(-1), Samples.Now.AddDays(1))
            .RawData;

    public static byte[] SelfSigned(ECDsa key) =>
        new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(Samples.Now.AddDays(-1), Samples.Now.AddDays(1))
            .RawData;
}
