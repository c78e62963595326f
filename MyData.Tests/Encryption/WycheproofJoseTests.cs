using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>Wycheproof's JSON web files (R06): every case with one of our algorithms as listed, every other refused by name.</summary>
public sealed class WycheproofJoseTests
{
    private static readonly Jwk AnyKey = Jwk.GenerateEc();
    private readonly SortedDictionary<string, int> _tally = new(StringComparer.Ordinal);

    [Fact]
    public void JsonWebEncryption_EveryCase_DecidedOrRefusedByName()
    {
        var cases = Wycheproof.Load("json_web_encryption");
        Wycheproof.Each(cases, DecideJwe);
        AssertTally(
            "ours valid: 10",
            "ours jose.decrypt: 12",
            "ours jose.format: 1",
            "ours jose.key_refused: 1",
            "shape: 13",
            "refused : 1",
            "refused A128CBC-HS256: 8",
            "refused A128GCM: 13",
            "refused A128GCMKW: 2",
            "refused A128KW: 4",
            "refused A192CBC-HS384: 2",
            "refused A192GCM: 2",
            "refused A192GCMKW: 1",
            "refused A192KW: 1",
            "refused ECDH-ES: 7",
            "refused ECDH-ES+A128KW: 21",
            "refused ECDH-ES+A192KW: 2",
            "refused RSA-OAEP: 7",
            "refused RSA1_5: 30",
            "refused dir: 1"
        );
    }

    [Fact]
    public void JsonWebSignature_EveryCase_DecidedOrRefusedByName()
    {
        var cases = Wycheproof.Load("json_web_signature");
        Wycheproof.Each(cases, DecideJws);
        AssertTally(
            "ours valid: 16",
            "ours jose.signature: 287",
            "ours jose.key_refused: 6",
            "ours jose.key_unknown: 2",
            "shape: 27",
            "refused ES512: 2",
            "refused HS256: 27",
            "refused NONE: 1",
            "refused PS384: 8",
            "refused PS512: 11",
            "refused RS384: 5",
            "refused RS512: 5",
            "refused none: 4"
        );
    }

    [Fact]
    public void JsonWebKey_EveryCase_DecidedOrRefusedByName()
    {
        var cases = Wycheproof.Load("json_web_key");
        Wycheproof.Each(cases, DecideJws);
        AssertTally(
            "ours valid: 1",
            "ours jose.key_refused: 4",
            "ours jose.key_unknown: 1",
            "ours jwk.invalid: 2",
            "ours jwk.rsa_exponent: 1",
            "ours jwk.rsa_roca: 1",
            "ours jwk.rsa_size: 1",
            "refused HS256: 9",
            "refused HS384: 3",
            "refused HS512: 3"
        );
    }

    [Fact]
    public void JsonWebCrypto_EveryCase_DecidedOrRefusedByName()
    {
        var cases = Wycheproof.Load("json_web_crypto");
        Wycheproof.Each(
            cases,
            c => (c.Test.TryGetProperty("jws", out _) ? (Action<WycheproofCase>)DecideJws : DecideJwe)(c)
        );
        AssertTally(
            "ours valid: 3",
            "ours jose.decrypt: 8",
            "ours jose.key_refused: 1",
            "ours jose.key_unknown: 2",
            "ours jose.signature: 9",
            "ours jwk.rsa_roca: 1",
            "shape: 37",
            "refused : 1",
            "refused ECDH-ES+A128KW: 10",
            "refused HS256: 10",
            "refused none: 1"
        );
    }

    private void DecideJwe(WycheproofCase one)
    {
        var text = Text(one.Test.GetProperty("jwe"));
        var header = JoseVectors.Header(text);
        var alg = JoseVectors.Name(header, "alg");
        var enc = JoseVectors.Name(header, "enc");
        if (text.Split('.').Length != 5 || header is null)
        {
            Assert.True(one.Result == "invalid");
            Assert.Equal("jose.format", Wycheproof.Refusal(() => Jwe.Decrypt(text, AnyKey))?.Code);
            Count("shape");
        }
        else if (alg is null || !JoseNames.KeyAlgs.Contains(alg))
        {
            JoseVectors.AssertRefusedByName(
                Wycheproof.Refusal(() => Jwe.Decrypt(text, AnyKey)),
                "jose.alg_refused",
                alg
            );
            Count($"refused {alg}");
        }
        else if (enc is null || !JoseNames.ContentAlgs.Contains(enc))
        {
            JoseVectors.AssertRefusedByName(
                Wycheproof.Refusal(() => Jwe.Decrypt(text, AnyKey)),
                "jose.enc_refused",
                enc
            );
            Count($"refused {enc}");
        }
        else
        {
            DecideOurs(
                one,
                () =>
                {
                    var opened = Jwe.Decrypt(text, Jwk.Parse(one.Group.GetProperty("private")));
                    if (one.Test.TryGetProperty("pt", out _))
                        Assert.Equal(one.Hex("pt"), opened);
                }
            );
        }
    }

    private void DecideJws(WycheproofCase one)
    {
        var text = Text(one.Test.GetProperty("jws"));
        var header = JoseVectors.Header(text);
        var alg = JoseVectors.Name(header, "alg");
        if (text.Split('.').Length != 3 || header is null)
        {
            // One HS256 case that is listed as valid has a character in its header that no base64url has.
            Assert.True(one.Result == "invalid" || one.Id is 372);
            Assert.Equal(
                "jose.format",
                Wycheproof.Refusal(() => Jws.Verify(text, [AnyKey], JoseVectors.AllSignatures))?.Code
            );
            Count("shape");
        }
        else if (alg is null || !JoseVectors.AllSignatures.Contains(alg))
        {
            var refusal = Wycheproof.Refusal(() => Jws.Verify(text, [AnyKey], JoseVectors.AllSignatures));
            JoseVectors.AssertRefusedByName(refusal, "jose.alg_refused", alg);
            Count($"refused {alg}");
        }
        else
        {
            if (alg == "RS256")
            {
                var unasked = Wycheproof.Refusal(() => Jws.Verify(text, [AnyKey], JoseNames.SignatureAlgs));
                JoseVectors.AssertRefusedByName(unasked, "jose.alg_refused", alg);
            }
            DecideOurs(one, () => Jws.Verify(text, Keys(one), JoseVectors.AllSignatures));
        }
    }

    private void DecideOurs(WycheproofCase one, Action action)
    {
        var refusal = Wycheproof.Refusal(action);
        Assert.Equal(one.Result, refusal is null ? "valid" : "invalid");
        Count(refusal is null ? "ours valid" : $"ours {refusal.Code}");
    }

    private static IReadOnlyCollection<Jwk> Keys(WycheproofCase one)
    {
        var keys = one.Group.TryGetProperty("public", out var given) ? given : one.Group.GetProperty("private");
        return keys.TryGetProperty("keys", out _) ? JwkSet.Parse(keys) : [Jwk.Parse(keys)];
    }

    /// <summary>A case in JSON serialization stands there as an object or as its text.</summary>
    private static string Text(JsonElement jose) =>
        jose.ValueKind == JsonValueKind.String ? jose.GetString()! : jose.GetRawText();

    private void Count(string what) => _tally[what] = _tally.GetValueOrDefault(what) + 1;

    /// <summary>The whole outcome of a file, so that a case cannot slip from one kind of refusal into another.</summary>
    private void AssertTally(params string[] expected)
    {
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            _tally.Select(t => $"{t.Key}: {t.Value}").Order(StringComparer.Ordinal)
        );
    }
}
