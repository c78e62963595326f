using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

public sealed class ConfiguredRootsTests
{
    private static readonly TestSigner Signer = TestSigner.Create(Samples.Now);

    [Fact]
    public void Check_CertificateOfARoot_Accepted()
    {
        var check = new ConfiguredRoots([TestSigner.Create(Samples.Now).Root, Signer.Root]);

        check.Check(Signer.Certificate, Samples.Now);
        check.Check(Signer.Certificate, Samples.Now.AddDays(1));
        Assert.Equal("CN=Test Root", Signer.Root.Subject);
    }

    [Fact]
    public void Check_OtherRootOfTheSameName_Refused() =>
        Assert.Equal(
            "certificate.untrusted",
            RefusalOf(TestSigner.Create(Samples.Now).Root, Signer.Certificate, Samples.Now)
        );

    [Theory]
    [InlineData(-25, "certificate.not_yet_valid")]
    [InlineData((366 * 24 * 2) + 1, "certificate.expired")]
    public void Check_AtAnotherTime_Refused(int hours, string code) =>
        Assert.Equal(code, RefusalOf(Signer.Root, Signer.Certificate, Samples.Now.AddHours(hours)));

    [Fact]
    public void Check_SelfSigned_Refused()
    {
        using var key = RSA.Create(2048);
        using var certificate = X509CertificateLoader.LoadCertificate(Forger.SelfSigned(key));

        Assert.Equal("certificate.untrusted", RefusalOf(Signer.Root, certificate, Samples.Now));
    }

    [Fact]
    public void Check_WeakOrOtherKey_Refused()
    {
        Assert.Equal("certificate.key_refused", RefusalOf(TestSigner.Create(Samples.Now, bits: 1024)));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = X509CertificateLoader.LoadCertificate(Forger.SelfSigned(key));
        Assert.Equal("certificate.key_refused", RefusalOf(Signer.Root, certificate, Samples.Now));
    }

    [Fact]
    public void Check_AuthorityOrOtherUse_Refused()
    {
        Assert.Equal(
            "certificate.usage_refused",
            RefusalOf(TestSigner.Create(Samples.Now, usage: X509KeyUsageFlags.KeyEncipherment))
        );
        Assert.Equal("certificate.usage_refused", RefusalOf(Signer.Root, Signer.Root, Samples.Now));
    }

    [Fact]
    public void Roots_None_IsNeverOpen() => Assert.Throws<ArgumentException>(() => new ConfiguredRoots([]));

    private static string? RefusalOf(TestSigner signer) => RefusalOf(signer.Root, signer.Certificate, Samples.Now);

    private static string? RefusalOf(X509Certificate2 root, X509Certificate2 certificate, DateTimeOffset at) =>
        Wycheproof.Refusal(() => new ConfiguredRoots([root]).Check(certificate, at))?.Code;
}
