using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MyData.E2E.Support;

namespace MyData.E2E.Browser;

/// <summary>Packages with one thing wrong each, and some that are unusual and good. Signed anew where that hides the fault.</summary>
internal static class PackageAttacks
{
    private const string Manifest = "META-INFO/manifest.xml";
    private const string Signature = "META-INFO/manifest.sha256withrsa";
    private const string Certificate = "META-INFO/certificate.cer";
    private const string Info = "META-INFO/package.json";
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(BrowserPackages.Json);

    public static IEnumerable<(string Name, byte[] Zip)> Good()
    {
        yield return ("as written", Zip().Build());
        yield return ("stored", Zip(stored: true).Build());
        yield return ("descriptors", Change(zip => zip.Entries.ToList().ForEach(entry => entry.Descriptor = true)));
        yield return (
            "back slashes",
            Change(zip => zip.Entries.ToList().ForEach(entry => entry.Name = entry.LocalName = BackSlashed(entry.Name)))
        );
        yield return ("folder entry", Change(zip => zip.Add("META-INFO/", [], stored: true)));
        yield return (
            "base64 signature",
            Whole(sign: manifest =>
                Encoding.ASCII.GetBytes(
                    Convert.ToBase64String(Sign(manifest), Base64FormattingOptions.InsertLineBreaks)
                )
            )
        );
        yield return (
            "PEM certificate",
            Whole(certificate: Encoding.ASCII.GetBytes(BrowserPackages.Default.Certificate.ExportCertificatePem()))
        );
        yield return (
            "base64 certificate",
            Whole(
                certificate: Encoding.ASCII.GetBytes(
                    Convert.ToBase64String(BrowserPackages.Default.Certificate.RawData)
                )
            )
        );
        yield return ("no package.json", Whole(info: null));
        yield return (
            "back slashes in the manifest",
            Whole(manifest: text => text.Replace("META-INFO/", "META-INFO\\", StringComparison.Ordinal))
        );
        yield return ("upper-case digests", Whole(manifest: Upper));
        yield return ("BOM", Whole(manifest: text => "\ufeff" + text));
        yield return (
            "comment and white space",
            Whole(manifest: text => text.Replace("<file>", "\n <!-- one --> <file>", StringComparison.Ordinal))
        );
        yield return ("Chinese name", Whole(more: [("說明.txt", "x"u8.ToArray())]));
    }

    public static IEnumerable<(string Name, byte[] Zip)> BadZip()
    {
        string[] names =
        [
            "../x",
            "..\\x",
            "/etc/x",
            "\\x",
            "C:\\x",
            "a/../../x",
            "META-INFO/../x",
            "META-INFO//x",
            "./x",
            "x:stream",
            "sub/x",
            "META-INFO/a/x",
            "CON",
            "nul.txt",
            "x\0y",
            ".hidden",
            "x ",
            "x.",
            "x\u202etxt.exe",
            "x\u0001",
            "x<y",
            "x*",
            new string('x', 256),
            "",
        ];
        foreach (var name in names)
            yield return (
                $"name {name.Length} '{(name.Length > 40 ? "long" : name)}'",
                Change(zip => zip.Add(name, "x"u8.ToArray()))
            );
        yield return ("name not UTF-8", Change(zip => Renamed(zip.Add("xx", "x"u8.ToArray())["xx"], [0x78, 0xff])));
        yield return ("twice", Change(zip => zip.Add("data.json", Data)));
        yield return ("twice by case", Change(zip => zip.Add("DATA.json", Data)));
        yield return ("twice by composition", Change(zip => zip.Add("\u00e9", Data).Add("e\u0301", Data)));
        yield return ("encrypted", Change(zip => zip["data.json"].Flags |= 1));
        yield return ("strongly encrypted", Change(zip => zip["data.json"].Flags |= 0x41));
        yield return ("method bzip2", Change(zip => zip["data.json"].Method = 12));
        yield return ("symbolic link", Change(zip => zip["data.json"].UnixMode = 0xA1FF));
        yield return ("device", Change(zip => zip["data.json"].UnixMode = 0x21FF));
        yield return ("overlap", Change(zip => zip[Info].At = 0));
        yield return ("before", Change(zip => zip.Before = "MZ"u8.ToArray()));
        yield return ("between", Change(zip => zip.Between = "x"u8.ToArray()));
        yield return ("behind", Change(zip => zip.After = "x"u8.ToArray()));
        yield return ("comment", Change(zip => zip.Comment = "x"u8.ToArray()));
        yield return ("count too high", Change(zip => zip.ExtraCount = 1));
        yield return ("count too low", Change(zip => zip.ExtraCount = -1));
        yield return ("two names", Change(zip => zip["data.json"].LocalName = "data.jsoo"u8.ToArray()));
        yield return ("two sizes", Change(zip => zip["data.json"].LocalSize = 1));
        yield return ("wrong CRC", Change(zip => zip["data.json"].Crc ^= 1));
        yield return ("larger than it says", Change(zip => zip["data.json"].Size -= 1));
        yield return ("smaller than it says", Change(zip => zip["data.json"].Size += 1));
        yield return ("hidden behind the data", Change(zip => Hidden(zip["data.json"])));
        yield return (
            "not deflated",
            Change(zip => zip["data.json"].Packed = new byte[zip["data.json"].Packed.Length])
        );
        yield return ("stored with two sizes", Change(zip => Stored(zip["data.json"])));
        yield return ("folder with content", Change(zip => zip.Add("META-INFO/", "x"u8.ToArray(), stored: true)));
        yield return ("ratio", Change(zip => zip.Add("zeros", new byte[1_000_000])));
        yield return (
            "201 MB declared",
            Change(zip => zip.Add("large", new byte[10_000])["large"].Size = 201 * 1024 * 1024)
        );
        yield return (
            "201 entries",
            Change(zip => Enumerable.Range(0, 201).ToList().ForEach(i => zip.Add($"f{i}", [])))
        );
        yield return ("a ZIP inside", Whole(more: [("inner.zip", Zip().Build())]));
        yield return (
            "64-bit sizes",
            Change(zip => zip["data.json"].PackedSize = zip["data.json"].Size = uint.MaxValue)
        );
        yield return ("cut", Zip().Build()[..^1]);
        yield return ("half", Zip().Build()[..200]);
        yield return ("empty", []);
        yield return ("empty ZIP", new RawZip().Build());
        yield return ("not a ZIP", "<html></html>"u8.ToArray());
    }

    public static IEnumerable<(string Name, byte[] Zip)> BadContent()
    {
        yield return ("unlisted", Change(zip => zip.Add("x.txt", "x"u8.ToArray())));
        yield return ("unlisted in META-INFO", Change(zip => zip.Add("META-INFO/x.txt", "x"u8.ToArray())));
        yield return ("listed but missing", Whole(manifest: text => With(text, File("gone.txt", "x"u8.ToArray()))));
        yield return ("listed twice", Whole(manifest: text => With(text, File("data.json", Data))));
        yield return (
            "digest of another file",
            Whole(manifest: text => text.Replace(Hex(Data), Hex([]), StringComparison.Ordinal))
        );
        yield return (
            "digest too short",
            Whole(manifest: text => text.Replace(Hex(Data), "00", StringComparison.Ordinal))
        );
        yield return ("lists itself", Whole(manifest: text => With(text, File(Manifest, []))));
        yield return ("empty list", Whole(manifest: _ => "<manifest></manifest>"));
        yield return (
            "another root",
            Whole(manifest: text => text.Replace("manifest>", "list>", StringComparison.Ordinal))
        );
        yield return ("another element", Whole(manifest: text => With(text, "<folder/>")));
        yield return ("no name", Whole(manifest: text => With(text, $"<file><sha256>{Hex([])}</sha256></file>")));
        yield return (
            "two names",
            Whole(manifest: text =>
                With(text, $"<file><filename>a</filename><filename>b</filename><sha256>{Hex([])}</sha256></file>")
            )
        );
        yield return ("not XML", Whole(manifest: text => text[..^3]));
        yield return (
            "DTD",
            Whole(manifest: text => "<!DOCTYPE manifest [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + text)
        );
        yield return (
            "another encoding",
            Whole(manifest: text => text.Replace("UTF-8", "ISO-8859-1", StringComparison.Ordinal))
        );
        yield return (
            "manifest changed after signing",
            Change(zip => Replaced(zip, Manifest, [.. zip[Manifest].Content, (byte)' ']))
        );
        yield return ("data changed after signing", Change(zip => Replaced(zip, "data.json", "{}"u8.ToArray())));
        yield return ("signature of zeros", Whole(sign: _ => new byte[256]));
        yield return ("signature cut", Whole(sign: manifest => Sign(manifest)[..255]));
        yield return (
            "signature by another",
            Whole(sign: manifest =>
                RSA.Create(2048).SignData(manifest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            )
        );
        yield return (
            "signature with PSS",
            Whole(sign: manifest =>
                BrowserPackages.Default.Key.SignData(manifest, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            )
        );
        yield return (
            "signature with SHA-512",
            Whole(sign: manifest =>
                BrowserPackages.Default.Key.SignData(manifest, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)
            )
        );
        foreach (var name in new[] { Manifest, Signature, Certificate })
            yield return (
                $"{name} missing",
                Change(zip => zip[name].Name = zip[name].LocalName = "META-INFO/other.bin"u8.ToArray())
            );
        yield return ("certificate of nothing", Whole(certificate: "x"u8.ToArray()));
        yield return ("certificate cut", Whole(certificate: BrowserPackages.Default.Certificate.RawData[..^5]));
        yield return (
            "certificate with more behind",
            Whole(certificate: [.. BrowserPackages.Default.Certificate.RawData, 0])
        );
        yield return ("weak key", Whole(certificate: WeakKey()));
        yield return ("elliptic key", Whole(certificate: EllipticKey()));
        yield return ("package.json not JSON", Whole(info: "{"));
        yield return (
            "package.json without subject",
            Whole(
                info: """{"dataset":"d","schema_version":1,"transfer_id":"t","fields":[],"issued_at":"2026-03-12T00:00:00Z"}"""
            )
        );
        yield return (
            "package.json member twice",
            Whole(info: InfoText().Replace("\"dataset\"", "\"dataset\":\"a\",\"dataset\"", StringComparison.Ordinal))
        );
        yield return (
            "package.json without zone",
            Whole(info: InfoText().Replace("Z\"", "\"", StringComparison.Ordinal))
        );
        yield return ("package.json with a short salt", Whole(info: InfoText(salt: "AAAA")));
        yield return ("package.json too large", Whole(info: InfoText() + new string(' ', 300_000)));
    }

    private static RawZip Zip(bool stored = false) =>
        Build(stored, text => text, Sign, BrowserPackages.Default.Certificate.RawData, InfoText(), []);

    private static byte[] Whole(
        Func<string, string>? manifest = null,
        Func<byte[], byte[]>? sign = null,
        byte[]? certificate = null,
        string? info = "",
        (string, byte[])[]? more = null
    ) =>
        Build(
                stored: false,
                manifest ?? (text => text),
                sign ?? Sign,
                certificate ?? BrowserPackages.Default.Certificate.RawData,
                info is "" ? InfoText() : info,
                more ?? []
            )
            .Build();

    private static RawZip Build(
        bool stored,
        Func<string, string> edit,
        Func<byte[], byte[]> sign,
        byte[] certificate,
        string? info,
        (string Name, byte[] Content)[] more
    )
    {
        var zip = new RawZip().Add("data.json", Data, stored);
        foreach (var (name, content) in more)
            zip.Add(name, content, stored);
        if (info is not null)
            zip.Add(Info, Encoding.UTF8.GetBytes(info), stored || info.Length > 100_000);
        var files = string.Concat(
            zip.Entries.Select(entry => File(Encoding.UTF8.GetString(entry.Name), entry.Content))
        );
        var manifest = Encoding.UTF8.GetBytes(
            edit($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest>{files}</manifest>")
        );
        return zip.Add(Manifest, manifest, stored)
            .Add(Signature, sign(manifest), stored)
            .Add(Certificate, certificate, stored);
    }

    private static byte[] Change(Action<RawZip> change)
    {
        var zip = Zip();
        change(zip);
        return zip.Build();
    }

    private static string InfoText(string salt = "AAAAAAAAAAAAAAAAAAAAAA") =>
        $$"""{"dataset":"API.7QovE2Gev6","schema_version":1,"transfer_id":"tx-1","subject":{"salt":"{{salt}}","hash":"{{new string('A', 43)}}"},"fields":["name"],"issued_at":"2026-03-12T02:21:04Z"}""";

    private static string File(string name, byte[] content) =>
        $"<file><filename>{name}</filename><sha256>{Hex(content)}</sha256></file>";

    private static string With(string manifest, string more) =>
        manifest.Replace("</manifest>", more + "</manifest>", StringComparison.Ordinal);

    private static string Upper(string manifest) =>
        manifest.Replace(Hex(Data), Hex(Data).ToUpperInvariant(), StringComparison.Ordinal);

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] Sign(byte[] manifest) =>
        BrowserPackages.Default.Key.SignData(manifest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static byte[] BackSlashed(byte[] name) => [.. name.Select(letter => letter == '/' ? (byte)'\\' : letter)];

    private static void Renamed(RawZip.Entry entry, byte[] name) => entry.Name = entry.LocalName = name;

    private static void Replaced(RawZip zip, string name, byte[] content)
    {
        var (old, fresh) = (zip[name], new RawZip.Entry(Encoding.UTF8.GetBytes(name), content, stored: false));
        (old.Packed, old.PackedSize, old.Size, old.Crc) = (fresh.Packed, fresh.PackedSize, fresh.Size, fresh.Crc);
    }

    private static void Hidden(RawZip.Entry entry)
    {
        entry.Packed = [.. entry.Packed, .. "hidden"u8];
        entry.PackedSize = (uint)entry.Packed.Length;
    }

    private static void Stored(RawZip.Entry entry)
    {
        entry.Method = 0;
        entry.Size = entry.PackedSize + 1;
    }

    private static byte[] WeakKey()
    {
        using var key = RSA.Create(1024);
        return BrowserPackages.Default.Issue(BrowserPackages.Request("Weak", key)).RawData;
    }

    private static byte[] EllipticKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return BrowserPackages
            .Default.Issue(new CertificateRequest("CN=Elliptic", key, HashAlgorithmName.SHA256))
            .RawData;
    }
}
