using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Tests.Support;

namespace MyData.Tests.Encryption;

/// <summary>RFC 7520 and its kin (R07): what uses our algorithms opens, everything else is refused by its name.</summary>
public sealed class CookbookTests
{
    private static readonly Jwk AnyKey = Jwk.GenerateEc();
    private static readonly JsonSerializerOptions Compact = new() { WriteIndented = false };

    /// <summary>File, the refused name in its compact form, and the same for its JSON form.</summary>
    [Theory]
    [InlineData("5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2", "RSA1_5")]
    [InlineData("5_2.key_encryption_using_rsa-oaep_with_aes-gcm", "RSA-OAEP")]
    [InlineData("5_3.key_wrap_using_pbes2-aes-keywrap_with-aes-cbc-hmac-sha2", "PBES2-HS512+A256KW")]
    [InlineData("5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm", "ECDH-ES+A128KW")]
    [InlineData("5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2", "ECDH-ES")]
    [InlineData("5_6.direct_encryption_using_aes-gcm", "dir")]
    [InlineData("5_7.key_wrap_using_aes-gcm_keywrap_with_aes-cbc-hmac-sha2", "A128CBC-HS256")]
    [InlineData("5_8.key_wrap_using_aes-keywrap_with_aes-gcm", "A128KW")]
    [InlineData("5_9.compressed_content", "A128KW")]
    [InlineData("5_10.including_additional_authentication_data", "A128KW")]
    [InlineData("5_11.protecting_specific_header_fields", "A128KW")]
    [InlineData("5_12.protecting_content_only", "A128KW")]
    public void Jwe_OtherAlgorithm_RefusedByNameInEveryForm(string file, string name)
    {
        var output = Vectors.Json($"jose-cookbook/jwe/{file}.json").GetProperty("output");
        var code =
            JoseNames.KeyAlgs.Contains(name) || name.Contains("CBC", StringComparison.Ordinal)
                ? "jose.enc_refused"
                : "jose.alg_refused";

        var forms = 0;
        foreach (var form in output.EnumerateObject())
        {
            JoseVectors.AssertRefusedByName(RefusalOfJwe(form), code, name);
            forms++;
        }
        Assert.InRange(forms, 2, 3);
    }

    [Theory]
    [InlineData("frodo.baggins@hobbiton.example", "RSA1_5", "jose.alg_refused")]
    [InlineData("peregrin.took@tuckborough.example", "A128CBC-HS256", "jose.enc_refused")]
    [InlineData("18ec08e1-bfa9-4d95-b205-2b4dd1d4321d", "A128CBC-HS256", "jose.enc_refused")]
    public void Jwe_SeveralRecipients_OwnEntryIsFoundAndRefusedByName(string kid, string name, string code)
    {
        var json = Vectors
            .Json("jose-cookbook/jwe/5_13.encrypting_to_multiple_recipients.json")
            .GetProperty("output")
            .GetProperty("json");

        var refusal = Wycheproof.Refusal(() => Jwe.DecryptJson(json.GetRawText(), AnyKey.WithKid(kid)));

        JoseVectors.AssertRefusedByName(refusal, code, name);
    }

    [Theory]
    [InlineData("jwe/5_7.key_wrap_using_aes-gcm_keywrap_with_aes-cbc-hmac-sha2", "A256GCMKW")]
    public void KeyUnwrap_OurAlgorithmUnderForeignContent_GivesTheListedContentKey(string file, string alg)
    {
        var example = Vectors.Json($"jose-cookbook/{file}.json");
        var header = JoseHeader.Parse(example.GetProperty("output").GetProperty("compact").GetString()!.Split('.')[0]);
        var wrapped = Base64UrlText.Decode(
            example.GetProperty("encrypting_key").GetProperty("encrypted_key").GetString()
        );

        var contentKey = KeyManagement.Unwrap(
            alg,
            header,
            Jwk.Parse(example.GetProperty("input").GetProperty("key")),
            wrapped
        );

        Assert.Equal(example.GetProperty("generated").GetProperty("cek").GetString(), Base64UrlText.Encode(contentKey));
    }

    [Theory]
    [InlineData("jws/4_2.rsa-pss_signature", "PS384")]
    [InlineData("jws/4_3.ecdsa_signature", "ES512")]
    [InlineData("jws/4_4.hmac-sha2_integrity_protection", "HS256")]
    [InlineData("curve25519/jws", "EdDSA")]
    public void Jws_OtherAlgorithm_RefusedByName(string file, string name)
    {
        var compact = Vectors
            .Json($"jose-cookbook/{file}.json")
            .GetProperty("output")
            .GetProperty("compact")
            .GetString()!;

        var refusal = Wycheproof.Refusal(() => Jws.Verify(compact, [AnyKey], JoseVectors.AllSignatures));

        JoseVectors.AssertRefusedByName(refusal, "jose.alg_refused", name);
    }

    /// <summary>These have no compact form; put into one, each signature is refused by the name in its protected header, or by having none.</summary>
    [Theory]
    [InlineData("jws/4_5.signature_with_detached_content", "HS256")]
    [InlineData("jws/4_6.protecting_specific_header_fields", "HS256")]
    [InlineData("rfc7797/4.2.hmac-sha2_b64_false", "HS256")]
    [InlineData("rfc7797/hmac-sha2_b64_false", "HS256")]
    public void Jws_JsonFormOnly_RefusedByNameAndByForm(string file, string name)
    {
        var output = Vectors.Json($"jose-cookbook/{file}.json").GetProperty("output");

        foreach (var form in new[] { "json", "json_flat" })
        {
            var text = JsonSerializer
                .Serialize(output.GetProperty(form), Compact)
                .Replace("$.", "", StringComparison.Ordinal);
            Assert.Equal(
                "jose.format",
                Wycheproof.Refusal(() => Jws.Verify(text, [AnyKey], JoseVectors.AllSignatures))?.Code
            );
        }
        var flat = output.GetProperty("json_flat");
        var joined = $"{flat.GetProperty("protected").GetString()}..{flat.GetProperty("signature").GetString()}";
        var refusal = Wycheproof.Refusal(() => Jws.Verify(joined, [AnyKey], JoseVectors.AllSignatures));
        JoseVectors.AssertRefusedByName(refusal, "jose.alg_refused", name);
    }

    [Fact]
    public void Jws_ContentOnlyProtected_HasNoHeaderAndIsRefused()
    {
        var flat = Vectors
            .Json("jose-cookbook/jws/4_7.protecting_content_only.json")
            .GetProperty("output")
            .GetProperty("json_flat");
        var joined = $".{flat.GetProperty("payload").GetString()}.{flat.GetProperty("signature").GetString()}";

        Assert.Equal(
            "jose.format",
            Wycheproof.Refusal(() => Jws.Verify(joined, [AnyKey], JoseVectors.AllSignatures))?.Code
        );
    }

    [Fact]
    public void Jws_Rs256_OpensWhereAllowedAndIsRefusedByNameElsewhere()
    {
        var example = Vectors.Json("jose-cookbook/jws/4_1.rsa_v15_signature.json");
        var compact = example.GetProperty("output").GetProperty("compact").GetString()!;
        var key = Jwk.Parse(example.GetProperty("input").GetProperty("key")).PublicOnly();

        var content = Jws.Verify(compact, [key], JoseVectors.AllSignatures);

        Assert.Equal(
            example.GetProperty("input").GetProperty("payload").GetString(),
            Encoding.UTF8.GetString(content.Payload)
        );
        var refusal = Wycheproof.Refusal(() => Jws.Verify(compact, [key], JoseNames.SignatureAlgs));
        JoseVectors.AssertRefusedByName(refusal, "jose.alg_refused", "RS256");
    }

    [Fact]
    public void Jws_SeveralSignatures_OursVerifiesAndTheOthersAreRefusedByName()
    {
        var example = Vectors.Json("jose-cookbook/jws/4_8.multiple_signatures.json");
        var json = example.GetProperty("output").GetProperty("json");
        var payload = json.GetProperty("payload").GetString();
        var compact = json.GetProperty("signatures")
            .EnumerateArray()
            .Where(s => s.TryGetProperty("protected", out _))
            .Select(s => $"{s.GetProperty("protected").GetString()}.{payload}.{s.GetProperty("signature").GetString()}")
            .ToArray();
        var key = Jwk.Parse(example.GetProperty("input").GetProperty("key")[0]).PublicOnly();

        Assert.Equal(2, compact.Length);
        Assert.NotEmpty(Jws.Verify(compact[0], [key], JoseVectors.AllSignatures).Payload);
        var refusal = Wycheproof.Refusal(() => Jws.Verify(compact[1], [key], JoseVectors.AllSignatures));
        JoseVectors.AssertRefusedByName(refusal, "jose.alg_refused", "HS256");
        Assert.Equal(
            "jose.format",
            Wycheproof.Refusal(() => Jws.Verify(json.GetRawText(), [key], JoseVectors.AllSignatures))?.Code
        );
    }

    [Fact]
    public void Nesting_OurSignatureInsideForeignEncryption_InnerVerifiesOuterRefused()
    {
        var example = Vectors.Json("jose-cookbook/6.nesting_signatures_and_encryption.json");
        var inner = example.GetProperty("sign").GetProperty("output").GetProperty("compact").GetString()!;
        var key = Jwk.Parse(example.GetProperty("sign").GetProperty("input").GetProperty("key")).PublicOnly();
        var outer = example.GetProperty("encrypt").GetProperty("output").GetProperty("compact").GetString()!;

        var content = Jws.Verify(inner, [key], JoseNames.SignatureAlgs, "JWT");

        Assert.Equal(
            example.GetProperty("sign").GetProperty("input").GetProperty("payload").GetString(),
            Encoding.UTF8.GetString(content.Payload)
        );
        JoseVectors.AssertRefusedByName(
            Wycheproof.Refusal(() => Jwe.Decrypt(outer, AnyKey)),
            "jose.alg_refused",
            "RSA-OAEP"
        );
    }

    [Fact]
    public void Curve25519_Encryption_RefusedByName()
    {
        var example = Vectors.Json("jose-cookbook/curve25519/ecdh-es.json");

        foreach (var form in example.GetProperty("output").EnumerateObject())
            JoseVectors.AssertRefusedByName(RefusalOfJwe(form), "jose.alg_refused", "ECDH-ES");
        var refusal = Wycheproof.Refusal(() => Jwk.Parse(example.GetProperty("input").GetProperty("key")));
        JoseVectors.AssertRefusedByName(refusal, "jwk.kty_refused", "OKP");
    }

    [Theory]
    [InlineData("3_1.ec_public_key", "P-521")]
    [InlineData("3_2.ec_private_key", "P-521")]
    [InlineData("3_3.rsa_public_key", null)]
    [InlineData("3_4.rsa_private_key", null)]
    [InlineData("3_5.symmetric_key_mac_computation", null)]
    [InlineData("3_6.symmetric_key_encryption", null)]
    public void Jwk_Example_ReadAndWrittenAgainOrRefusedByName(string file, string? refusedCurve)
    {
        var json = Vectors.Json($"jose-cookbook/jwk/{file}.json");
        if (refusedCurve is not null)
        {
            JoseVectors.AssertRefusedByName(Wycheproof.Refusal(() => Jwk.Parse(json)), "jwk.crv_refused", refusedCurve);
            return;
        }

        var written = JsonDocument.Parse(Jwk.Parse(json).ToJson()).RootElement;

        Assert.Equal(Members(json), Members(written));
    }

    private static EncryptionException? RefusalOfJwe(JsonProperty form) =>
        form.Name == "compact"
            ? Wycheproof.Refusal(() => Jwe.Decrypt(form.Value.GetString()!, AnyKey))
            : Wycheproof.Refusal(() => Jwe.DecryptJson(form.Value.GetRawText(), AnyKey));

    private static SortedDictionary<string, string> Members(JsonElement json) =>
        new(json.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetRawText()), StringComparer.Ordinal);
}
