using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Encryption;

/// <summary>
/// A JSON Web Key (RFC 7517) of the kinds that this system uses: EC on P-256, RSA from 2048 bits, and oct. Made once, never changed.
/// Other kinds, other curves and weak RSA keys are refused when it is made, with a <c>jwk.…</c> code.
/// </summary>
/// <remarks>Handles of the framework are kept and lent out, because importing a key costs ten times a signature.</remarks>
public sealed class Jwk
{
    private readonly HandlePool<ECDsa> _ecdsa;
    private readonly HandlePool<ECDiffieHellman> _ecdh;
    private readonly HandlePool<RSA> _rsa;

    internal Jwk(JwkNumbers numbers, JwkLabels labels)
    {
        Numbers = numbers;
        Labels = labels;
        _ecdsa = new(ToECDsa);
        _ecdh = new(ToECDiffieHellman);
        _rsa = new(ToRSA);
    }

    internal JwkNumbers Numbers { get; }
    internal JwkLabels Labels { get; }

    /// <summary><c>EC</c>, <c>RSA</c> or <c>oct</c>.</summary>
    public string Kty => Numbers.Kty;
    public string? Crv => Numbers.Ec is null ? null : "P-256";
    public string? Kid => Labels.Kid;
    public string? Alg => Labels.Alg;
    public string? Use => Labels.Use;
    public IReadOnlyList<string>? KeyOps => Labels.KeyOps;

    /// <summary>
    /// The time from which it is used: <c>nbf</c>, seconds since 1970 as in a JWT. RFC 7517 registers none; OpenID Federation's sets
    /// of historical keys have both.
    /// </summary>
    public DateTimeOffset? NotBefore => Labels.NotBefore;

    /// <summary>The time from which it is used no more: <c>exp</c>.</summary>
    public DateTimeOffset? Expires => Labels.Expires;

    /// <summary>Whether it holds a secret: a private key, or the bytes of an oct key.</summary>
    public bool IsPrivate => Numbers.IsPrivate;

    /// <summary>RFC 7517 §4, strictly: a member twice, base64url that is not canonical or numbers that do not fit are refused.</summary>
    /// <exception cref="EncryptionException"><c>jwk.invalid</c>, <c>jwk.kty_refused</c>, <c>jwk.crv_refused</c>, <c>jwk.rsa_…</c></exception>
    public static Jwk Parse(string json) => Parse(StrictJson.ParseObject(json, "jwk.invalid"));

    /// <inheritdoc cref="Parse(string)"/>
    public static Jwk Parse(System.Text.Json.JsonElement json) => JwkParser.Parse(json);

    /// <summary>A new key pair on P-256. <paramref name="use"/> is <c>enc</c> or <c>sig</c>; without a kid, the thumbprint is taken.</summary>
    public static Jwk GenerateEc(string? kid = null, string use = "enc")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var alg = string.Equals(use, "sig", StringComparison.Ordinal) ? JoseNames.Es256 : JoseNames.EcdhEsA256Kw;
        return Named(JwkNumbers.Of(key.ExportParameters(includePrivateParameters: true)), kid, use, alg);
    }

    /// <summary>A new RSA key pair; takes 0.1 s and more.</summary>
    public static Jwk GenerateRsa(int bits = 3072, string? kid = null, string use = "enc")
    {
        using var key = RSA.Create(bits);
        var alg = string.Equals(use, "sig", StringComparison.Ordinal) ? JoseNames.Ps256 : JoseNames.RsaOaep256;
        return Named(JwkNumbers.Of(key.ExportParameters(includePrivateParameters: true)), kid, use, alg);
    }

    public static Jwk From(
        RSA key,
        string? kid = null,
        bool includePrivate = false,
        string? use = null,
        string? alg = null
    ) => Named(JwkNumbers.Of(key.ExportParameters(includePrivate)), kid, use, alg);

    /// <summary>A key of the framework. Explicit curve parameters and curves other than P-256 are refused.</summary>
    public static Jwk From(
        ECDsa key,
        string? kid = null,
        bool includePrivate = false,
        string? use = "sig",
        string? alg = null
    ) => From(key.ExportParameters(includePrivate), kid, use, alg);

    /// <inheritdoc cref="From(ECDsa, string?, bool, string?, string?)"/>
    public static Jwk From(
        ECDiffieHellman key,
        string? kid = null,
        bool includePrivate = false,
        string? use = "enc",
        string? alg = null
    ) => From(key.ExportParameters(includePrivate), kid, use, alg);

    /// <inheritdoc cref="From(ECDsa, string?, bool, string?, string?)"/>
    public static Jwk From(ECParameters parameters, string? kid = null, string? use = null, string? alg = null) =>
        Named(JwkNumbers.Of(parameters), kid, use, alg);

    /// <summary>An oct key (RFC 7518 §6.4) from bytes; they are copied.</summary>
    public static Jwk FromSecret(ReadOnlySpan<byte> secret, string? kid = null, string? alg = null) =>
        new(JwkNumbers.OfSecret(secret.ToArray()), new JwkLabels(kid, alg, "enc", null));

    /// <summary>The same key without its secret part.</summary>
    /// <exception cref="InvalidOperationException">An oct key is nothing but secret.</exception>
    public Jwk PublicOnly() => IsPrivate ? new(Numbers.PublicOnly(), Labels with { KeyOps = null }) : this;

    /// <summary>The same key under another kid.</summary>
    public Jwk WithKid(string kid) => new(Numbers, Labels with { Kid = kid });

    /// <summary>The same key with the time in which it is used, whole seconds; null: not known.</summary>
    public Jwk WithPeriod(DateTimeOffset? notBefore, DateTimeOffset? expires) =>
        new(Numbers, Labels with { NotBefore = notBefore, Expires = expires });

    /// <summary>RFC 7638: base64url of SHA-256 over the required members of the public key.</summary>
    public string Thumbprint() =>
        Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Numbers.ThumbprintInput())));

    /// <summary>All that it holds, a secret too: hand on <c>PublicOnly().ToJson()</c>.</summary>
    public string ToJson() => JwkWriter.ToJson(this);

    /// <summary>Names the key, never shows it.</summary>
    public override string ToString() => $"{Kty} {Kid ?? Thumbprint()}";

    /// <summary>A new handle; the caller disposes of it.</summary>
    /// <exception cref="EncryptionException"><c>jwk.invalid</c>, <c>jose.key_refused</c></exception>
    public ECDsa ToECDsa() => Import(Numbers.Ec, "EC", p => ECDsa.Create(p));

    /// <inheritdoc cref="ToECDsa"/>
    public ECDiffieHellman ToECDiffieHellman() => Import(Numbers.Ec, "EC", p => ECDiffieHellman.Create(p));

    /// <inheritdoc cref="ToECDsa"/>
    public RSA ToRSA() => Import(Numbers.Rsa, "RSA", p => RSA.Create(p));

    /// <summary>The bytes of an oct key, not copied.</summary>
    internal ReadOnlySpan<byte> Secret => Numbers.Secret ?? throw Mismatch("oct");

    internal TResult WithECDsa<TResult>(Func<ECDsa, TResult> use) => _ecdsa.Use(use);

    internal TResult WithECDiffieHellman<TResult>(Func<ECDiffieHellman, TResult> use) => _ecdh.Use(use);

    internal TResult WithRSA<TResult>(Func<RSA, TResult> use) => _rsa.Use(use);

    private static Jwk Named(JwkNumbers numbers, string? kid, string? use, string? alg)
    {
        var key = new Jwk(numbers, new JwkLabels(kid, alg, use, null));
        return kid is null ? key.WithKid(key.Thumbprint()) : key;
    }

    private T Import<TNumbers, T>(TNumbers? numbers, string kty, Func<TNumbers, T> create)
        where TNumbers : struct
    {
        if (numbers is not { } given)
            throw Mismatch(kty);
        try
        {
            return create(given);
        }
        catch (CryptographicException e)
        {
            throw new EncryptionException("jwk.invalid", "The numbers of the key do not belong together.", e);
        }
    }

    private EncryptionException Mismatch(string kty) =>
        new("jose.key_refused", $"A key of kty {kty} was needed, this one is {Kty}.");
}
