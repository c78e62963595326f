using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Core.Encryption;
using MyData.E2E.Support;

namespace MyData.E2E.Browser;

/// <summary>What C# seals opens in Chromium, and what Chromium wraps opens in C#.</summary>
public sealed class SealedPackageTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    private const string Checks = "/checks/packages.js";

    [Fact]
    public async Task Open_SealedInCSharp_GivesTheSameZipHeadAndSeal()
    {
        await using var page = await modules.OpenAsync();
        var key = await NewKeyAsync(page);
        var zip = BrowserPackages.Default.Write();
        var sealedPackage = BrowserPackages.Seal(zip, out var digest, key);

        var opened = await page.CallAsync<OpenedLine>(Checks, "open", Of(sealedPackage, key));

        Assert.Equal("accepted", opened.Code);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(zip)), opened.Zip);
        Assert.Equal(digest.Hex, opened.Seal, ignoreCase: true);
        Assert.Equal(digest.Display(), opened.Display);
        Assert.Equal("tx-1", opened.Transfer);
        Assert.Equal("API.7QovE2Gev6", opened.Dataset);
        Assert.Equal("pairwise-sub", opened.Sub);
        Assert.Equal(BrowserPackages.Now.ToUnixTimeSeconds(), opened.Iat);
        page.AssertQuiet();
    }

    [Fact]
    public async Task Open_TwentyMegabytes_GivesTheSameZip()
    {
        await using var page = await modules.OpenAsync();
        var key = await NewKeyAsync(page);
        var zip = RandomNumberGenerator.GetBytes(20 * 1024 * 1024);
        var sealedPackage = BrowserPackages.Seal(zip, out _, key);

        var opened = await page.CallAsync<OpenedLine>(Checks, "open", Of(sealedPackage, key));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(zip)), opened.Zip);
    }

    [Fact]
    public async Task Open_AmongSeveralRecipients_FindsItsOwn()
    {
        await using var page = await modules.OpenAsync();
        var key = await NewKeyAsync(page);
        var (other, service) = (Jwk.GenerateEc(), Jwk.GenerateRsa(2048, "service"));
        var sealedPackage = BrowserPackages.Seal([1, 2, 3], out _, other.PublicOnly(), key, service.PublicOnly());

        Assert.Equal("accepted", (await page.CallAsync<OpenedLine>(Checks, "open", Of(sealedPackage, key))).Code);

        var foreign = BrowserPackages.Seal([1, 2, 3], out _, other.PublicOnly());
        Assert.Equal(
            "jose.recipient_missing",
            (await page.CallAsync<OpenedLine>(Checks, "open", Of(foreign, key))).Code
        );
    }

    [Fact]
    public async Task Open_EveryChange_IsRefusedByTheCodeOfCSharp()
    {
        await using var page = await modules.OpenAsync();
        var key = await NewKeyAsync(page);
        var mine = Jwk.GenerateEc(key.Kid);
        var changes = SealedChanges
            .All(BrowserPackages.Seal(BrowserPackages.Default.Write(), out _, key), key)
            .ToList();
        var twins = SealedChanges
            .All(BrowserPackages.Seal(BrowserPackages.Default.Write(), out _, mine.PublicOnly()), mine)
            .ToList();

        var codes = await page.CallAsync<string[]>(
            Checks,
            "openEach",
            new { Sealed = changes.Select(change => change.Bytes), key.Kid }
        );

        Assert.True(changes.Count >= 45, $"{changes.Count}");
        Assert.Multiple([
            .. changes.Select(
                (change, i) =>
                    (Action)(
                        () =>
                            Assert.Equal(
                                $"{change.Name}: {CodeInCSharp(twins[i].Bytes, mine)}",
                                $"{change.Name}: {codes[i]}"
                            )
                    )
            ),
        ]);
        Assert.DoesNotContain("accepted", codes);
    }

    [Theory]
    [InlineData("EC")]
    [InlineData("RSA")]
    public async Task WrapFor_AnotherKey_LetsItOpenTheSameCipherText(string kty)
    {
        await using var page = await modules.OpenAsync();
        var key = await NewKeyAsync(page);
        var service = kty == "EC" ? Jwk.GenerateEc("service") : Jwk.GenerateRsa(2048, "service");
        var zip = BrowserPackages.Default.Write();
        var sealedPackage = BrowserPackages.Seal(zip, out var digest, key);

        var answer = await page.CallAsync<JsonElement>(
            Checks,
            "wrap",
            new
            {
                Sealed = sealedPackage,
                key.Kid,
                Recipient = JsonNode.Parse(service.PublicOnly().ToJson()),
            }
        );

        var package = JsonNode.Parse(sealedPackage)!.AsObject();
        package["recipients"]!.AsArray().Add(JsonNode.Parse(answer.GetProperty("recipient").GetRawText()));
        var opened = SealedPackage.Open(Encoding.UTF8.GetBytes(package.ToJsonString()), service);
        Assert.Equal(zip, opened.Zip);
        Assert.Equal(digest.Hex, opened.Digest.Hex);
        Assert.True(service.IsPrivate);
    }

    [Fact]
    public async Task WrapFor_WeakOrForeignKeys_RefusesThem()
    {
        await using var page = await modules.OpenAsync();
        var key = await NewKeyAsync(page);
        var sealedPackage = BrowserPackages.Seal([1, 2, 3], out _, key);
        var good = JsonNode.Parse(Jwk.GenerateEc("service").PublicOnly().ToJson())!.AsObject();
        var offCurve = good.DeepClone();
        offCurve["y"] = good["x"]!.DeepClone();
        var signing = good.DeepClone();
        signing["use"] = "sig";
        var nameless = good.DeepClone();
        nameless.AsObject().Remove("kid");

        foreach (
            var (recipient, code) in new[]
            {
                (offCurve, "jwk.invalid"),
                (signing, "jose.key_refused"),
                (nameless, "jwk.invalid"),
            }
        )
        {
            var answer = await page.CallAsync<OpenedLine>(
                Checks,
                "wrap",
                new
                {
                    Sealed = sealedPackage,
                    key.Kid,
                    recipient,
                }
            );
            Assert.Equal(code, answer.Code);
        }
    }

    [Fact]
    public async Task Thumbprint_OfTheConsentKey_IsTheOneOfCSharp()
    {
        await using var page = await modules.OpenAsync();
        var key = await NewKeyAsync(page);
        Assert.Equal(key.Thumbprint(), key.Kid);
    }

    private static object Of(byte[] sealedPackage, Jwk key) => new { Sealed = sealedPackage, key.Kid };

    private static async Task<Jwk> NewKeyAsync(BrowserPage page)
    {
        var made = await page.CallAsync<JsonElement>(Checks, "newKey");
        return Jwk.Parse(made.GetProperty("jwk").GetRawText());
    }

    private static string CodeInCSharp(byte[] sealedPackage, Jwk key)
    {
        try
        {
            SealedPackage.Open(sealedPackage, key);
            return "accepted";
        }
        catch (EncryptionException e)
        {
            return e.Code;
        }
    }
}

public sealed record OpenedLine
{
    public string Code { get; init; } = "";
    public string? Zip { get; init; }
    public string? Seal { get; init; }
    public string? Display { get; init; }
    public string? Transfer { get; init; }
    public string? Dataset { get; init; }
    public string? Sub { get; init; }
    public long Iat { get; init; }
}
