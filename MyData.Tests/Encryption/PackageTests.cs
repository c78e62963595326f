using System.Text;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

public sealed class PackageTests
{
    [Fact]
    public void Read_WrittenPackage_IsVerifiedAndComplete()
    {
        var zip = Samples.Package();

        using var package = PackageReader.Read(zip, PackageLimits.Default);

        Assert.Equal(["data.csv", "data.json"], package.Files.Order(StringComparer.Ordinal));
        Assert.Equal(Samples.Json, Encoding.UTF8.GetString(package.Read("data.json")));
        Assert.Equal("tx-1", package.Info!.TransferId);
        Assert.True(package.Info.Subject.Matches("A123456789"));
        Assert.False(package.Info.Subject.Matches("A123456790"));
        Assert.Equal(Samples.Signer.Thumbprint256, package.CertificateSha256);
        new ConfiguredRoots([Samples.Signer.Root]).Check(package.Certificate, Samples.Now);
    }

    [Fact]
    public void Read_ByTheFrameworksZip_OpensToo()
    {
        using var archive = new System.IO.Compression.ZipArchive(new MemoryStream(Samples.Package()));

        using var reader = new StreamReader(archive.GetEntry("data.json")!.Open());
        Assert.Equal(Samples.Json, reader.ReadToEnd());
    }
}
