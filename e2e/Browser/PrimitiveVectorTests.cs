using System.Text.Json;
using MyData.E2E.Support;
using MyData.Tests.Support;

namespace MyData.E2E.Browser;

/// <summary>What WebCrypto does below our modules, by the published cases for the sizes that we use.</summary>
public sealed class PrimitiveVectorTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    [Theory]
    [InlineData("aes_gcm_test", "aesGcm", 66)]
    [InlineData("a256cbc_hs512_test", "aesCbcHmac", 94)]
    [InlineData("aes_wrap_test", "aesWrap", 68)]
    [InlineData("ecdh_secp256r1_webcrypto_test", "ecdh", 353)]
    [InlineData("ecdsa_secp256r1_sha256_p1363_test", "ecdsaP1363", 262)]
    [InlineData("ecdsa_secp256r1_sha256_test", "ecdsaDer", 484)]
    [InlineData("ecdsa_secp384r1_sha384_test", "ecdsaDer", 504)]
    [InlineData("rsa_signature_2048_sha256_test", "rsaPkcs1", 259)]
    [InlineData("rsa_signature_3072_sha256_test", "rsaPkcs1", 259)]
    [InlineData("rsa_signature_4096_sha256_test", "rsaPkcs1", 258)]
    [InlineData("rsa_oaep_2048_sha256_mgf1sha256_test", "rsaOaep", 37)]
    [InlineData("rsa_oaep_3072_sha256_mgf1sha256_test", "rsaOaep", 37)]
    public async Task Wycheproof_CasesOfOurSizes_AreDecidedAsListed(string file, string function, int cases)
    {
        var groups = Vectors
            .Json($"wycheproof/{file}.json")
            .GetProperty("testGroups")
            .EnumerateArray()
            .Where(group => Uses(group, function))
            .ToArray();
        await using var page = await modules.OpenAsync();

        var lines = await page.CallAsync<VectorLine[]>("/checks/vectors.js", function, groups);

        Assert.Equal(cases, lines.Length);
        Assert.Contains(lines, line => line.Expected == "valid");
        Assert.Contains(lines, line => line.Expected == "invalid");
        // "acceptable" leaves it to us.
        Assert.Multiple([
            .. lines
                .Where(line => line.Expected != "acceptable")
                .Select(line =>
                    (Action)(() => Assert.True(line.IsAccepted == (line.Expected == "valid"), line.ToString()))
                ),
        ]);
    }

    private static bool Uses(JsonElement group, string function) =>
        function switch
        {
            "aesGcm" => Is(group, "keySize", 256) && Is(group, "ivSize", 96) && Is(group, "tagSize", 128),
            "aesWrap" => Is(group, "keySize", 256),
            _ => true,
        };

    private static bool Is(JsonElement group, string name, int bits) => group.GetProperty(name).GetInt32() == bits;
}
