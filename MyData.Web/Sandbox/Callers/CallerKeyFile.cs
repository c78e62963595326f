using System.Security.Cryptography;
using System.Text;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Web.Sandbox.Callers;

/// <summary>The key by which a made-up system signs what it records; made at its first use, by whichever process is first.</summary>
public static class CallerKeyFile
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

    /// <summary>Where a caller's private key lies.</summary>
    public static string Name(string caller) => $"caller-{caller}.pem";

    public static CallerKey Public(string folder, string caller) => CallerKey.Parse(PublicOf(Read(folder, caller)));

    /// <summary>The private key of one that signs by Ed25519.</summary>
    public static Ed25519PrivateKey Private(string folder, string caller) =>
        new(Read(folder, caller).AsSpan(Ed25519Head.Length));

    private static byte[] Read(string folder, string caller)
    {
        var bytes = new KeyFolder(folder, mayCreate: true).Get(
            Name(caller),
            () => Encoding.ASCII.GetBytes(NewKey(caller))
        );
        var pem = Encoding.ASCII.GetString(bytes);
        return Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
    }

    private static string NewKey(string name)
    {
        if (name != "city-traffic")
            return PemEncoding.WriteString("PRIVATE KEY", [.. Ed25519Head, .. Ed25519PrivateKey.NewSeed()]);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static byte[] PublicOf(byte[] der)
    {
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
