namespace MyData.Core.OpenId;

/// <summary>A refusal by the authorization server: the OAuth error code, and its HTTP status.</summary>
public sealed class OpenIdException(string error, int status, string message) : Exception(message)
{
    public string Error { get; } = error;
    public int Status { get; } = status;

    /// <summary>RFC 6749 §5.2.</summary>
    public static OpenIdException InvalidClient(string why) => new("invalid_client", 401, why);

    /// <summary>RFC 6749 §5.2.</summary>
    public static OpenIdException InvalidRequest(string why) => new("invalid_request", 400, why);

    /// <summary>RFC 6750 §3.1.</summary>
    public static OpenIdException InvalidToken(string why) => new("invalid_token", 401, why);
}
