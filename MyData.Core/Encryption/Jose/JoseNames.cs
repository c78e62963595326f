using System.Collections.Frozen;

namespace MyData.Core.Encryption;

/// <summary>The algorithms of protocols.md, by their registered names (RFC 7518 §3.1, §4.1, §5.1). There are no others here.</summary>
public static class JoseNames
{
    public const string Es256 = "ES256";
    public const string Ps256 = "PS256";

    /// <summary>Verified only, and only where a caller allows it: upstream identity providers still sign with it.</summary>
    public const string Rs256 = "RS256";

    public const string RsaOaep256 = "RSA-OAEP-256";
    public const string EcdhEsA256Kw = "ECDH-ES+A256KW";
    public const string A256Kw = "A256KW";
    public const string A256GcmKw = "A256GCMKW";

    public const string A256Gcm = "A256GCM";
    public const string A256CbcHs512 = "A256CBC-HS512";

    /// <summary>What we sign with, and accept unless a caller says otherwise.</summary>
    public static IReadOnlySet<string> SignatureAlgs { get; } = Set(Es256, Ps256);

    public static IReadOnlySet<string> KeyAlgs { get; } = Set(RsaOaep256, EcdhEsA256Kw, A256Kw, A256GcmKw);

    public static IReadOnlySet<string> ContentAlgs { get; } = Set(A256Gcm, A256CbcHs512);

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
