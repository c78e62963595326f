using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MyData.E2E.Support;

namespace MyData.E2E.Browser;

/// <summary>Whom the browser believes that a package is from.</summary>
public sealed class CertificateTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    private const string Checks = "/checks/packages.js";
    private static readonly BrowserPackages Agency = BrowserPackages.Default;
    private static readonly RSA Key = RSA.Create(2048);
    private static readonly X509BasicConstraintsExtension LeafOnly = new(false, false, 0, true);

    [Fact]
    public async Task Check_IssuedByTheRoot_IsTrusted()
    {
        var answer = await CheckAsync(Agency.Certificate);

        Assert.Equal("accepted", answer.GetProperty("code").GetString());
        Assert.Equal("Made-up Agency", answer.GetProperty("subject").GetString());
        Assert.Equal("Made-up Root", answer.GetProperty("root").GetString());
        Assert.Equal(Agency.Thumbprint, answer.GetProperty("thumbprint").GetString());
    }

    [Theory]
    [InlineData("expired", "certificate.expired")]
    [InlineData("not yet", "certificate.not_yet_valid")]
    [InlineData("authority", "certificate.usage_refused")]
    [InlineData("usage", "certificate.usage_refused")]
    [InlineData("weak key", "certificate.key_refused")]
    [InlineData("small exponent", "certificate.key_refused")]
    [InlineData("SHA-1", "certificate.algorithm_refused")]
    [InlineData("unknown critical extension", "certificate.extension_refused")]
    [InlineData("explicit curve", "certificate.curve_refused")]
    [InlineData("P-521", "certificate.curve_refused")]
    [InlineData("self-signed", "certificate.untrusted")]
    [InlineData("another root of the same name", "certificate.untrusted")]
    [InlineData("changed", "certificate.untrusted")]
    [InlineData("more behind", "certificate.format")]
    public async Task Check_OneThingWrong_IsRefused(string fault, string code) =>
        Assert.Equal(code, (await CheckAsync(Faulty(fault))).GetProperty("code").GetString());

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    public async Task Check_EllipticRoot_IsTrusted(string curve)
    {
        using var rootKey = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve == "P-256" ? "nistP256" : "nistP384"));
        var hash = curve == "P-256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        var root = new CertificateRequest("CN=Elliptic Root", rootKey, hash);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = root.CreateSelfSigned(BrowserPackages.Now.AddYears(-1), BrowserPackages.Now.AddYears(9));
        var request = BrowserPackages.Request("Agency", Key);
        var leaf = request.Create(
            authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(rootKey),
            BrowserPackages.Now.AddDays(-1),
            BrowserPackages.Now.AddYears(1),
            [1]
        );

        var answer = await CheckAsync(leaf.RawData, [authority.RawData], []);

        Assert.Equal("accepted", answer.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(1, "accepted")]
    [InlineData(0, "certificate.usage_refused")]
    public async Task Check_AnAuthorityBetween_CountsByThePathLengthOfTheRoot(int pathLength, string code)
    {
        using var rootKey = RSA.Create(2048);
        using var root = BrowserPackages.Authority("Long Root", rootKey, pathLength);
        using var middleKey = RSA.Create(2048);
        var middle = BrowserPackages.Request("Middle", middleKey);
        middle.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        using var between = Sign(middle, root, rootKey);
        using var leaf = Sign(BrowserPackages.Request("Agency", Key), between, middleKey);

        var answer = await CheckAsync(leaf.RawData, [root.RawData], [between.RawData]);

        Assert.Equal(code, answer.GetProperty("code").GetString());
        var without = await CheckAsync(leaf.RawData, [root.RawData], []);
        Assert.Equal("certificate.untrusted", without.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Signer_RegisteredCertificateAndSubject_AreCompared()
    {
        Assert.Equal("accepted", await TrustAsync(Agency.Thumbprint, BrowserPackages.NationalId));
        Assert.Equal("certificate.unregistered", await TrustAsync(new string('0', 64), BrowserPackages.NationalId));
        Assert.Equal("package.subject", await TrustAsync(Agency.Thumbprint, "A223456781"));
        Assert.Equal("package.subject", await TrustAsync(Agency.Thumbprint, ""));
    }

    private static byte[] Faulty(string fault)
    {
        var request = BrowserPackages.Request("Agency", Key);
        switch (fault)
        {
            case "expired":
                return Agency.Issue(request, BrowserPackages.Now.AddDays(-9), BrowserPackages.Now.AddDays(-1)).RawData;
            case "not yet":
                return Agency.Issue(request, BrowserPackages.Now.AddDays(1)).RawData;
            case "authority":
                request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
                return Agency.Issue(request).RawData;
            case "usage":
                request.CertificateExtensions.Add(LeafOnly);
                request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyEncipherment, true));
                return Agency.Issue(request).RawData;
            case "weak key":
                using (var weak = RSA.Create(1024))
                    return Agency.Issue(BrowserPackages.Request("Agency", weak)).RawData;
            case "small exponent":
                using (var three = RSA.Create())
                {
                    three.ImportParameters(
                        new RSAParameters { Modulus = Key.ExportParameters(false).Modulus, Exponent = [3] }
                    );
                    return Agency.Issue(BrowserPackages.Request("Agency", three)).RawData;
                }
            case "SHA-1":
                return Agency.Issue(request, by: new Sha1Signer(Key)).RawData;
            case "unknown critical extension":
                request.CertificateExtensions.Add(new X509Extension("1.2.3.4", [5, 0], critical: true));
                return Agency.Issue(request).RawData;
            case "explicit curve":
                using (var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                    return WithParameters(
                        Agency.Issue(new CertificateRequest("CN=Agency", curve, HashAlgorithmName.SHA256)).RawData
                    );
            case "P-521":
                using (var large = ECDsa.Create(ECCurve.NamedCurves.nistP521))
                    return Agency.Issue(new CertificateRequest("CN=Agency", large, HashAlgorithmName.SHA256)).RawData;
            case "self-signed":
                return request
                    .CreateSelfSigned(BrowserPackages.Now.AddDays(-1), BrowserPackages.Now.AddYears(1))
                    .RawData;
            case "another root of the same name":
                using (var other = RSA.Create(2048))
                using (var root = BrowserPackages.Authority("Made-up Root", other))
                    return Sign(request, root, other).RawData;
            case "changed":
                var raw = Agency.Issue(request).RawData;
                raw[^1] ^= 1;
                return raw;
            default:
                return [.. Agency.Certificate.RawData, 0];
        }
    }

    /// <summary>The name of the curve gives way to a sequence of the same length: numbers in place of a name.</summary>
    private static byte[] WithParameters(byte[] der)
    {
        byte[] name = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
        var at = der.AsSpan().IndexOf(name);
        byte[] numbers = [0x30, 0x08, 0x02, 0x01, 0x01, 0x02, 0x03, 0x01, 0x00, 0x01];
        numbers.CopyTo(der, at);
        return der;
    }

    private static X509Certificate2 Sign(CertificateRequest request, X509Certificate2 issuer, RSA key) =>
        request.Create(
            issuer.SubjectName,
            X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1),
            BrowserPackages.Now.AddDays(-1),
            BrowserPackages.Now.AddYears(1),
            [7]
        );

    private Task<JsonElement> CheckAsync(X509Certificate2 certificate) => CheckAsync(certificate.RawData);

    private Task<JsonElement> CheckAsync(byte[] der) => CheckAsync(der, [Agency.Root.RawData], []);

    private async Task<JsonElement> CheckAsync(byte[] der, byte[][] roots, byte[][] between)
    {
        await using var page = await modules.OpenAsync();
        return await page.CallAsync<JsonElement>(
            Checks,
            "certificate",
            new
            {
                der,
                roots,
                between,
                at = BrowserPackages.Now,
            }
        );
    }

    private async Task<string> TrustAsync(string registered, string nationalId)
    {
        await using var page = await modules.OpenAsync();
        var answer = await page.CallAsync<JsonElement>(
            Checks,
            "trust",
            new
            {
                Zip = Agency.Write(),
                Roots = new[] { Agency.Root.RawData },
                At = BrowserPackages.Now,
                registered,
                nationalId,
            }
        );
        return answer.GetProperty("code").GetString()!;
    }

    /// <summary>sha1WithRSAEncryption, which the framework's generator no longer offers.</summary>
    private sealed class Sha1Signer(RSA key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            Convert.FromHexString("300D06092A864886F70D0101050500");

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
            key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => throw new NotSupportedException();
    }
}
