namespace MyData.Load.Browsing;

/// <summary>
/// One browser's cookies for localhost, whose ports share them. HttpClient's container refuses the Secure and
/// <c>__Host-</c> cookies that browsers take from http://localhost.
/// </summary>
public sealed class Cookies
{
    private readonly Dictionary<string, string> _values = [];

    /// <summary>Value of the Cookie header; null when there is none to send.</summary>
    public string? Header =>
        _values.Count == 0 ? null : string.Join("; ", _values.Select(cookie => $"{cookie.Key}={cookie.Value}"));

    public void Set(string name, string value) => _values[name] = value;

    public void Take(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Set-Cookie", out var headers))
            return;
        foreach (var header in headers)
        {
            var end = header.IndexOf(';', StringComparison.Ordinal);
            var pair = end < 0 ? header : header[..end];
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = (pair[..equals].Trim(), pair[(equals + 1)..].Trim());
            // A server takes a cookie back by setting it to nothing, in the past.
            if (value.Length == 0)
                _values.Remove(name);
            else
                _values[name] = value;
        }
    }
}
