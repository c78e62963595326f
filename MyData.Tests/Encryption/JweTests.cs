using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

public sealed class JweTests
{
    private static readonly byte[] Text = "You can trust us to stick with you"u8.ToArray();
    private static readonly Jwk Secret = Jwk.FromSecret(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), "oct");
    private static readonly Jwk Ec = Jwk.GenerateEc("ec");
    private static readonly Jwk Rsa = Jwk.GenerateRsa(2048, "rsa");

    public static TheoryData<string, string> Algorithms =>
        [.. JoseNames.KeyAlgs.SelectMany(alg => JoseNames.ContentAlgs.Select(enc => (alg, enc)))];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Compact_EveryPairOfAlgorithms_OpensAndBreaksByAnyChange(string alg, string enc)
    {
        var compact = Jwe.EncryptCompact(Text, KeyFor(alg).Public, alg, enc, typ: "x", cty: "y");

        Assert.Equal(Text, Jwe.Decrypt(compact, KeyFor(alg).Private));
        Assert.Equal(alg, Jwe.PeekHeader(compact).GetProperty("alg").GetString());
        for (var at = 0; at < compact.Length; at += 3)
        {
            var changed = compact.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            Assert.NotNull(Wycheproof.Refusal(() => Jwe.Decrypt(new string(changed), KeyFor(alg).Private)));
        }
    }

    [Theory]
    [InlineData("A256GCM")]
    [InlineData("A256CBC-HS512")]
    public void Json_FourRecipients_EachOpens(string enc)
    {
        var other = Jwk.FromSecret(new byte[32], "gcm", "A256GCMKW");

        var json = Jwe.EncryptJson(
            Text,
            [Ec.PublicOnly(), Rsa.PublicOnly(), Secret, other],
            enc,
            aad: "beside"u8.ToArray()
        );

        foreach (var key in new[] { Ec, Rsa, Secret, other })
            Assert.Equal(Text, Jwe.DecryptJson(json, key));
        Assert.Equal(
            "jose.recipient_missing",
            Wycheproof.Refusal(() => Jwe.DecryptJson(json, Jwk.GenerateEc("stranger")))?.Code
        );
        var node = JsonNode.Parse(json)!;
        node["aad"] = Base64UrlText.Encode("besides"u8);
        Assert.Equal("jose.decrypt", Wycheproof.Refusal(() => Jwe.DecryptJson(node.ToJsonString(), Ec))?.Code);
    }

    [Fact]
    public void Json_Flattened_Opens()
    {
        var node = JsonNode.Parse(Jwe.EncryptJson(Text, [Secret], "A256GCM"))!.AsObject();
        var entry = node["recipients"]![0]!.DeepClone().AsObject();
        node.Remove("recipients");
        node["header"] = entry["header"]!.DeepClone();
        node["encrypted_key"] = entry["encrypted_key"]!.DeepClone();

        Assert.Equal(Text, Jwe.DecryptJson(node.ToJsonString(), Secret));
    }

    [Theory]
    [InlineData("both forms", "jose.format")]
    [InlineData("name in two parts", "jose.format")]
    [InlineData("two entries for the kid", "jose.recipient_missing")]
    [InlineData("no entries", "jose.recipient_missing")]
    [InlineData("zip unprotected", "jose.zip_refused")]
    [InlineData("crit in the entry", "jose.crit_refused")]
    [InlineData("entry is text", "jose.format")]
    [InlineData("no iv", "jose.format")]
    [InlineData("short tag", "jose.decrypt")]
    [InlineData("enc unprotected as well", "jose.format")]
    public void Json_MalformedOrOther_RefusedByItsCode(string change, string code)
    {
        var node = JsonNode.Parse(Jwe.EncryptJson(Text, [Ec.PublicOnly(), Secret], "A256GCM"))!.AsObject();
        var entries = node["recipients"]!.AsArray();
        switch (change)
        {
            case "both forms":
                node["encrypted_key"] = "AA";
                break;
            case "name in two parts":
                node["unprotected"] = new JsonObject { ["kid"] = "ec" };
                break;
            case "two entries for the kid":
                entries.Add(entries[0]!.DeepClone());
                break;
            case "no entries":
                entries.Clear();
                break;
            case "zip unprotected":
                node["unprotected"] = new JsonObject { ["zip"] = "DEF" };
                break;
            case "crit in the entry":
                entries[0]!["header"]!["crit"] = new JsonArray("a");
                break;
            case "entry is text":
                entries[1] = "x";
                break;
            case "no iv":
                node.Remove("iv");
                break;
            case "short tag":
                node["tag"] = node["tag"]!.GetValue<string>()[..20];
                break;
            case "enc unprotected as well":
                node["unprotected"] = new JsonObject { ["enc"] = "A256GCM" };
                break;
            default:
                Assert.Fail(change);
                break;
        }

        Assert.Equal(code, Wycheproof.Refusal(() => Jwe.DecryptJson(node.ToJsonString(), Ec))?.Code);
    }

    [Theory]
    [InlineData("""{"alg":"A256KW","enc":"A256GCM","zip":"DEF"}""", "jose.zip_refused", "DEF")]
    [InlineData("""{"alg":"A256KW","enc":"A256GCM","crit":["exp"]}""", "jose.crit_refused", "exp")]
    [InlineData("""{"alg":"A256KW","enc":"A128GCM"}""", "jose.enc_refused", "A128GCM")]
    [InlineData("""{"alg":"dir","enc":"A256GCM"}""", "jose.alg_refused", "dir")]
    [InlineData(
        """{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":2147483647}""",
        "jose.alg_refused",
        "PBES2-HS256+A128KW"
    )]
    [InlineData("""{"alg":"A256KW","enc":"A256GCM","enc":"A256GCM"}""", "jose.format", "twice")]
    [InlineData("""{"alg":"A256KW","enc":"A256GCM","kid":"other"}""", "jose.key_refused", "other")]
    [InlineData("""{"alg":"RSA-OAEP-256","enc":"A256GCM"}""", "jose.key_refused", "RSA-OAEP-256")]
    [InlineData("""{"alg":"A256GCMKW","enc":"A256GCM","iv":"AA","tag":"AA"}""", "jose.format", "iv")]
    [InlineData("""{"alg":"A256GCMKW","enc":"A256GCM"}""", "jose.format", "iv")]
    public void Compact_HeaderThatIsRefused_SaysWhatItRefuses(string header, string code, string named)
    {
        var compact =
            $"{Base64UrlText.Encode(Encoding.UTF8.GetBytes(header))}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA";

        var refusal = Wycheproof.Refusal(() => Jwe.Decrypt(compact, Secret));

        Assert.Equal(code, refusal?.Code);
        Assert.Contains(named, refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("not an object")]
    [InlineData("off the curve")]
    [InlineData("another curve")]
    [InlineData("with a private number")]
    public void Compact_EphemeralKeyThatCannotBe_Refused(string kind)
    {
        var parts = Jwe.EncryptCompact(Text, Ec.PublicOnly(), "ECDH-ES+A256KW", "A256GCM").Split('.');
        var header = JsonNode.Parse(Base64UrlText.Decode(parts[0]))!.AsObject();
        var epk = header["epk"]!.AsObject();
        if (kind == "missing")
            header.Remove("epk");
        else if (kind == "not an object")
            header["epk"] = "x";
        else if (kind == "off the curve")
            epk["x"] = epk["y"]!.DeepClone();
        else if (kind == "another curve")
            epk["crv"] = "P-384";
        else
            epk["d"] = JsonDocument.Parse(Ec.ToJson()).RootElement.GetProperty("d").GetString();
        parts[0] = Base64UrlText.Encode(Encoding.UTF8.GetBytes(header.ToJsonString()));

        var refusal = Wycheproof.Refusal(() => Jwe.Decrypt(string.Join('.', parts), Ec));

        Assert.Equal(kind == "missing" ? "jose.format" : "jose.key_refused", refusal?.Code);
    }

    [Theory]
    [InlineData("A128KW", "A256GCM", "jose.alg_refused")]
    [InlineData("A256KW", "A128GCM", "jose.enc_refused")]
    [InlineData("RSA-OAEP-256", "A256GCM", "jose.key_refused")]
    public void EncryptCompact_WhatWouldBeRefused_Refused(string alg, string enc, string code) =>
        Assert.Equal(code, Wycheproof.Refusal(() => Jwe.EncryptCompact(Text, Secret, alg, enc))?.Code);

    [Fact]
    public void EncryptCompact_SecretOfAnotherLength_Refused() =>
        Assert.Equal(
            "jose.key_refused",
            Wycheproof.Refusal(() => Jwe.EncryptCompact(Text, Jwk.FromSecret(new byte[16]), "A256KW", "A256GCM"))?.Code
        );

    [Fact]
    public void Decrypt_PublicKeyOrUnexpectedAlgorithm_Refused()
    {
        var compact = Jwe.EncryptCompact(Text, Ec.PublicOnly(), "ECDH-ES+A256KW", "A256GCM");

        Assert.Equal("jose.key_refused", Wycheproof.Refusal(() => Jwe.Decrypt(compact, Ec.PublicOnly()))?.Code);
        var refusal = Wycheproof.Refusal(() => Jwe.Decrypt(compact, Ec, new HashSet<string> { "A256KW" }));
        JoseVectors.AssertRefusedByName(refusal, "jose.alg_refused", "ECDH-ES+A256KW");
    }

    private static (Jwk Public, Jwk Private) KeyFor(string alg) =>
        alg switch
        {
            "ECDH-ES+A256KW" => (Ec.PublicOnly(), Ec),
            "RSA-OAEP-256" => (Rsa.PublicOnly(), Rsa),
            _ => (Secret, Secret),
        };
}
