using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>Where she is led back to, and with what (RFC 6749 §4.1.2; <c>iss</c>: RFC 9207).</summary>
public sealed class ReturnAddress(IIssuer issuer)
{
    /// <summary>With the code.</summary>
    public string WithCode(RequestContent content, string code) => With(content, "code", code);

    /// <summary>
    /// Without: <c>access_denied</c> where she said no, <c>unauthorized_client</c> where the service is suspended, <c>temporarily_unavailable</c>
    /// where it could not be fetched.
    /// </summary>
    public string WithError(RequestContent content, string code) =>
        With(
            content,
            "error",
            code switch
            {
                ServiceCodes.Declined => "access_denied",
                ServiceCodes.Suspended => "unauthorized_client",
                _ => "temporarily_unavailable",
            }
        );

    private string With(RequestContent content, string name, string value) =>
        To(content.RedirectUri, content.State, name, value);

    /// <summary>The address with <c>code</c> or <c>error</c>, the service's <c>state</c>, and whose answer it is.</summary>
    public string To(string redirectUri, string? state, string name, string value)
    {
        var query = new List<string> { $"{name}={Uri.EscapeDataString(value)}" };
        if (state is not null)
            query.Add($"state={Uri.EscapeDataString(state)}");
        query.Add($"iss={Uri.EscapeDataString(issuer.Value)}");
        var mark = redirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return $"{redirectUri}{mark}{string.Join('&', query)}";
    }
}
