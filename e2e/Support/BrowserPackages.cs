using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MyData.Core.Encryption;

namespace MyData.E2E.Support;

/// <summary>A made-up authority, an agency that it certified, and packages of that agency.</summary>
public sealed class BrowserPackages
{
    public const string NationalId = "A123456789";
    public const string Json = """{"name":"林丈音","birthday":"0840312"}""";

    private static readonly Lazy<BrowserPackages> One = new(() => new BrowserPackages());
    private readonly RSA _rootKey = RSA.Create(2048);

    private BrowserPackages()
    {
        Key = RSA.Create(2048);
        Root = Authority("Made-up Root", _rootKey);
        Certificate = Issue(Request("Made-up Agency", Key));
    }

    public static BrowserPackages Default => One.Value;

    public static DateTimeOffset Now { get; } = new(2026, 3, 12, 2, 21, 4, TimeSpan.Zero);

    public RSA Key { get; }
    public X509Certificate2 Root { get; }
    public X509Certificate2 Certificate { get; }
    public string Thumbprint => Convert.ToHexStringLower(SHA256.HashData(Certificate.RawData));

    public byte[] Write(
        string json = Json,
        string nationalId = NationalId,
        string transfer = "tx-1",
        params PackageFile[] more
    ) => PackageWriter.Write(Content(json, nationalId, transfer, more), Key, Certificate);

    public static PackageContent Content(string json, string nationalId, string transfer, params PackageFile[] more) =>
        new()
        {
            DataSet = "API.7QovE2Gev6",
            SchemaVersion = 1,
            TransferId = transfer,
            Subject = SubjectHash.Of(nationalId),
            Fields = ["name", "birthday"],
            IssuedAt = Now,
            Files = [new("data.json", Encoding.UTF8.GetBytes(json)), .. more],
        };

    public static byte[] Seal(byte[] zip, out SealDigest digest, params Jwk[] recipients) =>
        SealedPackage.Seal(
            zip,
            new SealRequest
            {
                Transfer = "tx-1",
                DataSet = "API.7QovE2Gev6",
                Sub = "pairwise-sub",
                IssuedAt = Now,
                Recipients = [.. recipients.Select(key => new SealRecipient("citizen", key.Kid!, key))],
            },
            out digest
        );

    public static X509Certificate2 Authority(string name, RSA key, int pathLength = 1)
    {
        var request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, pathLength, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(9));
    }

    public static CertificateRequest Request(string name, RSA key) =>
        new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    /// <summary>By the root, for two years from yesterday unless said otherwise.</summary>
    public X509Certificate2 Issue(
        CertificateRequest request,
        DateTimeOffset? from = null,
        DateTimeOffset? until = null,
        X509SignatureGenerator? by = null
    ) =>
        request.Create(
            Root.SubjectName,
            by ?? X509SignatureGenerator.CreateForRSA(_rootKey, RSASignaturePadding.Pkcs1),
            from ?? Now.AddDays(-1),
            until ?? Now.AddYears(2),
            [1, 2, 3, 4]
        );
}
