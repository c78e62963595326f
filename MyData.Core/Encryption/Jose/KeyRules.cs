namespace MyData.Core.Encryption;

/// <summary>Whether a key may be used for an algorithm (RFC 7517 §4.2 to §4.4, RFC 7515 §4.1.4).</summary>
internal static class KeyRules
{
    /// <summary>Keys that a kid may mean: the key of that name, and keys that the caller gave without one.</summary>
    public static bool IsNamed(Jwk key, string? kid) =>
        kid is null || key.Kid is null || string.Equals(key.Kid, kid, StringComparison.Ordinal);

    public static bool Fits(Jwk key, string alg, string operation) =>
        string.Equals(key.Kty, KtyOf(alg), StringComparison.Ordinal)
        && (key.Alg is null || string.Equals(key.Alg, alg, StringComparison.Ordinal))
        && (
            key.Use is null
            || string.Equals(key.Use, operation is "sign" or "verify" ? "sig" : "enc", StringComparison.Ordinal)
        )
        && OperationFits(key, alg, operation);

    public static void Require(Jwk key, string alg, string operation)
    {
        if (!Fits(key, alg, operation))
            throw Mismatch(alg);
    }

    public static EncryptionException Mismatch(string alg) =>
        new("jose.key_refused", $"The key is not one for {EncryptionException.Quote(alg)}.");

    private static bool OperationFits(Jwk key, string alg, string operation)
    {
        if (key.KeyOps is not { } operations)
            return true;
        return operation switch
        {
            // WebCrypto exports the public half of a key agreement with no operations at all.
            "wrap" when alg is JoseNames.EcdhEsA256Kw => true,
            "wrap" => operations.Contains("wrapKey") || operations.Contains("encrypt"),
            "unwrap" when alg is JoseNames.EcdhEsA256Kw => operations.Contains("deriveKey")
                || operations.Contains("deriveBits"),
            "unwrap" => operations.Contains("unwrapKey") || operations.Contains("decrypt"),
            _ => operations.Contains(operation),
        };
    }

    private static string KtyOf(string alg) =>
        alg switch
        {
            JoseNames.Es256 or JoseNames.EcdhEsA256Kw => "EC",
            JoseNames.Ps256 or JoseNames.Rs256 or JoseNames.RsaOaep256 => "RSA",
            _ => "oct",
        };
}
