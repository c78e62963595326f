using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>What a verified signature covers, and by which of the caller's keys.</summary>
public sealed record JwsContent(JsonElement Header, byte[] Payload, Jwk Key);

/// <summary>
/// JSON Web Signature, compact serialization (RFC 7515 §7.1) with ES256 and PS256; RS256 is verified where a caller allows it. The JSON
/// serializations, <c>none</c>, HMAC and every other algorithm are refused, by name.
/// </summary>
public static class Jws
{
    /// <summary>Receipts and tokens have kilobytes; this bounds what a stranger can make us hash.</summary>
    private const int MaxCharacters = 1024 * 1024;

    private static readonly FrozenSet<string> Implemented = new[]
    {
        JoseNames.Es256,
        JoseNames.Ps256,
        JoseNames.Rs256,
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Signs with a private key. The kid of the key, and <paramref name="typ"/>, go into the protected header.</summary>
    /// <param name="alg"><c>ES256</c> or <c>PS256</c></param>
    /// <param name="header">further protected header parameters; they may not repeat alg, kid, typ</param>
    /// <exception cref="EncryptionException"><c>jose.alg_refused</c>, <c>jose.key_refused</c></exception>
    public static string Sign(
        Jwk key,
        string alg,
        ReadOnlySpan<byte> payload,
        string? typ = null,
        IReadOnlyDictionary<string, object?>? header = null
    )
    {
        if (!JoseNames.SignatureAlgs.Contains(alg))
            throw new EncryptionException("jose.alg_refused", $"alg {EncryptionException.Quote(alg)} is refused.");
        KeyRules.Require(key, alg, "sign");
        if (!key.IsPrivate)
            throw KeyRules.Mismatch(alg);
        var signed = $"{HeaderText(key, alg, typ, header)}.{Base64UrlText.Encode(payload)}";
        return $"{signed}.{Base64UrlText.Encode(SignatureAlgs.Sign(key, alg, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Verifies with one of the caller's keys; nothing in the header chooses a key but its kid, among those.</summary>
    /// <param name="allowedAlgs">often <see cref="JoseNames.SignatureAlgs"/></param>
    /// <param name="typ">when given, the header's typ must be this (RFC 8725 §3.11)</param>
    /// <exception cref="EncryptionException">
    /// <c>jose.format</c>, <c>jose.alg_refused</c>, <c>jose.zip_refused</c>, <c>jose.crit_refused</c>,
    /// <c>jose.typ_refused</c>, <c>jose.key_unknown</c>, <c>jose.key_refused</c>, <c>jose.signature</c>
    /// </exception>
    public static JwsContent Verify(
        string compact,
        IReadOnlyCollection<Jwk> keys,
        IReadOnlySet<string> allowedAlgs,
        string? typ = null
    )
    {
        var (headerPart, payloadPart, signaturePart) = Parts(compact);
        var header = JoseHeader.Parse(compact.AsSpan(headerPart));
        var alg = header.OneOf("alg", Implemented, "jose.alg_refused");
        header.OneOf("alg", allowedAlgs, "jose.alg_refused");
        header.RefuseExtensions();
        RequireTyp(header, typ);
        var candidates = Candidates(keys, header.Kid, alg);
        var payload =
            Base64UrlText.TryDecode(compact.AsSpan(payloadPart))
            ?? throw new EncryptionException("jose.format", "The payload is not canonical base64url.");
        var signature =
            Base64UrlText.TryDecode(compact.AsSpan(signaturePart))
            ?? throw new EncryptionException("jose.format", "The signature is not canonical base64url.");
        var signed = Encoding.ASCII.GetBytes(compact, 0, signaturePart.Start.Value - 1);
        var key =
            Array.Find(candidates, k => SignatureAlgs.Verify(k, alg, signed, signature))
            ?? throw new EncryptionException("jose.signature", "The signature is not of these bytes by this key.");
        return new JwsContent(header.Protected, payload, key);
    }

    /// <summary>The protected header, unproven: to choose the keys (a DPoP proof carries its own, RFC 9449 §4.2), never to trust.</summary>
    /// <exception cref="EncryptionException"><c>jose.format</c></exception>
    public static JsonElement PeekHeader(string compact) =>
        JoseHeader.Parse(compact.AsSpan(Parts(compact).Header)).Protected;

    private static (Range Header, Range Payload, Range Signature) Parts(string compact)
    {
        Span<Range> parts = stackalloc Range[4];
        if (compact.Length > MaxCharacters || compact.AsSpan().Split(parts, '.') != 3)
            throw new EncryptionException("jose.format", "A compact JWS has three parts.");
        return (parts[0], parts[1], parts[2]);
    }

    private static void RequireTyp(JoseHeader header, string? typ)
    {
        if (typ is null)
            return;
        var given = header.Typ;
        // RFC 7515 §4.1.9: "application/" may be left out, and media types ignore case.
        if (given?.StartsWith("application/", StringComparison.OrdinalIgnoreCase) == true)
            given = given["application/".Length..];
        if (!string.Equals(given, typ, StringComparison.OrdinalIgnoreCase))
            throw new EncryptionException("jose.typ_refused", $"typ {EncryptionException.Quote(given)} is not {typ}.");
    }

    private static Jwk[] Candidates(IReadOnlyCollection<Jwk> keys, string? kid, string alg)
    {
        var named = keys.Where(k => KeyRules.IsNamed(k, kid)).ToArray();
        if (named.Length == 0)
            throw new EncryptionException("jose.key_unknown", $"No key for kid {EncryptionException.Quote(kid)}.");
        var fitting = Array.FindAll(named, k => KeyRules.Fits(k, alg, "verify"));
        return fitting.Length > 0 ? fitting : throw KeyRules.Mismatch(alg);
    }

    private static string HeaderText(Jwk key, string alg, string? typ, IReadOnlyDictionary<string, object?>? more)
    {
        var header = new Dictionary<string, object?>(StringComparer.Ordinal) { ["alg"] = alg };
        if (key.Kid is not null)
            header["kid"] = key.Kid;
        if (typ is not null)
            header["typ"] = typ;
        foreach (var (name, value) in more ?? FrozenDictionary<string, object?>.Empty)
            header.Add(name, value);
        return Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(header, StrictJson.Plain));
    }
}
