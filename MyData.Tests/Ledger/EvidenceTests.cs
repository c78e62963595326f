using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>What was found is said on the public page, and its bytes can be saved and are never shown (security.md V4).</summary>
public sealed class EvidenceTests : IAsyncDisposable
{
    private const string Script = "<script>alert(1)</script>";
    private readonly Portal _portal = Portal.Start(new());

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Theory]
    [InlineData("zh-TW", "已經從正確的副本修復")]
    [InlineData("en", "healed from a right copy")]
    public async Task Incident_IsSaidWithItsPlace_AndItsBytesAreForSavingOnly(string language, string words)
    {
        var incidents = _portal.Services.GetRequiredService<LedgerIncidents>();
        await incidents.AddAsync(
            new Incident(LedgerIncidents.Healed, "x")
            {
                Place = "tile/0/000",
                Index = 12,
                From = "w2",
                Ours = LogHouse.Bytes(Script),
            },
            Stop
        );
        var id = Assert.Single(await incidents.ListAsync(9, Stop)).Id;
        using var stranger = _portal.Visitor(language);
        var page = (await stranger.GetAsync(LedgerUrls.Viewer)).ShouldBe(HttpStatusCode.OK);
        var notice = page.Single($"[data-incident='{LedgerIncidents.Healed}']");
        Assert.Contains(words, notice.TextContent, StringComparison.Ordinal);
        Assert.Contains("tile/0/000", notice.TextContent, StringComparison.Ordinal);
        Assert.Contains("w2", notice.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(1)", page.Text, StringComparison.Ordinal);
        _ = page.Single($"a[download][href='{LedgerUrls.Evidence(id, LedgerUrls.Ours)}']");

        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(_portal.Origin, LedgerUrls.Evidence(id, LedgerUrls.Ours)), Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(Script, await answer.Content.ReadAsStringAsync(Stop));
        string[] others =
        [
            LedgerUrls.Evidence(id, LedgerUrls.Theirs),
            LedgerUrls.Evidence(id, "x"),
            LedgerUrls.Evidence("x", LedgerUrls.Ours),
        ];
        foreach (var path in others)
        {
            using var none = await http.GetAsync(new Uri(_portal.Origin, path), Stop);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    [Theory]
    [InlineData("zh-TW", "node2 從 node1 接手，當時帳本有 1,234 筆紀錄。", "執行的人：duty 7。", "事後補的")]
    [InlineData(
        "en",
        "node2 took over from node1, at 1,234 records of the ledger.",
        "Done by duty 7.",
        "some time after"
    )]
    public async Task Promotion_IsSaidInTheLanguageOfThePage_AndAnOlderOneAsItWasTold(
        string language,
        string who,
        string by,
        string late
    )
    {
        const string sentence = "node3 takes the writes over from node2, at 9 records of x; by an operator.";
        var told = new ToldPromotion { By = "duty 7", Log = "mydata.example/ledger/2026" };
        foreach (var (message, index) in new[] { (told.ToString(), 1234), (sentence, 9) })
            await _portal
                .Services.GetRequiredService<LedgerIncidents>()
                .AddAsync(
                    new Incident(LedgerIncidents.Promoted, message)
                    {
                        Place = "node2",
                        From = "node1",
                        Index = index,
                    },
                    Stop
                );
        using var stranger = _portal.Visitor(language);
        var page = (await stranger.GetAsync(LedgerUrls.Viewer)).ShouldBe(HttpStatusCode.OK);
        var notices = page.Texts($"[data-incident='{LedgerIncidents.Promoted}']");
        Assert.Equal(2, notices.Count);
        var ours = Assert.Single(notices, text => text.Contains(who, StringComparison.Ordinal));
        Assert.Contains(by, ours, StringComparison.Ordinal);
        Assert.DoesNotContain(late, ours, StringComparison.Ordinal);
        Assert.DoesNotContain("told=", page.Text, StringComparison.Ordinal);
        Assert.Contains(sentence, Assert.Single(notices, text => text != ours), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zh-TW", "較早的事件", "回到最新的")]
    [InlineData("en", "Older incidents", "Back to the newest")]
    public async Task Incidents_MoreThanAPage_AreReadOnToTheOldest(string language, string older, string newest)
    {
        var incidents = _portal.Services.GetRequiredService<LedgerIncidents>();
        for (var n = 0; n < 23; n++)
            await incidents.AddAsync(
                new Incident("witness.silent", "x") { Witness = $"w{n}.", At = LogHouse.Now.AddMinutes(n) },
                Stop
            );
        await incidents.AddAsync(new Incident("ledger.fork", "x") { Witness = "w99.", At = LogHouse.Now }, Stop);
        using var stranger = _portal.Visitor(language);
        var first = (await stranger.GetAsync(LedgerUrls.Viewer)).ShouldBe(HttpStatusCode.OK);
        Assert.Equal(20, first.Texts("[data-incident]").Count);
        Assert.Contains("w99.", first.Texts("[data-incident]")[0], StringComparison.Ordinal);
        var address = first.Link(older).GetAttribute("href")!;
        var rest = (await stranger.GetAsync(address)).ShouldBe(HttpStatusCode.OK);
        Assert.Equal(4, rest.Texts("[data-incident]").Count);
        Assert.Contains("w0.", rest.Texts("[data-incident]")[3], StringComparison.Ordinal);
        Assert.DoesNotContain(older, rest.Words, StringComparison.Ordinal);
        Assert.Equal($"{LedgerUrls.Viewer}#incidents", rest.Link(newest).GetAttribute("href"));
        var none = await stranger.GetAsync($"{LedgerUrls.Viewer}?incidents=x");
        Assert.Equal(20, none.ShouldBe(HttpStatusCode.OK).Texts("[data-incident]").Count);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
