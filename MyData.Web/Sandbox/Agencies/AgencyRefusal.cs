namespace MyData.Web.Sandbox.Agencies;

/// <summary>An agency does not answer with data: an HTTP status, a stable code, and a sentence for developers.</summary>
public sealed class AgencyRefusal(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>Seconds, for 503.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Name of the wrong parameter, for 422.</summary>
    public string? Parameter { get; init; }

    /// <summary>RFC 9470: what the session would need, for 401.</summary>
    public string? AcrValues { get; init; }

    public static AgencyRefusal Token(string code, string message) =>
        new(StatusCodes.Status401Unauthorized, code, message);

    public static AgencyRefusal Consent(string code, string message) =>
        new(StatusCodes.Status403Forbidden, code, message);

    public static AgencyRefusal Wrong(string code, string message) =>
        new(StatusCodes.Status400BadRequest, code, message);

    /// <summary>Writes it as problem+json (RFC 9457).</summary>
    public async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        if (RetryAfter is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (Status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = AcrValues is null
                ? "DPoP error=\"invalid_token\", algs=\"ES256\""
                : $"DPoP error=\"insufficient_user_authentication\", acr_values=\"{AcrValues}\"";
        }
        await http.Response.WriteAsJsonAsync(
            new
            {
                type = "about:blank",
                title = Message,
                status = Status,
                code = Code,
                parameter = Parameter,
            },
            options: null,
            contentType: "application/problem+json"
        );
    }
}
