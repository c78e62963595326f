using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>
/// A JOSE header (RFC 7515 §4, RFC 7516 §4), joined from its protected and unprotected parts. Keys and URLs in it (jwk, jku, x5u, x5c)
/// are never used: keys come from the caller only.
/// </summary>
internal sealed class JoseHeader
{
    /// <summary>A header is read before anything is proven, so it is kept small; a certificate chain in x5c still fits.</summary>
    public const int MaxBytes = 16 * 1024;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);

    private JoseHeader(JsonElement protectedPart) => Protected = protectedPart;

    public JsonElement Protected { get; }
    public string? Kid => Text("kid");
    public string? Typ => Text("typ");

    /// <summary>From the base64url text of the protected header.</summary>
    /// <exception cref="EncryptionException"><c>jose.format</c></exception>
    public static JoseHeader Parse(ReadOnlySpan<char> protectedText)
    {
        if (protectedText.IsEmpty || protectedText.Length > MaxBytes * 4 / 3)
            throw new EncryptionException("jose.format", "The protected header is missing or too long.");
        var bytes =
            Base64UrlText.TryDecode(protectedText)
            ?? throw new EncryptionException("jose.format", "The protected header is not canonical base64url.");
        var header = new JoseHeader(StrictJson.ParseObject(bytes, "jose.format"));
        return header.With(header.Protected);
    }

    /// <summary>Without a protected part, which the JSON serialization of JWE allows (RFC 7516 §7.2.1).</summary>
    public static JoseHeader Unprotected() => new(StrictJson.ParseObject("{}", "jose.format"));

    /// <summary>Adds an unprotected part. RFC 7516 §7.2.1: the parts have no name in common.</summary>
    public JoseHeader With(JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object)
            throw new EncryptionException("jose.format", "A part of the header is not an object.");
        foreach (var member in part.EnumerateObject())
        {
            if (!_members.TryAdd(member.Name, member.Value))
                throw new EncryptionException("jose.format", "A header parameter stands in two parts.");
        }
        return this;
    }

    /// <summary>A copy, to join the part of one recipient of several.</summary>
    public JoseHeader Copy()
    {
        var copy = new JoseHeader(Protected);
        foreach (var (name, value) in _members)
            copy._members.Add(name, value);
        return copy;
    }

    /// <summary>The algorithm, refused by name unless it is one of those given.</summary>
    /// <exception cref="EncryptionException"><paramref name="code"/>, its message names what stood there</exception>
    public string OneOf(string name, IReadOnlySet<string> allowed, string code)
    {
        var value = Text(name);
        if (value is null || !allowed.Contains(value))
            throw new EncryptionException(code, $"{name} {EncryptionException.Quote(value)} is refused.");
        return value;
    }

    /// <summary>
    /// RFC 7515 §4.1.11: extensions that we do not understand end it, and we understand none. RFC 7516 §4.1.3: compression, which can
    /// blow up and leaks lengths. RFC 7797 §3: unencoded payloads.
    /// </summary>
    public void RefuseExtensions()
    {
        if (_members.TryGetValue("zip", out var zip))
            throw new EncryptionException("jose.zip_refused", $"zip {Shown(zip)} is refused.");
        if (_members.TryGetValue("crit", out var crit))
            throw new EncryptionException("jose.crit_refused", $"crit {Shown(crit)} is refused.");
        if (_members.TryGetValue("b64", out var b64))
            throw new EncryptionException("jose.crit_refused", $"b64 {Shown(b64)} is refused.");
    }

    public bool TryGet(string name, out JsonElement value) => _members.TryGetValue(name, out value);

    public string? Text(string name)
    {
        if (!_members.TryGetValue(name, out var value))
            return null;
        return StrictJson.TextOf(value)
            ?? throw new EncryptionException("jose.format", $"The header parameter {name} is not a string.");
    }

    private static string Shown(JsonElement value) => EncryptionException.Quote(value.GetRawText());
}
