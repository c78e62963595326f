using System.Text;
using MyData.Core.Encryption;
using MyData.E2E.Support;
using QRCoder;

namespace MyData.E2E.Browser;

/// <summary>The modules of the counter in Chromium: the code against QRCoder and zbar, the digits against whoever stands between, the scanner's keys.</summary>
public sealed class CounterModuleTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    private const string Number = "7QK49XM2D0";
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    private const string Secret = "J29SJDGPWZRW5ZRHXCH9FJHM9M";

    [Theory]
    [InlineData("HTTPS://MYDATA.EXAMPLE.GOV.TW/C#7QK49XM2D0.J29SJDGPWZRW5ZRHXCH9FJHM9M")]
    [InlineData("HTTP://LOCALHOST:5080/C#7QK49XM2D0")]
    [InlineData("HTTPS://MYDATA.GOV.TW/C:7QK49XM2D0")]
    [InlineData("A")]
    [InlineData(
        "https://a-long-host-name.of-a-city.example.gov.tw/C#7QK49XM2D0.J29SJDGPWZRW5ZRHXCH9FJHM9M?0123456789012345678901234567890123456789"
    )]
    public async Task Qr_OfTheModule_IsQrCodersMatrix_AndZbarReadsIt(string text)
    {
        await using var page = await modules.OpenAsync();
        // Handed a text, QRCoder may cut it into segments; handed bytes, it writes one, as the module does.
        using var known = text.All(Alphanumeric.Contains)
            ? QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M)
            : QRCodeGenerator.GenerateQrCode(Encoding.UTF8.GetBytes(text), QRCodeGenerator.ECCLevel.M);
        var wanted = Rows(known);
        // The mask is the encoder's choice (ISO/IEC 18004 §7.8.3); for the same one every module must be the same.
        var drawn = new List<string[]>();
        for (var mask = 0; mask < 8; mask++)
            drawn.Add(await page.CallAsync<string[]>("/checks/counter.js", "matrix", new { text, mask }));
        Assert.Contains(drawn, rows => rows.SequenceEqual(wanted));
        var chosen = await page.CallAsync<string[]>("/checks/counter.js", "matrix", new { text });
        Assert.Contains(drawn, rows => rows.SequenceEqual(chosen));
        await page.CallAsync<object?>("/checks/counter.js", "draw", text);
        Assert.Equal(text, await Barcodes.ReadAsync(await page.Page.Locator("svg").ScreenshotAsync()));
    }

    [Fact]
    public async Task Digits_BothSides_AreTheSame_AndOtherWhereAKeyWasSwapped()
    {
        await using var page = await modules.OpenAsync();
        var different = 0;
        for (var round = 0; round < 20; round++)
        {
            var played = await page.CallAsync<Played>("/checks/counter.js", "play", Number);
            Assert.Equal(played.Clerk, played.Holder);
            Assert.Matches(@"^\d{6}$", played.Clerk);
            Assert.True(played.Kept);
            // Whoever stands between keeps its own pair and nonce on each side, and must commit before it sees a nonce.
            if (played.SwappedClerk != played.SwappedHolder)
                different++;
            Assert.False(played.BrokenPromise);
        }
        // Twenty times one in a million.
        Assert.Equal(20, different);
    }

    [Theory]
    [InlineData("https://mydata.example.gov.tw/C#7QK49XM2D0", Number, null)]
    [InlineData("7qk4-9xm2-do", Number, null)]
    [InlineData("７ＱＫ４ ９ＸＭ２ Ｄ０", Number, null)]
    [InlineData("7QK4-9XM2-D0.J29S-JDGP-WZRW-5ZRH-XCH9-FJHM-9M", Number, Secret)]
    [InlineData("  HTTP://LOCALHOST:5080/C#7QK49XM2D0.J29SJDGPWZRW5ZRHXCH9FJHM9M\t", Number, Secret)]
    [InlineData("1l1I-oO00-ZZ", "11110000ZZ", null)]
    public async Task Code_AsScannedOrTyped_IsRead(string text, string number, string? secret)
    {
        await using var page = await modules.OpenAsync();
        var read = await page.CallAsync<Code>("/checks/counter.js", "read", text);
        Assert.Equal((number, secret), (read.Number, read.Secret));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7QK4")]
    [InlineData("javascript:alert(1)")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("=HYPERLINK(\"http://x\")")]
    [InlineData("7QK49XM2DU")]
    [InlineData("7QK49XM2D0.SHORT")]
    [InlineData("\u202E7QK49XM2D0")]
    public async Task Code_Rubbish_IsRefused(string text)
    {
        await using var page = await modules.OpenAsync();
        var read = await page.CallAsync<Code>("/checks/counter.js", "read", text);
        Assert.Equal("counter.format", read.Refused);
    }

    [Fact]
    public async Task Keys_OfAScanner_AreReadWhateverTheLayoutMakesOfThem()
    {
        await using var page = await modules.OpenAsync();
        const string code = "HTTPS://X.TW/C#7QK49XM2D0";
        // What a Chinese input method or a German layout leaves in the field is something else.
        Assert.Equal(code, await page.CallAsync<string>("/checks/counter.js", "wedge", code));
    }

    [Fact]
    public async Task PrintedKey_InBothLanguages_IsTheSame()
    {
        await using var page = await modules.OpenAsync();
        var content = Enumerable.Range(0, 32).Select(n => (byte)n).ToArray();
        var wrapped = await page.CallAsync<string>(
            "/checks/counter.js",
            "wrapBySecret",
            new
            {
                number = Number,
                secret = Secret,
                content = Base64UrlText.Encode(content),
            }
        );
        var bits = string.Concat(
            Secret.Select(c =>
                Convert
                    .ToString("0123456789ABCDEFGHJKMNPQRSTVWXYZ".IndexOf(c, StringComparison.Ordinal), 2)
                    .PadLeft(5, '0')
            )
        );
        var secret = Enumerable.Range(0, 16).Select(n => Convert.ToByte(bits.Substring(n * 8, 8), 2)).ToArray();
        Assert.Equal(wrapped, MyData.Tests.Support.ContentKeys.WrapBySecret(Number, secret, content));
    }

    private static string[] Rows(QRCodeData data) =>
        [
            .. data
                .ModuleMatrix.Skip(4)
                .SkipLast(4)
                .Select(row =>
                {
                    var text = new StringBuilder();
                    for (var column = 4; column < row.Length - 4; column++)
                        text.Append(row[column] ? '1' : '0');
                    return text.ToString();
                }),
        ];

    private sealed record Code(string? Number, string? Secret, string? Refused);

    private sealed record Played(
        string Clerk,
        string Holder,
        string SwappedClerk,
        string SwappedHolder,
        bool Kept,
        bool BrokenPromise
    );
}
