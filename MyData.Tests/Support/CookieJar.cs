using System.Globalization;

namespace MyData.Tests.Support;

/// <summary>A cookie as the server set it.</summary>
public sealed record SetCookie(string Name, string Value, string Path, IReadOnlyList<string> Attributes)
{
    public bool Has(string attribute) => Attributes.Contains(attribute, StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// One browser's cookies. Like Chromium, and unlike HttpClient's container, it takes Secure and <c>__Host-</c> cookies
/// on http://localhost; like both, it refuses a <c>__Host-</c> cookie that does not keep that prefix's promise.
/// </summary>
public sealed class CookieJar
{
    private readonly Dictionary<(string Host, string Name, string Path), SetCookie> _cookies = [];

    public SetCookie? this[string name] => _cookies.Values.FirstOrDefault(cookie => cookie.Name == name);

    public IReadOnlyCollection<SetCookie> All => _cookies.Values;

    public void Set(Uri origin, string name, string value) =>
        _cookies[(origin.Host, name, "/")] = new SetCookie(name, value, "/", []);

    public void Remove(string name)
    {
        foreach (var key in _cookies.Keys.Where(key => key.Name == name).ToList())
            _cookies.Remove(key);
    }

    public string Header(Uri url) =>
        string.Join(
            "; ",
            _cookies
                .Where(entry => entry.Key.Host == url.Host && Covers(entry.Key.Path, url.AbsolutePath))
                .OrderByDescending(entry => entry.Key.Path.Length)
                .Select(entry => $"{entry.Key.Name}={entry.Value.Value}")
        );

    public void Take(Uri url, string header)
    {
        var parts = header.Split(';', StringSplitOptions.TrimEntries);
        var (name, value) = Pair(parts[0]);
        var attributes = parts.Skip(1).ToList();
        var path = Attribute(attributes, "path") is ['/', ..] given ? given : "/";
        var cookie = new SetCookie(name, value, path, attributes);
        if (name.StartsWith("__Host-", StringComparison.Ordinal))
            Assert.True(
                cookie.Has("secure") && path == "/" && Attribute(attributes, "domain") is null,
                $"A browser refuses this cookie: {name}; {string.Join("; ", attributes)}"
            );
        if (IsGone(attributes))
            _cookies.Remove((url.Host, name, path));
        else
            _cookies[(url.Host, name, path)] = cookie;
    }

    private static bool IsGone(List<string> attributes) =>
        Attribute(attributes, "max-age") is { } age
            ? int.Parse(age, CultureInfo.InvariantCulture) <= 0
            : Attribute(attributes, "expires") is { } expires
                && DateTimeOffset.Parse(expires, CultureInfo.InvariantCulture) <= TimeProvider.System.GetUtcNow();

    private static bool Covers(string cookiePath, string path) =>
        path == cookiePath
        || (
            path.StartsWith(cookiePath, StringComparison.Ordinal)
            && (cookiePath.EndsWith('/') || path[cookiePath.Length] == '/')
        );

    private static string? Attribute(List<string> attributes, string name) =>
        attributes.Select(Pair).FirstOrDefault(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static (string Name, string Value) Pair(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at
            ? (text[..at].Trim(), text[(at + 1)..].Trim())
            : (text, "");
}
