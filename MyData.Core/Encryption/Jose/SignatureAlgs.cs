using System.Security.Cryptography;

namespace MyData.Core.Encryption;

/// <summary>ES256, PS256 and RS256 (RFC 7518 §3.3 to §3.5) on a key that was found fit for them.</summary>
internal static class SignatureAlgs
{
    /// <summary>RFC 7518 §3.4: r ‖ s, 32 octets each; §3.5: PSS with MGF1 and a salt as long as the hash.</summary>
    public static byte[] Sign(Jwk key, string alg, byte[] signed) =>
        alg is JoseNames.Es256
            ? key.WithECDsa(k =>
                k.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            )
            : key.WithRSA(k => k.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));

    public static bool Verify(Jwk key, string alg, byte[] signed, byte[] signature) =>
        alg switch
        {
            JoseNames.Es256 => signature.Length == 64
                && key.WithECDsa(k =>
                    k.VerifyData(
                        signed,
                        signature,
                        HashAlgorithmName.SHA256,
                        DSASignatureFormat.IeeeP1363FixedFieldConcatenation
                    )
                ),
            JoseNames.Ps256 => key.WithRSA(k =>
                k.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            ),
            _ => key.WithRSA(k => k.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
        };
}
