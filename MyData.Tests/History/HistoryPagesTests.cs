using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Tests.Support;
using MyData.Web.Features.History;

namespace MyData.Tests.History;

public abstract class HistoryPagesTests(HistoryPortal portal)
{
    [Theory]
    [InlineData("/history")]
    [InlineData("/history?topic=Data")]
    [InlineData("/history/export.csv")]
    [InlineData("/history/export.json")]
    [InlineData("/history/complaints")]
    [InlineData("/history/complaints/C-20260302-0000-0000")]
    [InlineData("/history/1/complaint")]
    public async Task Get_NotSignedIn_LeadsToSignIn(string path)
    {
        using var stranger = portal.Stranger();
        using var answer = await stranger.SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.StartsWith("/signin", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Get_NewCitizen_TeachesWhatWillBeHere()
    {
        using var citizen = portal.SignedIn(Ids.New());
        var page = await citizen.GetAsync(HistoryUrls.Page);
        page.ShouldBe(HttpStatusCode.OK);
        Assert.Empty(page.Html.QuerySelectorAll("table"));
        Assert.Contains("15 天", page.Single(".empty").TextContent);
        Assert.Equal("/datasets", page.Single(".empty a").GetAttribute("href"));
    }

    [Theory]
    [InlineData("zh-TW", "民國 115 年", "您同意把", "您自己留存使用")]
    [InlineData("en", "2026", "You agreed that your", "your own use")]
    public async Task Get_AfterADownload_SaysWhoWhatWhyWhenAndResult(
        string language,
        string year,
        string agreed,
        string why
    )
    {
        var (id, consent) = await portal.DownloadedAsync();
        using var citizen = portal.SignedIn(id, language);
        var page = (await citizen.GetAsync(HistoryUrls.Page)).ShouldBe(HttpStatusCode.OK);

        var entry = page.Single("tbody");
        Assert.Contains(agreed, entry.TextContent);
        Assert.Contains(why, entry.TextContent);
        Assert.Contains(year, entry.QuerySelector("time")!.TextContent);
        Assert.Equal(6, entry.QuerySelectorAll("details ol > li").Length);
        Assert.Equal(2, entry.QuerySelectorAll("ol.strip").Length);
        Assert.Equal("2", entry.QuerySelectorAll("ol.strip")[0].GetAttribute("data-progress"));
        Assert.Contains("provider.timeout", entry.TextContent);
        Assert.NotNull(entry.QuerySelector($"a[href='/receipts/{consent}.jws']"));
        var names = await portal.NamesAsync(language);
        Assert.All(names, name => Assert.Contains(name, entry.TextContent));
    }

    [Theory]
    [InlineData("zh-TW", "看其中 200 個步驟", "另外還有 106 個步驟")]
    [InlineData("en", "200 of the steps", "106 more steps")]
    public async Task Get_MoreStepsThanAPageShows_SaysHowManyMore(string language, string some, string more)
    {
        var (id, consent) = await portal.DownloadedAsync();
        var asked = Enumerable
            .Range(0, 300)
            .Select(_ => new Event
            {
                Kind = EventKinds.SubjectIntrospected,
                CitizenId = id,
                Actor = "provider:ris",
                ConsentId = consent,
            });
        await portal.RaiseAsync([.. asked]);
        using var citizen = portal.SignedIn(id, language);
        var entry = (await citizen.GetAsync(HistoryUrls.Page)).ShouldBe(HttpStatusCode.OK).Single("tbody");
        Assert.Equal(some, entry.QuerySelector("summary")!.TextContent);
        Assert.Equal(HistoryQueries.MostSteps, entry.QuerySelectorAll("details ol > li").Length);
        Assert.Contains(more, entry.QuerySelector("details")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Filters_StandInTheAddressAndInTheForm()
    {
        var (id, _) = await portal.DownloadedAsync();
        await portal.RaiseAsync(
            new Event
            {
                Kind = EventKinds.ContactChanged,
                CitizenId = id,
                Actor = "citizen",
            }
        );
        using var citizen = portal.SignedIn(id);
        await citizen.GetAsync(HistoryUrls.Page);
        var page = await citizen.SubmitAsync("filter", ("topic", "Account"), ("order", "oldest"));
        Assert.Contains("topic=Account", page.Url.Query);
        Assert.Single(page.Html.QuerySelectorAll("tbody"));
        Assert.Equal("Account", page.Single("select[name=topic] option[selected]").GetAttribute("value"));
        Assert.Contains("topic=Account", page.Link("試算表（CSV）").Href);

        var wrong = await citizen.GetAsync("/history?from=2026-03-02&to=2026-03-01");
        Assert.NotEqual("", wrong.Alert);
        Assert.Equal("true", wrong.Single("#from").GetAttribute("aria-invalid"));
        var none = await citizen.GetAsync("/history?topic=Complaint");
        Assert.Equal("/history", none.Single(".empty a").GetAttribute("href"));
    }

    [Fact]
    public async Task Get_AnotherCitizen_SeesNothingOfHers()
    {
        var (hers, consent) = await portal.DownloadedAsync();
        var line = (await portal.EventsOfAsync(hers))[0].Id;
        using var she = portal.SignedIn(hers);
        await she.GetAsync(HistoryUrls.Complain(line));
        var filed = await she.SubmitAsync("complaint", ("choice", "not-me"), ("words", "private-words"));
        var number = filed.Path.Split('/')[^1];

        using var other = portal.SignedIn(Ids.New());
        var page = await other.GetAsync(HistoryUrls.Page);
        Assert.DoesNotContain(consent.ToString(), page.Text);
        Assert.Empty(page.Html.QuerySelectorAll("table"));
        foreach (var path in new[] { HistoryUrls.Complain(line), HistoryUrls.Complaint(number) })
        {
            var missing = (await other.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
            Assert.DoesNotContain("private-words", missing.Text);
            Assert.DoesNotContain(number, missing.Words);
        }
        await other.GetAsync(HistoryUrls.Complaints);
        var forged = await other.PostAsync(HistoryUrls.Complain(line), ("choice", "not-me"), ("words", ""));
        Assert.True(forged.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{forged.Status}");
        Assert.Single((await other.GetAsync(HistoryUrls.Csv)).Text.Trim().Split("\r\n"));
        Assert.Empty(Json(await other.GetAsync(HistoryUrls.Json)).GetProperty("lines").EnumerateArray());
        Assert.Single(await portal.EventsOfAsync(hers, EventKinds.ComplaintFiled));
    }

    [Fact]
    public async Task Get_Csv_HoldsEveryLineForASpreadsheet()
    {
        var (id, consent) = await portal.DownloadedAsync();
        using var citizen = portal.SignedIn(id);
        var file = await citizen.GetAsync(HistoryUrls.Csv);
        Assert.StartsWith("text/csv", file.Headers["Content-Type"]);
        Assert.Matches(@"attachment; filename=""?mydata-history-\d{8}\.csv", file.Headers["Content-Disposition"]);
        Assert.Equal([0xEF, 0xBB, 0xBF], file.Bytes.Take(3));
        var rows = Csv.Read(file.Text.TrimStart('\uFEFF'));
        Assert.Equal(7, rows.Count);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        Assert.Contains(EventKinds.ConsentGiven, rows[1]);
        Assert.Contains(consent.ToString(), rows[1]);
        Assert.All(rows.Skip(1), row => Assert.Contains("您自己留存使用", row));

        var few = await citizen.GetAsync($"{HistoryUrls.Csv}?result=Failed");
        Assert.Equal(2, Csv.Read(few.Text.TrimStart('\uFEFF')).Count);
    }

    [Fact]
    public async Task Get_Json_HasTheDocumentedShape()
    {
        var (id, consent) = await portal.DownloadedAsync();
        using var citizen = portal.SignedIn(id, "en");
        var file = Json(await citizen.GetAsync($"{HistoryUrls.Json}?topic=Consent"));
        Assert.Equal("mydata-history", file.GetProperty("format").GetString());
        Assert.Equal(1, file.GetProperty("version").GetInt32());
        Assert.Equal("en", file.GetProperty("language").GetString());
        Assert.Equal("consent", file.GetProperty("filter").GetProperty("topic").GetString());
        var line = Assert.Single(file.GetProperty("lines").EnumerateArray());
        Assert.Equal("done", line.GetProperty("result").GetString());
        Assert.Equal($"/receipts/{consent}.jws", line.GetProperty("receipt").GetString());
        Assert.Equal(2, line.GetProperty("details").GetProperty("datasets").GetArrayLength());
        var documented = File.ReadAllText(
            Path.Combine(Repository.Root, "MyData.Web", "Features", "History", "README.md")
        );
        Assert.All(line.EnumerateObject(), member => Assert.Contains($"`{member.Name}`", documented));
    }

    private static JsonElement Json(Page page)
    {
        using var document = JsonDocument.Parse(page.ShouldBe(HttpStatusCode.OK).Bytes);
        return document.RootElement.Clone();
    }
}

/// <summary>A portal in which tests say who is signed in, and what has happened to her.</summary>
public class HistoryPortal : IAsyncDisposable
{
    private readonly Portal _portal;

    public HistoryPortal()
        : this(TestDatabase.Default) { }

    protected HistoryPortal(Engine engine) =>
        _portal = Portal.Start(new PortalOptions { Engine = engine, Services = TrustedCookie.Add });

    public CitizenDriver Stranger() => _portal.Visitor();

    public CitizenDriver SignedIn(Guid citizen, string language = "zh-TW") =>
        TrustedCookie.SignedIn(_portal, citizen, language);

    public Task RaiseAsync(params Event[] events) =>
        _portal
            .Services.GetRequiredService<IWriter>()
            .WriteAsync(scope =>
            {
                foreach (var happened in events)
                    scope.Raise(happened);
            });

    public async Task<List<Event>> EventsOfAsync(Guid citizen, string? kind = null) =>
        [.. (await _portal.EventsAsync()).Where(e => e.CitizenId == citizen && (kind is null || e.Kind == kind))];

    /// <summary>A citizen who agreed to two data sets: one was fetched, one agency did not answer.</summary>
    public async Task<(Guid Citizen, Guid Consent)> DownloadedAsync()
    {
        var (citizen, consent) = (Ids.New(), Ids.New());
        var sets = await DataSetsAsync();
        var transfers = new[] { Ids.New(), Ids.New() };
        Event Step(string kind, int set, string code = "ok") =>
            new()
            {
                Kind = kind,
                CitizenId = citizen,
                Actor = "platform",
                ConsentId = consent,
                TransferId = transfers[set],
                DataSetId = sets[set].Id,
                Code = code,
            };
        await RaiseAsync(
            new Event
            {
                Kind = EventKinds.ConsentGiven,
                CitizenId = citizen,
                Actor = "citizen",
                ConsentId = consent,
                Purpose = "own-use",
                Details = JsonSerializer.Serialize(new { datasets = sets.Select(s => s.Id) }),
            },
            Step(EventKinds.TransferRequested, 0),
            Step(EventKinds.TransferRequested, 1),
            Step(EventKinds.TransferReady, 0),
            Step(EventKinds.TransferClaimed, 0),
            Step(EventKinds.TransferFailed, 1, "provider.timeout")
        );
        return (citizen, consent);
    }

    public async Task<List<string>> NamesAsync(string language) =>
        [.. (await DataSetsAsync()).Select(s => language == "en" ? s.Listing.Name.En : s.Listing.Name.Zh)];

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    private async Task<List<DataSetView>> DataSetsAsync() =>
        [.. (await _portal.Services.GetRequiredService<Catalogue>().SearchAsync(new CatalogueQuery())).Take(2)];
}

public sealed class PostgresHistoryPortal() : HistoryPortal(Engine.Postgres);

public sealed class SqliteHistoryPagesTests(HistoryPortal portal)
    : HistoryPagesTests(portal),
        IClassFixture<HistoryPortal>;

public sealed class PostgresHistoryPagesTests(PostgresHistoryPortal portal)
    : HistoryPagesTests(portal),
        IClassFixture<PostgresHistoryPortal>;
