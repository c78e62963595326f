using System.Security.Cryptography;
using System.Text;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Sandbox.Callers;

/// <summary>
/// Three made-up systems of a city that record what they read. Their private keys (PKCS#8, PEM) lie in the sandbox's key folder, as
/// <c>caller-NAME.pem</c>, for examples and tests to sign with.
/// </summary>
public sealed class SandboxCallers(ClientKeys keys)
{
    // RFC 8410 §7: everything before the seed's 32 bytes.
    private static readonly byte[] Ed25519Head =
    [
        0x30,
        0x2e,
        0x02,
        0x01,
        0,
        0x30,
        0x05,
        0x06,
        0x03,
        0x2b,
        0x65,
        0x70,
        0x04,
        0x22,
        0x04,
        0x20,
    ];

    /// <summary>Social welfare and schools sign by Ed25519, traffic by P-256.</summary>
    public static readonly IReadOnlyList<string> Names = ["city-schools", "city-traffic", "city-welfare"];

    /// <summary>Where a caller's private key lies.</summary>
    public static string File(string name) => $"caller-{name}.pem";

    public async Task RegisterAsync(string folder, CancellationToken token)
    {
        var files = new KeyFolder(folder, mayCreate: true);
        var known = await keys.ListAsync(token);
        foreach (var name in Names)
        {
            var pem = Encoding.ASCII.GetString(files.Get(File(name), () => Encoding.ASCII.GetBytes(NewKey(name))));
            var key = CallerKey.Parse(PublicOf(pem));
            if (!known.Any(one => one.Client == name && one.Kid == key.Kid))
                await keys.AddAsync(name, key, token);
        }
    }

    private static string NewKey(string name)
    {
        if (name != "city-traffic")
            return PemEncoding.WriteString("PRIVATE KEY", [.. Ed25519Head, .. Ed25519PrivateKey.NewSeed()]);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static byte[] PublicOf(string pem)
    {
        var der = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
        if (der.AsSpan().StartsWith(Ed25519Head))
        {
            using var key = new Ed25519PrivateKey(der.AsSpan(Ed25519Head.Length));
            return CallerKey.Of(key.PublicKey).Der;
        }
        using var other = ECDsa.Create();
        other.ImportPkcs8PrivateKey(der, out _);
        return other.ExportSubjectPublicKeyInfo();
    }
}
