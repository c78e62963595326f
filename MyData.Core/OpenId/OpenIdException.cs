namespace MyData.Core.OpenId;

/// <summary>A refusal by the authorization server: the OAuth error code, its HTTP status, and the stable code of the very reason.</summary>
public sealed class OpenIdException(string error, int status, string message, string? code = null) : Exception(message)
{
    public string Error { get; } = error;
    public int Status { get; } = status;

    /// <summary>What was wrong, to quote; the OAuth error code where that says it all.</summary>
    public string Code { get; } = code ?? error;

    /// <summary>How long to wait before the same may be asked again (RFC 9110 §10.2.3); null: waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>RFC 6749 §5.2.</summary>
    public static OpenIdException InvalidClient(string why) => new("invalid_client", 401, why);

    /// <summary>RFC 6749 §5.2.</summary>
    public static OpenIdException InvalidRequest(string why, string? code = null) =>
        new("invalid_request", 400, why, code);

    /// <summary>RFC 6749 §5.2.</summary>
    public static OpenIdException InvalidGrant(string why, string code) => new("invalid_grant", 400, why, code);

    /// <summary>RFC 6750 §3.1.</summary>
    public static OpenIdException InvalidToken(string why) => new("invalid_token", 401, why);

    /// <summary>RFC 9396 §5.</summary>
    public static OpenIdException InvalidDetails(string why, string code) =>
        new("invalid_authorization_details", 400, why, code);

    /// <summary>RFC 9449 §5.</summary>
    public static OpenIdException InvalidProof(string why, string code) => new("invalid_dpop_proof", 400, why, code);

    /// <summary>RFC 9449 §8: the answer carries the nonce to use.</summary>
    public static OpenIdException UseNonce() =>
        new("use_dpop_nonce", 400, "The proof lacks a nonce of the server's.", DpopProofs.NonceCode);
}
