using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.E2E.Support;

namespace MyData.E2E.Browser;

/// <summary>Her keys: one for each consent, never to be copied out, gone in time.</summary>
public sealed class KeyStoreTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    private const string Checks = "/checks/keeping.js";
    private const long Now = 1_800_000_000_000;
    private const long Hour = 3_600_000;

    [Fact]
    public async Task Create_EachTime_MakesAFreshPairAndClaim()
    {
        await using var page = await modules.OpenAsync();
        var (first, second) = (await CreateAsync(page, "a"), await CreateAsync(page, "a"));

        Assert.NotEqual(Kid(first), Kid(second));
        var key = Jwk.Parse(first.GetProperty("jwk").GetRawText());
        Assert.False(key.IsPrivate);
        Assert.Equal(key.Thumbprint(), Kid(first));
        var stored = await FindAsync(page, "a", Kid(first), Now);
        var claim = stored.GetProperty("claim").GetString()!;
        Assert.Equal(32, Base64UrlText.Decode(claim).Length);
        Assert.Equal(
            Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(claim))),
            first.GetProperty("claimHash").GetString()
        );
        // The claim leaves in one header only.
        Assert.DoesNotContain(claim, first.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(2, await page.CallAsync<int>(Checks, "count", "a"));
    }

    [Fact]
    public async Task PrivateKey_CannotBeCopiedOut()
    {
        await using var page = await modules.OpenAsync();
        var kid = Kid(await CreateAsync(page, "a"));
        var answer = await page.CallAsync<JsonElement>(Checks, "copyOut", Of("a", kid, Now));
        Assert.False(answer.GetProperty("extractable").GetBoolean());
        Assert.Equal("""["deriveBits"]""", answer.GetProperty("usages").GetRawText());
        Assert.Equal("""["rejected","rejected","rejected"]""", answer.GetProperty("failures").GetRawText());
    }

    [Fact]
    public async Task Find_AnotherAccount_GetsNothing()
    {
        await using var page = await modules.OpenAsync();
        var kid = Kid(await CreateAsync(page, "a"));
        Assert.Equal(JsonValueKind.Null, (await FindAsync(page, "b", kid, Now)).ValueKind);
        Assert.Equal(JsonValueKind.Object, (await FindAsync(page, "a", kid, Now)).ValueKind);
    }

    [Fact]
    public async Task Key_EightHoursAfterTheLastArrival_IsGone()
    {
        await using var page = await modules.OpenAsync();
        var (kid, other) = (Kid(await CreateAsync(page, "a")), Kid(await CreateAsync(page, "a")));
        await page.CallAsync<object?>(Checks, "keep", new { kid, at = Now + Hour });

        Assert.Equal(JsonValueKind.Object, (await FindAsync(page, "a", kid, Now + (9 * Hour) - 1)).ValueKind);
        Assert.Equal(JsonValueKind.Null, (await FindAsync(page, "a", kid, Now + (9 * Hour))).ValueKind);
        // Nothing came for the other one: it waits for the slowest agency, and then goes too.
        Assert.Equal(JsonValueKind.Object, (await FindAsync(page, "a", other, Now + (15 * Hour))).ValueKind);
        Assert.Equal(JsonValueKind.Null, (await FindAsync(page, "a", other, Now + (16 * Hour))).ValueKind);
        Assert.Equal(0, await page.CallAsync<int>(Checks, "count", "a"));
    }

    [Fact]
    public async Task Wipe_AtSignOutFromASharedComputer_TakesEveryAccountsKeys()
    {
        await using var page = await modules.OpenAsync();
        var first = Kid(await CreateAsync(page, "a"));
        await CreateAsync(page, "b");
        await page.CallAsync<object?>(Checks, "drop", first);
        Assert.Equal(0, await page.CallAsync<int>(Checks, "count", "a"));
        Assert.Equal(1, await page.CallAsync<int>(Checks, "count", "b"));
        await page.CallAsync<object?>(Checks, "wipeAll");
        Assert.Equal(0, await page.CallAsync<int>(Checks, "count", "b"));
    }

    [Fact]
    public async Task Create_BrowserWithoutStorage_SaysSoByCode()
    {
        await using var page = await modules.OpenAsync();
        Assert.Equal("keystore.unavailable", await page.CallAsync<string>(Checks, "withoutStorage"));
    }

    private static string Kid(JsonElement key) => key.GetProperty("kid").GetString()!;

    private static object Of(string account, string kid, long now) =>
        new
        {
            account,
            kid,
            now,
        };

    private static Task<JsonElement> CreateAsync(BrowserPage page, string account) =>
        page.CallAsync<JsonElement>(Checks, "create", new { account, now = Now });

    private static Task<JsonElement> FindAsync(BrowserPage page, string account, string kid, long now) =>
        page.CallAsync<JsonElement>(Checks, "find", Of(account, kid, now));
}
