using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Tests.Support;

namespace MyData.Tests.Encryption;

public sealed class JwkTests
{
    private static readonly Jwk Ec = Jwk.GenerateEc("k1", "sig");
    private static readonly Jwk Rsa = Jwk.GenerateRsa(2048, "r1");

    [Fact]
    public void Json_OfEveryKind_RoundTrips()
    {
        var timed = Ec.WithPeriod(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), DateTimeOffset.UnixEpoch);
        var secret = Jwk.FromSecret(new byte[32], "o1");
        foreach (var key in new[] { Ec, Ec.PublicOnly(), timed.PublicOnly(), Rsa, Rsa.PublicOnly(), secret })
        {
            var again = Jwk.Parse(key.ToJson());

            Assert.Equal(key.ToJson(), again.ToJson());
            Assert.Equal(key.IsPrivate, again.IsPrivate);
            Assert.Equal(key.Thumbprint(), again.Thumbprint());
        }
    }

    [Fact]
    public void PublicOnly_HasNoSecretMember()
    {
        Assert.DoesNotContain("\"d\"", Ec.PublicOnly().ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"p\"", Rsa.PublicOnly().ToJson(), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Jwk.FromSecret(new byte[32]).PublicOnly());
        Assert.DoesNotContain(Members(Ec)["d"], Ec.ToString(), StringComparison.Ordinal);
    }

    /// <summary>RFC 7638 §3.1: the example key and its thumbprint.</summary>
    [Fact]
    public void Thumbprint_OfTheRfcsExample_AsPrinted()
    {
        const string n =
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

        var key = Jwk.Parse($$"""{"kty":"RSA","n":"{{n}}","e":"AQAB","alg":"RS256","kid":"2011-04-29"}""");

        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", key.Thumbprint());
    }

    [Theory]
    [InlineData("not JSON", "jwk.invalid")]
    [InlineData("[]", "jwk.invalid")]
    [InlineData("{}", "jwk.kty_refused")]
    [InlineData("""{"kty":"EC","kty":"EC"}""", "jwk.invalid")]
    [InlineData("""{"kty":"EC","k\u0074y":"EC"}""", "jwk.invalid")]
    [InlineData("""{"kty":"EC","\ud800":"x"}""", "jwk.invalid")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AA"}""", "jwk.kty_refused")]
    [InlineData("""{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}""", "jwk.crv_refused")]
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}""", "jwk.crv_refused")]
    [InlineData("""{"kty":"EC","x":"AA","y":"AA"}""", "jwk.crv_refused")]
    [InlineData("""{"kty":"oct","k":""}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":"AB"}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":"AA=="}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":" AA"}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":7}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":"AA","use":7}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":"AA","nbf":"1"}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":"AA","exp":-1}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":"AA","exp":1e400}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":"AA","key_ops":"sign"}""", "jwk.invalid")]
    [InlineData("""{"kty":"oct","k":"AA","key_ops":[1]}""", "jwk.invalid")]
    public void Parse_Malformed_RefusedByItsCode(string json, string code) =>
        Assert.Equal(code, Wycheproof.Refusal(() => Jwk.Parse(json))?.Code);

    [Theory]
    [InlineData("x", "AA")]
    [InlineData("y", null)]
    [InlineData("d", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("d", "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE")]
    [InlineData("x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Parse_EcNumberThatCannotBe_Refused(string member, string? value)
    {
        var members = Members(Ec);
        if (value is null)
            members.Remove(member);
        else
            members[member] = value;

        Assert.Equal("jwk.invalid", Wycheproof.Refusal(() => Jwk.Parse(JsonSerializer.Serialize(members)))?.Code);
    }

    [Fact]
    public void ToECDsa_PrivateNumberOfAnotherKey_Refused()
    {
        var members = Members(Ec);
        members["d"] = Members(Jwk.GenerateEc())["d"];

        var refusal = Wycheproof.Refusal(() => Jwk.Parse(JsonSerializer.Serialize(members)).ToECDsa().Dispose());

        Assert.Equal("jwk.invalid", refusal?.Code);
    }

    [Theory]
    [InlineData("n", "AAAA", "jwk.invalid")]
    [InlineData("e", "AQ", "jwk.rsa_exponent")]
    [InlineData("e", "Aw", "jwk.rsa_exponent")]
    [InlineData("e", "AQAA", "jwk.rsa_exponent")]
    [InlineData("e", "AQAAAAAB", "jwk.rsa_exponent")]
    [InlineData("e", "AAEAAQ", "jwk.invalid")]
    [InlineData("p", "AQ", "jwk.invalid")]
    [InlineData("q", null, "jwk.invalid")]
    public void Parse_RsaNumberThatCannotBe_Refused(string member, string? value, string code)
    {
        var members = Members(Rsa);
        if (value is null)
            members.Remove(member);
        else
            members[member] = value;

        Assert.Equal(code, Wycheproof.Refusal(() => Jwk.Parse(JsonSerializer.Serialize(members)))?.Code);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2040)]
    public void From_ShortRsa_Refused(int bits)
    {
        using var key = RSA.Create(bits);

        Assert.Equal("jwk.rsa_size", Wycheproof.Refusal(() => Jwk.From(key))?.Code);
    }

    [Fact]
    public void From_ExplicitCurveParameters_Refused()
    {
        using var named = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Equal(
            "jwk.crv_explicit",
            Wycheproof.Refusal(() => Jwk.From(named.ExportExplicitParameters(false)))?.Code
        );
    }

    [Fact]
    public void From_OtherCurve_Refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Assert.Equal("jwk.crv_refused", Wycheproof.Refusal(() => Jwk.From(key))?.Code);
    }

    /// <summary>R05, with primes made for it.</summary>
    [Fact]
    public void Gate_PrimesTooClose_Refused()
    {
        var p = BigInteger.Parse("0" + Convert.ToHexString(Prime()), System.Globalization.NumberStyles.HexNumber, null);
        var q = p + 2;
        while (!BigInteger.ModPow(2, q - 1, q).IsOne)
            q += 2;

        var refusal = Wycheproof.Refusal(() => RsaKeyGate.Check((p * q).ToByteArray(true, true), [1, 0, 1]));

        Assert.Equal("jwk.rsa_weak", refusal?.Code);
    }

    [Fact]
    public void Gate_SmallFactor_Refused()
    {
        var modulus = new BigInteger(Rsa.Numbers.Rsa!.Value.Modulus, true, true) * 163;

        var refusal = Wycheproof.Refusal(() => RsaKeyGate.Check(modulus.ToByteArray(true, true), [1, 0, 1]));

        Assert.Equal("jwk.rsa_weak", refusal?.Code);
    }

    [Fact]
    public void Gate_RocaSample_Refused()
    {
        var group = Vectors
            .Json("wycheproof/json_web_key_test.json")
            .GetProperty("testGroups")
            .EnumerateArray()
            .First(g => g.GetProperty("comment").GetString() == "jws_rsa_roca_key");
        var json = group.GetProperty("public");

        var refusal = Wycheproof.Refusal(() =>
            _ = json.TryGetProperty("keys", out _) ? JwkSet.Parse(json)[0] : Jwk.Parse(json)
        );

        Assert.Equal("jwk.rsa_roca", refusal?.Code);
    }

    [Fact]
    public void Set_MixedOrWithAKidTwice_Refused()
    {
        var secret = Jwk.FromSecret(new byte[32], "o").ToJson();
        var open = Ec.PublicOnly().ToJson();

        Assert.Equal("jwks.mixed", RefusalOfSet(secret, open));
        Assert.Equal("jwks.mixed", RefusalOfSet(Ec.ToJson(), Rsa.PublicOnly().ToJson()));
        Assert.Equal("jwks.mixed", RefusalOfSet(secret, Ec.ToJson()));
        Assert.Equal("jwks.duplicate_kid", RefusalOfSet(open, open));
        Assert.Equal("jwks.invalid", RefusalOfSet("7"));
        Assert.Equal("jwks.invalid", Wycheproof.Refusal(() => JwkSet.Parse("{}"))?.Code);
    }

    [Fact]
    public void Set_WithForeignKinds_PassesThemOver()
    {
        var keys = JwkSet.Parse($$"""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"},{{Ec.PublicOnly().ToJson()}}]}""");

        Assert.Equal(["k1"], keys.Select(k => k.Kid));
        Assert.Single(JwkSet.Parse(JwkSet.ToPublicJson([Ec])));
    }

    private static string? RefusalOfSet(params string[] keys) =>
        Wycheproof.Refusal(() => JwkSet.Parse($$"""{"keys":[{{string.Join(',', keys)}}]}"""))?.Code;

    private static Dictionary<string, string> Members(Jwk key) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(key.ToJson())!;

    private static byte[] Prime()
    {
        using var key = RSA.Create(2048);
        return key.ExportParameters(true).P!;
    }
}
