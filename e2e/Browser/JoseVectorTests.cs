using System.Text;
using System.Text.Json;
using MyData.E2E.Support;
using MyData.Tests.Support;

namespace MyData.E2E.Browser;

/// <summary>Published JOSE cases in Chromium: ours are decided as listed, every other algorithm is refused by name.</summary>
public sealed class JoseVectorTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    private const string Checks = "/checks/vectors.js";
    private static readonly string[] Signatures = ["ES256", "PS256", "RS256"];
    private static readonly string[] Keys = ["ECDH-ES+A256KW", "RSA-OAEP-256", "A256KW", "A256GCMKW"];
    private static readonly string[] Contents = ["A256GCM", "A256CBC-HS512"];
    private static readonly string[] ByName = ["jose.alg_refused", "jose.enc_refused"];

    [Theory]
    [InlineData("json_web_signature_test", "signatures", 401, 16)]
    [InlineData("json_web_key_test", "both", 26, 1)]
    [InlineData("json_web_encryption_test", "encryptions", 139, 10)]
    [InlineData("json_web_crypto_test", "both", 83, 3)]
    public async Task Wycheproof_EveryCase_IsDecidedAsListedOrRefusedByName(
        string file,
        string function,
        int cases,
        int accepted
    )
    {
        var groups = Vectors.Json($"wycheproof/{file}.json").GetProperty("testGroups");
        await using var page = await modules.OpenAsync();

        var lines = await page.CallAsync<VectorLine[]>(Checks, function, groups);

        Assert.Equal(cases, lines.Length);
        Assert.Equal(accepted, lines.Count(line => line.IsAccepted));
        var inputs = Inputs(groups);
        Assert.Multiple([.. lines.Select(line => (Action)(() => Decide(line, inputs[line.Id])))]);
        page.AssertQuiet();
    }

    [Fact]
    public async Task Cookbook_EveryForm_OpensWhereItsAlgorithmsAreOurs()
    {
        await using var page = await modules.OpenAsync();
        var decided = 0;
        foreach (var folder in new[] { "jwe", "jws", "rfc7797", "curve25519" })
        foreach (var file in Directory.GetFiles(Vectors.PathOf($"jose-cookbook/{folder}"), "*.json"))
        {
            using var example = JsonDocument.Parse(
                await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)
            );
            var forms = await page.CallAsync<FormLine[]>(Checks, "cookbook", example.RootElement);
            foreach (var form in forms)
            {
                decided++;
                var name = $"{Path.GetFileName(file)} {form.Form}";
                // RFC 7520 §4.1 is the one with only algorithms of ours; we read signatures in their compact form alone.
                if (file.Contains("4_1.rsa_v15", StringComparison.Ordinal) && form.Form == "compact")
                    Assert.True(form.Outcome == "accepted", name);
                else if (folder is "jws" or "rfc7797" or "curve25519" && form.Form != "compact")
                    Assert.True(form.Outcome is "jose.format" or "jose.alg_refused", $"{name}: {form.Outcome}");
                else
                    Assert.True(ByName.Contains(form.Outcome), $"{name}: {form.Outcome}");
            }
        }
        Assert.Equal(65, decided);
    }

    [Fact]
    public async Task Thumbprint_OfTheRfcsKey_IsThePrintedOne()
    {
        await using var page = await modules.OpenAsync();

        // RFC 7638 §3.1
        var thumbprint = await page.CallAsync<string>(
            Checks,
            "thumbprintOf",
            new
            {
                kty = "RSA",
                n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi"
                    + "FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7"
                    + "d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-"
                    + "csFCur-kEgU8awapJzKnqDKgw",
                e = "AQAB",
                alg = "RS256",
                kid = "2011-04-29",
            }
        );

        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", thumbprint);
    }

    private static void Decide(VectorLine line, string input)
    {
        // A refusal is one of ours with its code, never an accident of the script.
        Assert.True(line.IsAccepted || line.Outcome.Contains('.', StringComparison.Ordinal), $"{line}: no code");
        if (line.Expected == "invalid")
            Assert.False(line.IsAccepted, line.ToString());
        else if (IsOurs(input))
            Assert.True(line.IsAccepted, line.ToString());
        else
            Assert.True(ByName.Contains(line.Outcome) || !IsHeader(input), line.ToString());
    }

    private static Dictionary<int, string> Inputs(JsonElement groups) =>
        groups
            .EnumerateArray()
            .SelectMany(group => group.GetProperty("tests").EnumerateArray())
            .ToDictionary(
                test => test.GetProperty("tcId").GetInt32(),
                test =>
                    (test.TryGetProperty("jws", out var jws) ? jws : test.GetProperty("jwe")).ToString().Split('.')[0]
            );

    private static bool IsOurs(string protectedHeader)
    {
        if (!IsHeader(protectedHeader))
            return false;
        using var header = JsonDocument.Parse(Decode(protectedHeader)!);
        var alg = header.RootElement.GetProperty("alg").GetString();
        return header.RootElement.TryGetProperty("enc", out var enc)
            ? Keys.Contains(alg) && Contents.Contains(enc.GetString())
            : Signatures.Contains(alg);
    }

    private static bool IsHeader(string protectedHeader) => Decode(protectedHeader) is { } text && text.StartsWith('{');

    private static string? Decode(string base64Url)
    {
        try
        {
            return Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(base64Url));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

public sealed record VectorLine
{
    public int Id { get; init; }
    public string Comment { get; init; } = "";
    public string Expected { get; init; } = "";
    public string Outcome { get; init; } = "";
    public bool IsAccepted => Outcome == "accepted";
}

public sealed record FormLine
{
    public string Form { get; init; } = "";
    public string Outcome { get; init; } = "";
}
