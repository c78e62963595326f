using System.Text.Json;
using MyData.Core.Encryption;
using MyData.E2E.Support;

namespace MyData.E2E.Browser;

/// <summary>The browser takes and refuses the same packages as the platform, and by the same codes.</summary>
public sealed class PackageTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    private const string Checks = "/checks/packages.js";

    [Fact]
    public async Task Read_WrittenInCSharp_GivesFilesInfoAndCertificate()
    {
        await using var page = await modules.OpenAsync();
        var zip = BrowserPackages.Default.Write(more: new PackageFile("data.csv", "name\n林"u8.ToArray()));

        var read = await page.CallAsync<JsonElement>(Checks, "read", new { zip });

        Assert.Equal("accepted", read.GetProperty("code").GetString());
        Assert.Equal(BrowserPackages.Json, read.GetProperty("data").GetString());
        Assert.Equal(
            ["data.csv", "data.json"],
            read.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)
        );
        Assert.Equal(BrowserPackages.Default.Thumbprint, read.GetProperty("certificate").GetString());
        Assert.Equal("tx-1", read.GetProperty("info").GetProperty("transfer_id").GetString());
        page.AssertQuiet();
    }

    [Fact]
    public async Task Read_UnusualButGood_IsTaken()
    {
        await using var page = await modules.OpenAsync();
        var cases = PackageAttacks.Good().ToList();

        var codes = await CodesAsync(page, cases);

        Assert.Equal(14, cases.Count);
        Assert.Multiple([
            .. cases.Select(
                (one, i) =>
                    (Action)(
                        () =>
                            Assert.Equal(
                                $"{one.Name}: accepted accepted",
                                $"{one.Name}: {codes[i]} {CodeInCSharp(one.Zip)}"
                            )
                    )
            ),
        ]);
    }

    [Fact]
    public async Task Read_EveryBadZip_IsRefusedByTheCodeOfCSharp() =>
        await RefusesAsync([.. PackageAttacks.BadZip()], 55);

    [Fact]
    public async Task Read_EveryBadContent_IsRefusedByTheCodeOfCSharp() =>
        await RefusesAsync([.. PackageAttacks.BadContent()], 36);

    private async Task RefusesAsync(List<(string Name, byte[] Zip)> cases, int atLeast)
    {
        await using var page = await modules.OpenAsync();

        var codes = await CodesAsync(page, cases);

        Assert.True(cases.Count >= atLeast, $"{cases.Count}");
        Assert.Multiple([
            .. cases.Select(
                (one, i) =>
                    (Action)(() => Assert.Equal($"{one.Name}: {CodeInCSharp(one.Zip)}", $"{one.Name}: {codes[i]}"))
            ),
        ]);
        Assert.DoesNotContain("accepted", codes);
        page.AssertQuiet();
    }

    private static Task<string[]> CodesAsync(BrowserPage page, List<(string Name, byte[] Zip)> cases) =>
        page.CallAsync<string[]>(Checks, "readEach", new { Zips = cases.Select(one => one.Zip) });

    private static string CodeInCSharp(byte[] zip)
    {
        try
        {
            using var package = PackageReader.Read(zip, PackageLimits.Default);
            return "accepted";
        }
        catch (EncryptionException e)
        {
            return e.Code;
        }
    }
}
