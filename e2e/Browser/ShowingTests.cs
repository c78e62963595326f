using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MyData.E2E.Support;
using MyData.Tests.Support;

namespace MyData.E2E.Browser;

/// <summary>Opened data is shown by its schema, in both languages, as text and never as anything that runs.</summary>
public sealed class ShowingTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    private const string Checks = "/checks/showing.js";

    [Theory]
    [InlineData("zh-TW")]
    [InlineData("en")]
    public async Task Render_NaughtyStringsInEveryField_ShowsThemAsText(string language)
    {
        var values = Vectors.Json("blns/blns.json");
        await using var page = await modules.OpenAsync();

        var answer = await page.CallAsync<JsonElement>(
            Checks,
            "hostile",
            new
            {
                Strings = Texts(language),
                values,
                language,
            }
        );

        Findings(answer.GetProperty("faults"));
        Assert.True(answer.GetProperty("shown").GetInt32() > 5 * values.GetArrayLength());
        Assert.True(values.GetArrayLength() > 500);
        page.AssertQuiet();
    }

    [Fact]
    public async Task Failure_NaughtyCodesFilesAndTables_AreTextToo()
    {
        var values = Vectors.Json("blns/blns.json");
        await using var page = await modules.OpenAsync();

        var faults = await page.CallAsync<JsonElement>(
            Checks,
            "hostileElsewhere",
            new
            {
                Strings = Texts("zh-TW"),
                values,
                Language = "zh-TW",
            }
        );

        Findings(faults);
        page.AssertQuiet();
    }

    [Theory]
    [InlineData("zh-TW", "民國 84 年 3 月 12 日", "新臺幣 1,234,567 元", "是", "出生日期", "𠮷")]
    [InlineData("en", "12 March 1995", "NT$1,234,567", "yes", "Date of birth", "Kolas Panay Mayaw")]
    public async Task Render_EveryKind_ReadsInHerLanguage(string language, params string[] expected)
    {
        await using var page = await modules.OpenAsync();

        var answer = await ShowAsync(page, language);

        var text = answer.GetProperty("text").GetString()!;
        Assert.All(expected, part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Equal("1995-03-12", await page.Page.Locator("time").First.GetAttributeAsync("datetime"));
        Assert.Equal(2, await page.Page.Locator("tbody tr").CountAsync());
        // Magic bytes decide: the PNG is shown, the JPEG that is none is not.
        Assert.Equal(1, await page.Page.Locator("img").CountAsync());
        Assert.Contains(Texts(language)["pictureRefused"], text, StringComparison.Ordinal);
        page.AssertQuiet();
    }

    [Fact]
    public async Task Render_RocDate_HasTheGregorianOneOnHoverInChinese()
    {
        await using var page = await modules.OpenAsync();
        await ShowAsync(page, "zh-TW");
        Assert.Equal("1995年3月12日", await page.Page.Locator("time").First.GetAttributeAsync("title"));
    }

    [Theory]
    [InlineData("0841301", "0841301")]
    [InlineData("0840230", "0840230")]
    [InlineData("840312", "840312")]
    [InlineData("1150229", "1150229")]
    [InlineData("1130229", "民國 113 年 2 月 29 日")]
    [InlineData("0010101", "民國 1 年 1 月 1 日")]
    public async Task Render_DatesThatAreNone_StandAsTheyCame(string date, string shown)
    {
        await using var page = await modules.OpenAsync();
        var answer = await page.CallAsync<JsonElement>(
            Checks,
            "show",
            new
            {
                Strings = Texts("zh-TW"),
                Language = "zh-TW",
                Data = new { d = date },
                Schema = new { properties = new { d = new { title = "日期", format = "roc-date" } } },
            }
        );
        Assert.Equal($"日期\n{shown}", answer.GetProperty("text").GetString()!.Trim());
    }

    [Fact]
    public async Task Parse_NumbersThatScriptCannotHold_StayAsTheyAreWritten()
    {
        await using var page = await modules.OpenAsync();
        var shown = await page.CallAsync<JsonElement>(
            Checks,
            "parse",
            """{"a":12345678901234567890,"b":1.50,"c":1e3,"d":42,"e":0.1}"""
        );
        Assert.Equal("""{"a":"12345678901234567890","b":"1.50","c":"1e3","d":42,"e":0.1}""", shown.GetRawText());
    }

    [Fact]
    public async Task Print_OfALongTable_HasEveryRow()
    {
        await using var page = await modules.OpenAsync();
        var input = new
        {
            Strings = Texts("zh-TW"),
            Language = "zh-TW",
            Rows = 2500,
        };

        Assert.Equal(100, await page.CallAsync<int>(Checks, "printable", input));
        await page.Page.PdfAsync();
        Assert.Equal("2500", await page.Page.GetAttributeAsync("body", "data-printed"));
        Assert.Equal(100, await page.Page.Locator("tbody > tr").CountAsync());
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":1,"\u0062":2}}""")]
    [InlineData("""[{"a":1},{"b":1,"c":[{"d":1,"d":1}]}]""")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":01}""")]
    [InlineData("{'a':1}")]
    [InlineData("\ufeff{}")]
    public async Task Parse_WhatReadersDisagreeOn_IsRefused(string json)
    {
        await using var page = await modules.OpenAsync();
        Assert.Equal("data.format", await page.CallAsync<string>(Checks, "parseCode", json));
    }

    [Fact]
    public async Task Parse_NestedTooDeep_IsRefused()
    {
        await using var page = await modules.OpenAsync();
        var (good, deep) = (Nested(64), Nested(65));
        Assert.Equal("accepted", await page.CallAsync<string>(Checks, "parseCode", good));
        Assert.Equal("data.format", await page.CallAsync<string>(Checks, "parseCode", deep));
    }

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    private static Task<JsonElement> ShowAsync(BrowserPage page, string language) =>
        page.CallAsync<JsonElement>(
            Checks,
            "show",
            new
            {
                Strings = Texts(language),
                language,
                Data = JsonNode.Parse(Data),
                Schema = JsonNode.Parse(Schema),
            }
        );

    /// <summary>The page's own texts, from the resource file.</summary>
    private static Dictionary<string, string> Texts(string language) =>
        XDocument
            .Parse(Repository.Read($"MyData.Web/Features/Open/OpenText{(language == "en" ? ".en" : "")}.resx"))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static void Findings(JsonElement faults) =>
        Assert.True(faults.GetArrayLength() == 0, string.Join('\n', faults.EnumerateArray().Take(20)));

    private const string Png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    private const string Data = $$"""
        {
          "birthday": "0840312", "name": "𠮷", "latin": "Kolas Panay Mayaw", "amount": 1234567, "insured": true, "left": null,
          "front": "{{Png}}", "back": "{{Png}}",
          "periods": [ { "unit": "甲", "from": "1100101" }, { "unit": "乙", "from": "1120505" } ]
        }
        """;

    private const string Schema = """
        {
          "type": "object",
          "properties": {
            "birthday": { "title": "出生日期", "titleEn": "Date of birth", "format": "roc-date" },
            "name": { "title": "姓名", "titleEn": "Name" },
            "latin": { "title": "羅馬拼音", "titleEn": "Latin letters" },
            "amount": { "title": "金額", "titleEn": "Amount", "format": "twd" },
            "insured": { "title": "加保中", "titleEn": "Insured", "type": "boolean" },
            "left": { "title": "退保", "titleEn": "Left" },
            "front": { "title": "正面", "titleEn": "Front", "contentEncoding": "base64", "contentMediaType": "image/png" },
            "back": { "title": "背面", "titleEn": "Back", "contentEncoding": "base64", "contentMediaType": "image/jpeg" },
            "periods": {
              "title": "期間", "titleEn": "Periods", "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "unit": { "title": "單位", "titleEn": "Unit" },
                  "from": { "title": "起", "titleEn": "From", "format": "roc-date" }
                }
              }
            }
          }
        }
        """;
}
