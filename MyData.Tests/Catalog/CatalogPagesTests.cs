using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Tests.Support;

namespace MyData.Tests.Catalog;

public sealed class CatalogPagesTests(CatalogPagesTests.House house) : IClassFixture<CatalogPagesTests.House>
{
    /// <summary>A portal that lists the two sample agencies only.</summary>
    public sealed class House : IAsyncLifetime
    {
        public Portal Portal { get; } = new();

        public async ValueTask InitializeAsync() =>
            await Portal.Services.GetRequiredService<Catalogue>().ImportAsync(SampleListings.All);

        public ValueTask DisposeAsync() => Portal.DisposeAsync();
    }

    [Fact]
    public async Task List_WithoutSignIn_ShowsWhatOneNeedsToChoose()
    {
        using var visitor = house.Portal.Visitor();
        var page = (await visitor.GetAsync("/datasets")).ShouldBe(HttpStatusCode.OK);
        var vehicle = page
            .Html.QuerySelectorAll(".data-set")
            .Single(card => card.TextContent.Contains("車籍資料", StringComparison.Ordinal));
        Assert.All(
            ["內政部公路局", "7 個欄位", "完成後通知您", "到平臺才密封", "信賴等級 2", "線上身分登入、雙證件"],
            words => Assert.Contains(words, vehicle.TextContent, StringComparison.Ordinal)
        );
        Assert.Equal("API.Vehicle", vehicle.QuerySelector<IHtmlInputElement>("input[type=checkbox]")!.Value);
    }

    [Theory]
    [InlineData("?q=%E8%BB%8A", "API.Vehicle")]
    [InlineData("?category=household", "API.Household")]
    [InlineData("?agency=thb", "API.Vehicle")]
    [InlineData("?q=thb&category=vehicle&agency=thb", "API.Vehicle")]
    public async Task List_SearchInTheUrl_ShowsTheSameToEverybody(string query, string only)
    {
        using var visitor = house.Portal.Visitor("en");
        var page = await visitor.GetAsync($"/datasets{query}");
        Assert.Equal([only], Boxes(page).Select(box => box.Value));
    }

    [Fact]
    public async Task List_SearchAgain_KeepsWhatIsTicked()
    {
        using var visitor = house.Portal.Visitor("en");
        await visitor.GetAsync("/datasets");
        var page = await visitor.PressAsync("Search", ("q", "vehicles"), ("ds", "API.Household"));
        Assert.Contains("q=vehicles", page.Url.Query, StringComparison.Ordinal);
        Assert.Equal(["API.Household"], Boxes(page).Where(box => box.IsChecked).Select(box => box.Value));
        Assert.Equal(2, Boxes(page).Count());
        var next = await visitor.PressAsync("Get what I ticked", ("ds", "API.Vehicle"), ("ds", "API.Household"));
        Assert.Contains(
            "ds=API.Household&ds=API.Vehicle",
            next.Via.Append(next.Url).First().Query,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task List_NothingFits_SaysSoAndOffersEverything()
    {
        using var visitor = house.Portal.Visitor("en");
        var page = await visitor.GetAsync("/datasets?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
        Assert.Contains("<script>alert(1)</script>", page.Single(".empty").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.Html.Scripts);
        Assert.Equal("/datasets", page.Link("Show all").GetAttribute("href"));
    }

    [Fact]
    public async Task List_NaughtyStrings_AreShownAsText()
    {
        using var visitor = house.Portal.Visitor();
        foreach (
            var text in Vectors
                .Json("blns/blns.json")
                .EnumerateArray()
                .Select(e => e.GetString()!)
                .Where(t => t.Length < 100)
        )
        {
            var page = await visitor.GetAsync($"/datasets?q={Uri.EscapeDataString(text)}");
            page.ShouldBe(HttpStatusCode.OK);
            Assert.Empty(page.Html.Scripts);
            Assert.All(
                page.Html.All,
                element =>
                    Assert.DoesNotContain(element.Attributes, a => a.Name.StartsWith("on", StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public async Task DataSet_Listed_TellsFieldsParametersAndWait()
    {
        using var visitor = house.Portal.Visitor("en");
        var page = (await visitor.GetAsync("/datasets/API.Vehicle")).ShouldBe(HttpStatusCode.OK);
        Assert.Equal("Vehicles", page.Heading);
        Assert.Contains("Year of the Republic, three digits, for example 113", page.Words, StringComparison.Ordinal);
        Assert.Contains("about 40 minutes", page.Words, StringComparison.Ordinal);
        Assert.Equal(
            ["Name", "Date of birth", "Gender", "Photo", "Fee", "Members", "Entries"],
            page.Texts("table tbody th")
        );
        Assert.Equal("/download?ds=API.Vehicle", page.Link("Choose this data set").GetAttribute("href"));
    }

    [Theory]
    [InlineData("/datasets/API.Nothing")]
    [InlineData("/datasets/API.Nothing/schema.json")]
    [InlineData("/datasets/API.Vehicle/schema.json?version=7")]
    public async Task DataSet_Unknown_IsNotFoundInHerLanguage(string path)
    {
        using var visitor = house.Portal.Visitor("en");
        var page = (await visitor.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
        Assert.Equal("This page is not here", page.Heading);
        Assert.Contains("Nothing was handed over", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_AnyVersion_MayBeKeptAndIsAskedAgainByItsTag()
    {
        using var visitor = house.Portal.Visitor();
        var page = (await visitor.GetAsync("/datasets/API.Vehicle/schema.json")).ShouldBe(HttpStatusCode.OK);
        Assert.Equal(SampleListings.HouseholdSchema, page.Text);
        Assert.StartsWith("application/schema+json", page.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.StartsWith("public", page.Headers["Cache-Control"], StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/datasets/API.Vehicle/schema.json?version=1");
        again.Headers.TryAddWithoutValidation("If-None-Match", page.Headers["ETag"]);
        using var answer = await visitor.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
    }

    [Fact]
    public async Task Home_WithoutSignIn_ShowsWhatCanBeFetchedNow()
    {
        using var visitor = house.Portal.Visitor();
        var page = await visitor.GetAsync("/");
        Assert.Equal(["下載", "臨櫃", "線上服務", "戶籍資料", "車籍資料"], page.Texts("main h3"));
        Assert.Equal(3, page.Html.QuerySelectorAll(".lead p").Length);
    }

    private static IEnumerable<IHtmlInputElement> Boxes(Page page) =>
        page.Html.QuerySelectorAll<IHtmlInputElement>("input[name=ds]");
}
