using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

public sealed class PackageTests
{
    public static TheoryData<string> ZipAttackNames => [.. ZipAttacks.All.Keys];
    public static TheoryData<string> PackageAttackNames => [.. PackageAttacks.All.Keys];

    [Fact]
    public void Read_WrittenPackage_IsVerifiedAndComplete()
    {
        var zip = Samples.Package();

        using var package = PackageReader.Read(zip, PackageLimits.Default);

        Assert.Equal(["data.csv", "data.json"], package.Files.Order(StringComparer.Ordinal));
        Assert.Equal(Samples.Json, Encoding.UTF8.GetString(package.Read("data.json")));
        Assert.Equal("tx-1", package.Info!.TransferId);
        Assert.Equal(Samples.Now, package.Info.IssuedAt);
        Assert.True(package.Info.Subject.Matches("A123456789"));
        Assert.False(package.Info.Subject.Matches("A123456790"));
        Assert.Equal(Samples.Signer.Thumbprint256, package.CertificateSha256);
        Assert.Throws<KeyNotFoundException>(() => package.Read("META-INFO/package.json"));
    }

    [Fact]
    public void Write_SameContent_SameBytes()
    {
        var content = Samples.Content();

        Assert.Equal(
            PackageWriter.Write(content, Samples.Signer.Key, Samples.Signer.Certificate),
            PackageWriter.Write(content, Samples.Signer.Key, Samples.Signer.Certificate)
        );
    }

    [Fact]
    public void Write_ForTheFrameworksZip_OpensToo()
    {
        using var archive = new ZipArchive(new MemoryStream(Samples.Package()));

        using var reader = new StreamReader(archive.GetEntry("data.json")!.Open());
        Assert.Equal(Samples.Json, reader.ReadToEnd());
        Assert.Equal(
            Samples.Now.UtcDateTime,
            archive.GetEntry("data.json")!.LastWriteTime.DateTime,
            TimeSpan.FromSeconds(2)
        );
    }

    /// <summary>A table of zeros compresses 1,000 to 1, which readers refuse: it is stored instead.</summary>
    [Fact]
    public void Write_ContentThatCompressesTooWell_IsStillReadable()
    {
        using var package = PackageReader.Read(
            Samples.Package(new PackageFile("zeros.csv", new byte[100_000])),
            PackageLimits.Default
        );

        Assert.Equal(new byte[100_000], package.Read("zeros.csv"));
    }

    [Theory]
    [InlineData("data.json", "package.zip_duplicate")]
    [InlineData("Data.JSON", "package.zip_duplicate")]
    [InlineData("../x", "package.zip_traversal")]
    [InlineData("META-INFO/manifest.xml", "package.zip_duplicate")]
    public void Write_NameThatNoReaderTakes_Refused(string name, string code) =>
        Assert.Equal(code, Wycheproof.Refusal(() => Samples.Package(new PackageFile(name, new byte[1])))?.Code);

    [Fact]
    public void Write_CertificateOfAnotherKey_Refused()
    {
        using var other = System.Security.Cryptography.RSA.Create(2048);

        var refusal = Wycheproof.Refusal(() =>
            PackageWriter.Write(Samples.Content(), other, Samples.Signer.Certificate)
        );

        Assert.Equal("certificate.key_refused", refusal?.Code);
    }

    [Fact]
    public void Attacks_AreManyEnough() => Assert.True(ZipAttacks.All.Count >= 25 && PackageAttacks.All.Count >= 25);

    [Theory]
    [MemberData(nameof(ZipAttackNames))]
    public void Read_ZipAttack_RefusedByItsCodeInTime(string name) => AssertRefused(ZipAttacks.All[name]);

    [Theory]
    [MemberData(nameof(PackageAttackNames))]
    public void Read_PackageAttack_RefusedByItsCodeInTime(string name) => AssertRefused(PackageAttacks.All[name]);

    [Fact]
    public void Read_CutAnywhere_Refused()
    {
        var zip = new Forger().Build();

        for (var length = 0; length < zip.Length; length += 1 + (zip.Length / 97))
            Assert.Equal("package.zip_format", Wycheproof.Refusal(() => Read(zip[..length]))?.Code);
    }

    [Fact]
    public void Read_AnyByteChanged_RefusedOrTheSame()
    {
        var zip = new Forger().Build();

        // What neither directory nor digest covers says nothing about the data: versions, times, attributes.
        var accepted = 0;
        for (var at = 0; at < zip.Length; at += 5)
        {
            var changed = zip.ToArray();
            changed[at] ^= 0x10;
            if (Wycheproof.Refusal(() => Read(changed)) is null)
                accepted++;
        }
        Assert.InRange(accepted, 0, zip.Length / 50);
    }

    [Fact]
    public void Read_MoreThanTheLimit_Refused()
    {
        var zip = new Forger().Build();

        var refusal = Wycheproof.Refusal(() =>
            PackageReader.Read(zip, PackageLimits.Default with { Packed = zip.Length - 1 }).Dispose()
        );

        Assert.Equal("package.too_large", refusal?.Code);
    }

    [Theory]
    [InlineData("as made by this test")]
    [InlineData("back slashes")]
    [InlineData("descriptors")]
    [InlineData("deflated")]
    [InlineData("folder entry")]
    [InlineData("signature in base64")]
    [InlineData("certificate in PEM")]
    [InlineData("certificate in base64")]
    [InlineData("no package.json")]
    [InlineData("other file names")]
    public void Read_OtherLawfulForm_Accepted(string form)
    {
        var forger = form switch
        {
            "back slashes" => new Forger
            {
                Each = e => e with { Name = [.. e.Name.Select(b => b == '/' ? (byte)'\\' : b)] },
            },
            "descriptors" => new Forger { Each = e => e with { Descriptor = true } },
            "deflated" => new Forger { Each = e => e with { Method = 8 } },
            "folder entry" => new Forger().WithUnlisted(new RawEntry("META-INFO/", []) { UnixMode = 0x41ED }),
            "signature in base64" => new Forger
            {
                Signature = m =>
                    Encoding.ASCII.GetBytes(
                        Convert.ToBase64String(
                            Forger.Sign(Samples.Signer.Key, m),
                            Base64FormattingOptions.InsertLineBreaks
                        )
                    ),
            },
            "certificate in PEM" => new Forger
            {
                Certificate = Encoding.ASCII.GetBytes(Samples.Signer.Certificate.ExportCertificatePem()),
            },
            "certificate in base64" => new Forger
            {
                Certificate = Encoding.ASCII.GetBytes(Convert.ToBase64String(Samples.Signer.Certificate.RawData)),
            },
            "other file names" => new Forger().With(
                new RawEntry("戶籍謄本 (1).pdf", "%PDF"u8.ToArray()),
                new RawEntry("vehicle_1-2.json", [])
            ),
            _ => new Forger(),
        };
        if (form == "no package.json")
            forger.Files.RemoveAt(1);

        using var package = PackageReader.Read(forger.Build(), PackageLimits.Default);

        Assert.Equal("{}", Encoding.UTF8.GetString(package.Read("data.json")));
        Assert.Equal(form == "no package.json", package.Info is null);
    }

    private static void AssertRefused((string Code, Func<byte[]> Make) attack)
    {
        var zip = attack.Make();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();

        var refusal = Wycheproof.Refusal(() => Read(zip));

        Assert.Equal(attack.Code, refusal?.Code);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    private static void Read(byte[] zip) => PackageReader.Read(zip, PackageLimits.Default).Dispose();
}
