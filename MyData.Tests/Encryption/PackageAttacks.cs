using System.Security.Cryptography;
using System.Text;

namespace MyData.Tests.Encryption;

/// <summary>The attack set of R27 and D4 on manifest, signature, certificate and package.json.</summary>
internal static class PackageAttacks
{
    private const string Dtd =
        "<?xml version=\"1.0\"?><!DOCTYPE manifest [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><manifest>&x;</manifest>";
    private const string Laughs =
        "<!DOCTYPE m [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]><manifest>&c;</manifest>";
    private static readonly byte[] X = "x"u8.ToArray();

    public static IReadOnlyDictionary<string, (string Code, Func<byte[]> Make)> All { get; } =
        new Dictionary<string, (string, Func<byte[]>)>(StringComparer.Ordinal)
        {
            ["manifest missing"] = Without("META-INFO/manifest.xml"),
            ["signature missing"] = Without("META-INFO/manifest.sha256withrsa"),
            ["certificate missing"] = Without("META-INFO/certificate.cer"),
            ["listed file missing"] = Without("data.json"),
            ["file not listed"] = (
                "package.unlisted",
                () => new Forger().WithUnlisted(new RawEntry("data.csv", X)).Build()
            ),
            ["file not listed beside the manifest"] = (
                "package.unlisted",
                () => new Forger().WithUnlisted(new RawEntry("META-INFO/extra.xml", X)).Build()
            ),
            ["file listed twice"] = Manifest("package.listed_twice", f => Forger.ListOf([.. f, f[0]])),
            ["file listed twice but for the slash"] = Manifest(
                "package.listed_twice",
                f => Forger.ListOf([.. f, new RawEntry("META-INFO\\package.json", f[1].Content)])
            ),
            ["other digest"] = Manifest("package.digest", f => Forger.ListOf([new RawEntry("data.json", X), f[1]])),
            ["digest of another file"] = Manifest(
                "package.digest",
                f => Forger.ListOf([new("data.json", f[1].Content), f[1]])
            ),
            ["digest too short"] = Manifest(
                "package.manifest",
                f => Forger.ListOf(f).Replace("</sha256>", "00</sha256>", StringComparison.Ordinal)
            ),
            ["digest missing"] = Manifest(
                "package.manifest",
                _ => "<manifest><file><filename>data.json</filename></file></manifest>"
            ),
            ["two names in one entry"] = Manifest(
                "package.manifest",
                f => Forger.ListOf(f).Replace("<file>", "<file><filename>a</filename>", StringComparison.Ordinal)
            ),
            ["manifest lists itself"] = Manifest(
                "package.manifest",
                f => Forger.ListOf([.. f, new("META-INFO/manifest.xml", X)])
            ),
            ["manifest empty"] = Manifest("package.manifest", _ => "<manifest/>"),
            ["manifest without a byte"] = Manifest("package.manifest", _ => ""),
            ["manifest not XML"] = Manifest("package.manifest", _ => "<manifest><file>"),
            ["manifest of another root"] = Manifest(
                "package.manifest",
                f => Forger.ListOf(f).Replace("manifest", "list", StringComparison.Ordinal)
            ),
            ["something behind the manifest"] = Manifest("package.manifest", f => Forger.ListOf(f) + "<more/>"),
            ["entity from outside"] = Manifest("package.dtd", _ => Dtd),
            ["entities without end"] = Manifest("package.dtd", _ => Laughs),
            ["document type in small letters"] = Manifest(
                "package.dtd",
                _ => Dtd.Replace("DOCTYPE", "doctype", StringComparison.Ordinal)
            ),
            ["document type in UTF-16"] = (
                "package.manifest",
                () => new Forger { ManifestBytes = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Dtd)] }.Build()
            ),
            ["manifest says UTF-7"] = Manifest(
                "package.manifest",
                f => Forger.ListOf(f).Replace("UTF-8", "UTF-7", StringComparison.Ordinal)
            ),
            ["manifest too large"] = Manifest("package.too_large", f => Forger.ListOf(f) + new string(' ', 300_000)),
            ["signature over other bytes"] = Signature(m => Forger.Sign(Samples.Signer.Key, [.. m, 0x20])),
            ["signature by another key"] = Signature(m => Forger.Sign(Other(), m)),
            ["signature with PSS"] = Signature(m =>
                Samples.Signer.Key.SignData(m, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            ),
            ["signature with SHA-1"] = Signature(m =>
                Samples.Signer.Key.SignData(m, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)
            ),
            ["signature empty"] = Signature(_ => []),
            ["signature cut"] = Signature(m => Forger.Sign(Samples.Signer.Key, m)[..255]),
            ["signature all zeros"] = Signature(_ => new byte[256]),
            ["signature not base64"] = Signature(_ => "not base64!"u8.ToArray()),
            ["other certificate"] = (
                "package.signature",
                () => new Forger { Certificate = Forger.SelfSigned(Other()) }.Build()
            ),
            ["weak certificate"] = Certificate("certificate.key_refused", () => Forger.SelfSigned(RSA.Create(1024))),
            ["elliptic certificate"] = Certificate(
                "certificate.key_refused",
                () => Forger.SelfSigned(ECDsa.Create(ECCurve.NamedCurves.nistP256))
            ),
            ["certificate is garbage"] = Certificate("certificate.format", () => [0x30, 0x82, 1, 1, 0, 0, 0]),
            ["certificate with more behind"] = Certificate(
                "certificate.format",
                () => [.. Samples.Signer.Certificate.RawData, 0]
            ),
            ["certificate is text"] = Certificate("certificate.format", () => "no certificate"u8.ToArray()),
            ["package.json not JSON"] = Info("{"),
            ["package.json with a member twice"] = Info(Forger.Info.Insert(1, "\"dataset\":\"e\",")),
            ["package.json without subject"] = Info("{\"dataset\":\"d\"}"),
            ["package.json with a short salt"] = Info(
                Forger.Info.Replace("\"salt\":\"AAAA", "\"salt\":\"", StringComparison.Ordinal)
            ),
            ["package.json without a time zone"] = Info(Forger.Info.Replace("00Z", "00", StringComparison.Ordinal)),
        };

    private static RSA Other() => RSA.Create(2048);

    private static (string, Func<byte[]>) Without(string name) =>
        ("package.missing", () => new Forger { LeftOut = [name] }.Build());

    private static (string, Func<byte[]>) Manifest(string code, Func<List<RawEntry>, string> manifest) =>
        (code, () => new Forger { Manifest = manifest(new Forger().Files) }.Build());

    private static (string, Func<byte[]>) Signature(Func<byte[], byte[]> sign) =>
        ("package.signature", () => new Forger { Signature = sign }.Build());

    private static (string, Func<byte[]>) Certificate(string code, Func<byte[]> certificate) =>
        (code, () => new Forger { Certificate = certificate() }.Build());

    private static (string, Func<byte[]>) Info(string json) =>
        (
            "package.info",
            () =>
            {
                var forger = new Forger();
                forger.Files[1] = new RawEntry("META-INFO/package.json", Encoding.UTF8.GetBytes(json));
                return forger.Build();
            }
        );
}
