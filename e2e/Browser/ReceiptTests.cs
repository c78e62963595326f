using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.E2E.Support;

namespace MyData.E2E.Browser;

/// <summary>Consent receipts, and the JWEs of other counterparts, made in C# and read in Chromium.</summary>
public sealed class ReceiptTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    private const string Checks = "/checks/packages.js";
    private const string Type = "consent-receipt+jwt";
    private static readonly byte[] Content = """{"jti":"1","consent_event":{"event_state":"given"}}"""u8.ToArray();

    [Theory]
    [InlineData("ES256")]
    [InlineData("PS256")]
    public async Task Verify_SignedInCSharp_GivesTheContent(string alg)
    {
        var key = alg == "ES256" ? Jwk.GenerateEc("k1", "sig") : Jwk.GenerateRsa(2048, "k1", "sig");
        var answer = await VerifyAsync(Jws.Sign(key, alg, Content, Type), key, Jwk.GenerateEc("k2", "sig"));
        Assert.Equal("accepted", answer.GetProperty("code").GetString());
        Assert.Equal(Encoding.UTF8.GetString(Content), answer.GetProperty("receipt").GetRawText());
    }

    [Fact]
    public async Task Verify_OneThingWrong_IsRefused()
    {
        var (key, other) = (Jwk.GenerateEc("k1", "sig"), Jwk.GenerateEc("k1", "sig"));
        var good = Jws.Sign(key, "ES256", Content, Type);
        var parts = good.Split('.');
        var refused = new (string Jws, Jwk Key, string Code)[]
        {
            (good, other, "jose.signature"),
            (good, Jwk.GenerateEc("k2", "sig"), "jose.key_unknown"),
            ($"{parts[0]}.{Base64UrlText.Encode("{}"u8)}.{parts[2]}", key, "jose.signature"),
            ($"{parts[0]}.{parts[1]}.", key, "jose.signature"),
            ($"{Base64UrlText.Encode("""{"alg":"none"}"""u8)}.{parts[1]}.", key, "jose.alg_refused"),
            (Jws.Sign(key, "ES256", Content, "at+jwt"), key, "jose.typ_refused"),
            (Jws.Sign(key, "ES256", "[]"u8, Type), key, "receipt.format"),
            ("hello", key, "jose.format"),
            ("", key, "jose.format"),
        };
        foreach (var (jws, signer, code) in refused)
            Assert.Equal(code, (await VerifyAsync(jws, signer)).GetProperty("code").GetString());
    }

    /// <summary>As ReceiptCheckTests has it for C#.</summary>
    [Fact]
    public async Task Verify_DatedOutsideItsKeysTime_IsRefused()
    {
        var start = new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
        var end = start + SigningKeys.SigningPeriod;
        var retired = Jwk.GenerateEc("k1", "sig").WithPeriod(start, end);
        var cases = new (string Content, Jwk Key, string Code)[]
        {
            (Issued(start), retired, "accepted"),
            (Issued(start.AddDays(80)), retired, "accepted"),
            (Issued(TimeProvider.System.GetUtcNow()), retired, "receipt.period"),
            (Issued(start.AddSeconds(-60)), retired, "accepted"),
            (Issued(start.AddSeconds(-61)), retired, "receipt.period"),
            (Issued(end.AddSeconds(59)), retired, "accepted"),
            (Issued(end.AddSeconds(60)), retired, "receipt.period"),
            (Issued(end.AddYears(3)), retired.WithPeriod(start, null), "accepted"),
            (Issued(start.AddDays(-1)), retired.WithPeriod(start, null), "receipt.period"),
            (Issued(end.AddDays(1)), retired.WithPeriod(null, end), "receipt.period"),
            ("{}", retired, "receipt.format"),
            ("""{"iat":"today"}""", retired, "receipt.format"),
            ("""{"iat":1.5}""", retired, "receipt.format"),
            ("{}", retired.WithPeriod(null, null), "accepted"),
        };
        foreach (var (content, key, code) in cases)
        {
            var answer = await VerifyAsync(Jws.Sign(key, "ES256", Encoding.UTF8.GetBytes(content), Type), key);
            Assert.Equal($"{code} {content}", $"{answer.GetProperty("code").GetString()} {content}");
        }
    }

    [Fact]
    public async Task Jwe_EveryAlgorithmOfOurs_OpensInChromium()
    {
        await using var page = await modules.OpenAsync();
        var secret = Jwk.Parse("""{"kty":"oct","kid":"s","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}""");
        var (elliptic, rsa) = (Jwk.GenerateEc("e"), Jwk.GenerateRsa(2048, "r"));
        var pairs = new (string Alg, Jwk Key)[]
        {
            ("ECDH-ES+A256KW", elliptic),
            ("RSA-OAEP-256", rsa),
            ("A256KW", secret),
            ("A256GCMKW", secret),
        };
        foreach (var (alg, key) in pairs)
        foreach (var enc in new[] { "A256GCM", "A256CBC-HS512" })
        {
            var text = Jwe.EncryptCompact(
                "您好"u8,
                key.IsPrivate && key.Kty != "oct" ? key.PublicOnly() : key,
                alg,
                enc
            );
            var answer = await page.CallAsync<JsonElement>(
                Checks,
                "jwe",
                new { text, key = JsonNode.Parse(key.ToJson()) }
            );
            Assert.Equal($"{alg} {enc} accepted", $"{alg} {enc} {answer.GetProperty("code").GetString()}");
            Assert.Equal("您好", answer.GetProperty("text").GetString());
        }
    }

    [Fact]
    public async Task JweJson_SeveralRecipientsAndAad_OpensForEach()
    {
        await using var page = await modules.OpenAsync();
        var (elliptic, rsa) = (Jwk.GenerateEc("e"), Jwk.GenerateRsa(2048, "r"));
        var text = Jwe.EncryptJson(
            "您好"u8,
            [elliptic.PublicOnly(), rsa.PublicOnly()],
            "A256GCM",
            aad: "aad"u8.ToArray()
        );
        foreach (var key in new[] { elliptic, rsa })
        {
            var answer = await page.CallAsync<JsonElement>(
                Checks,
                "jwe",
                new { text, key = JsonNode.Parse(key.ToJson()) }
            );
            Assert.Equal("accepted", answer.GetProperty("code").GetString());
            Assert.Equal("您好", answer.GetProperty("text").GetString());
        }
        var stranger = JsonNode.Parse(Jwk.GenerateEc("x").ToJson());
        var refused = await page.CallAsync<JsonElement>(Checks, "jwe", new { text, key = stranger });
        Assert.Equal("jose.recipient_missing", refused.GetProperty("code").GetString());
    }

    private static string Issued(DateTimeOffset at) => $$"""{"iat":{{at.ToUnixTimeSeconds()}}}""";

    private async Task<JsonElement> VerifyAsync(string jws, params Jwk[] keys)
    {
        await using var page = await modules.OpenAsync();
        return await page.CallAsync<JsonElement>(
            Checks,
            "receipt",
            new { jws, keys = keys.Select(key => JsonNode.Parse(key.PublicOnly().ToJson())) }
        );
    }
}
