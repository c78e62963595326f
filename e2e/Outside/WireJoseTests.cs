using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MyData.Core.Encryption;
using MyData.E2E.Support;

namespace MyData.E2E.Outside;

/// <summary>What her browser encrypts for a service on the national wire (protocols.md B2) opens with libraries by others, in both modes.</summary>
public sealed class WireJoseTests(NpmJose jose, BrowserModules modules)
    : IClassFixture<NpmJose>,
        IClassFixture<BrowserModules>
{
    private const string Checks = "/checks/wire.js";
    private const string Prefix = "application/zip;data:";

    private static readonly byte[] First = RandomNumberGenerator.GetBytes(300_000);
    private static readonly byte[] Second = RandomNumberGenerator.GetBytes(1_001);

    [Theory]
    [InlineData("gcm", JoseNames.A256GcmKw, JoseNames.A256Gcm)]
    [InlineData("cbc", JoseNames.A256Kw, JoseNames.A256CbcHs512)]
    public async Task Delivery_OfTheBrowser_IsOpenedByJose_AndHasEachZipUntouched(string mode, string alg, string enc)
    {
        var made = await BuildAsync(mode);
        var answers = await jose.DoAsync([
            new JsonObject
            {
                ["do"] = "decrypt",
                ["alg"] = alg,
                ["enc"] = enc,
                ["key"] = new JsonObject
                {
                    ["kty"] = "oct",
                    ["k"] = Base64UrlText.Encode(Encoding.UTF8.GetBytes(made.Key)),
                },
                ["token"] = made.Jwe,
            },
        ]);
        AssertPayload(Assert.Single(answers));
        // Two of the same are alike in nothing: keys and IVs are fresh.
        var other = await BuildAsync(mode);
        Assert.NotEqual(made.Key, other.Key);
        Assert.Empty(made.Jwe.Split('.').Skip(1).Intersect(other.Jwe.Split('.').Skip(1)));
    }

    [Fact]
    public async Task CbcForm_OfTheBrowser_IsOpenedByMicrosoftsLibrary()
    {
        var made = await BuildAsync("cbc");
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(made.Key));
        AssertPayload(
            new JsonWebTokenHandler().DecryptToken(
                new JsonWebToken(made.Jwe),
                new TokenValidationParameters { TokenDecryptionKey = key }
            )
        );
    }

    [Fact]
    public async Task Keys_OfTheBrowser_Are32OfItsLetters_EachAsLikely()
    {
        await using var page = await modules.OpenAsync();
        var keys = await page.CallAsync<string[]>(Checks, "keys", new { count = 2_000 });
        Assert.All(keys, key => Assert.Equal(32, key.Length));
        Assert.Equal(keys.Length, keys.Distinct().Count());
        var counts = string.Concat(keys).GroupBy(letter => letter).ToDictionary(same => same.Key, same => same.Count());
        Assert.Equal(62, counts.Count);
        // 64,000 draws of 62: about 1,032 each, with a deviation of 32.
        Assert.All(counts.Values, count => Assert.InRange(count, 830, 1_235));
    }

    private async Task<Made> BuildAsync(string mode)
    {
        await using var page = await modules.OpenAsync();
        return await page.CallAsync<Made>(
            Checks,
            "build",
            new
            {
                mode,
                items = new object[]
                {
                    new
                    {
                        id = "API.7QovE2Gev6",
                        name = "戶籍 <&\"> 資料",
                        transfer = "t1",
                    },
                    new
                    {
                        id = "API.60GGfgGX1A",
                        name = "車籍資料",
                        transfer = "t2",
                    },
                    new { id = "API.nyhnLM1fve", name = "身心障礙證明" },
                },
                packages = new Dictionary<string, string>
                {
                    ["t1"] = Convert.ToBase64String(First),
                    ["t2"] = Convert.ToBase64String(Second),
                },
            }
        );
    }

    private static void AssertPayload(string payload)
    {
        using var json = JsonDocument.Parse(payload);
        Assert.Equal("tx.zip", json.RootElement.GetProperty("filename").GetString());
        var data = json.RootElement.GetProperty("data").GetString()!;
        Assert.StartsWith(Prefix, data, StringComparison.Ordinal);
        Assert.Equal(0, (data.Length - Prefix.Length) % 4);
        var text = data[Prefix.Length..].Replace('-', '+').Replace('_', '/');
        using var zip = new ZipArchive(new MemoryStream(Convert.FromBase64String(text)), ZipArchiveMode.Read);
        Assert.Equal(
            ["API.60GGfgGX1A.zip", "API.7QovE2Gev6.zip", "META-INFO/manifest.xml"],
            zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal)
        );
        Assert.Equal(First, Bytes(zip, "API.7QovE2Gev6.zip"));
        Assert.Equal(Second, Bytes(zip, "API.60GGfgGX1A.zip"));
        var manifest = XDocument.Parse(Encoding.UTF8.GetString(Bytes(zip, "META-INFO/manifest.xml")));
        string[] members = ["filename", "resource_id", "resource_name", "code"];
        Assert.Equal(
            [
                "API.7QovE2Gev6.zip|API.7QovE2Gev6|戶籍 <&\"> 資料|200",
                "API.60GGfgGX1A.zip|API.60GGfgGX1A|車籍資料|200",
                "|API.nyhnLM1fve|身心障礙證明|204",
            ],
            manifest
                .Descendants("file")
                .Select(file => string.Join('|', members.Select(name => file.Element(name)!.Value)))
        );
    }

    private static byte[] Bytes(ZipArchive zip, string name)
    {
        using var stream = zip.GetEntry(name)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private sealed record Made(string Key, string Jwe);
}
