using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.LedgerApi;

namespace MyData.Tests.LedgerApi;

/// <summary>What a program that watches the ledger reads: nodes, incidents, figures, news, whole logs, and what it searches for.</summary>
public abstract class WatchingTests(ApiHouse house)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private OpenLog Log => house.Portal.Services.GetRequiredService<OpenLogs>().Current!;

    [Fact]
    public async Task Nodes_SayWhatTheViewerShows()
    {
        await house.AddAsync(house.Caller.Envelope());
        var answer = await house.GetAsync(ApiUrls.Nodes);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(Log.Origin, (string?)answer.Json!["origin"]);
        Assert.False((bool)answer.Json["witnessed"]!);
        var node = Assert.Single(answer.Json["nodes"]!.AsArray())!;
        Assert.Equal("sequencer", (string?)node["role"]);
        Assert.True((long)node["size"]! >= (long)answer.Json["size"]!);
        var incidents = await house.GetAsync(ApiUrls.Incidents);
        Assert.Empty(incidents.Json!["incidents"]!.AsArray());
    }

    [Fact]
    public async Task Incidents_GoOnAtTheirCursor_ToTheOldest()
    {
        await using var portal = Portal.Start(new());
        var incidents = portal.Services.GetRequiredService<LedgerIncidents>();
        var now = TimeProvider.System.GetUtcNow();
        for (var n = 0; n < 101; n++)
            await incidents.AddAsync(new Incident("witness.silent", $"{n}") { At = now.AddMinutes(-n) }, Stop);
        await incidents.AddAsync(new Incident("ledger.fork", "fork") { At = now.AddYears(-1) }, Stop);
        using var http = new HttpClient { BaseAddress = portal.Origin };
        var first = JsonNode.Parse(await http.GetStringAsync(ApiUrls.Incidents, Stop))!;
        var rest = JsonNode.Parse(await http.GetStringAsync($"{ApiUrls.Incidents}?cursor={first["cursor"]}", Stop))!;
        Assert.Equal(["fork", .. Enumerable.Range(0, 99).Select(n => $"{n}")], Messages(first));
        Assert.Equal(["99", "100"], Messages(rest));
        Assert.Null(rest["cursor"]);
        using var none = await http.GetAsync($"{ApiUrls.Incidents}?cursor=x", Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, none.StatusCode);
        Assert.Equal("query.cursor", (string?)JsonNode.Parse(await none.Content.ReadAsStringAsync(Stop))!["code"]);

        static IEnumerable<string?> Messages(JsonNode page) =>
            page["incidents"]!.AsArray().Select(one => (string?)one!["message"]);
    }

    [Fact]
    public async Task Search_BySystemApiReasonTimeResult_GivesThoseAlone()
    {
        var caller = await ApiCaller.NewEd25519("test-searched").RegisterAsync(house.Keys);
        await AddAsync(caller, record => record);
        await AddAsync(caller, record => record with { Operation = "income.read", From = "fia/income@1" });
        await AddAsync(caller, record => record with { Result = "denied" });
        await AddAsync(caller, record => record with { Reason = "act-99" });
        Assert.Equal(4, (await FindAsync("system=test-searched")).Count);
        Assert.Single(await FindAsync("system=test-searched&api=income.read"));
        Assert.Single(await FindAsync("system=test-searched&api=fia/income"));
        Assert.Single(await FindAsync("system=test-searched&api=income"));
        Assert.Equal(3, (await FindAsync("system=test-searched&api=ris/household")).Count);
        Assert.Empty(await FindAsync("system=test-searched&api=house"));
        Assert.Single(await FindAsync("system=test-searched&result=not-ok"));
        Assert.Single(await FindAsync("system=test-searched&reason=act-99"));
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(4, (await FindAsync($"system=test-searched&time={At(now.AddHours(-1))}/..")).Count);
        Assert.Empty(await FindAsync($"system=test-searched&time=../{At(now.AddHours(-1))}"));
    }

    [Fact]
    public async Task Search_GoesOnAtItsCursor_ToTheBeginning()
    {
        for (var i = 0; i < LedgerRecords.PageSize; i++)
            await house.AddAsync(house.Caller.Envelope());
        var size = Log.Proven!.Checkpoint.Size;
        var seen = new List<long>();
        string? cursor = string.Create(CultureInfo.InvariantCulture, $"{Log.Year}-{size}");
        while (cursor is not null)
        {
            var page = await house.GetAsync($"{ApiUrls.Records}?cursor={cursor}");
            seen.AddRange(page.Json!["records"]!.AsArray().Select(one => (long)one!["index"]!));
            cursor = (string?)page.Json["cursor"];
        }
        Assert.Equal(Enumerable.Range(0, (int)size).Reverse().Select(at => (long)at), seen);
    }

    [Theory]
    [InlineData("time=yesterday", "query.time")]
    [InlineData("time=2026-01-01/2026-02-01", "query.time")]
    [InlineData("time=a/b/c", "query.time")]
    [InlineData("cursor=1999", "query.cursor")]
    [InlineData("cursor=x-1", "query.cursor")]
    [InlineData("cursor=2026-1-1", "query.cursor")]
    public async Task Search_ForWhatIsNone_SaysWhatIsWrong(string query, string code)
    {
        var answer = await house.GetAsync($"{ApiUrls.Records}?{query}");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Metrics_FromThisMachine_AreFigures_AndNobodys()
    {
        await house.AddAsync(house.Caller.EnvelopeOf("A123456789"));
        var answer = await house.GetAsync(ApiUrls.Metrics);
        var text = await answer.Message.Content.ReadAsStringAsync(Stop);
        var values = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .ToDictionary(
                line => line[..line.LastIndexOf(' ')],
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
            );
        Assert.True(values["mydata_ledger_records"] > 0);
        Assert.InRange(values["mydata_answer_seconds{quantile=\"0.5\"}"], 0.000_1, 60);
        Assert.True(
            values["mydata_answer_seconds{quantile=\"0.99\"}"] >= values["mydata_answer_seconds{quantile=\"0.5\"}"]
        );
        Assert.True(values["mydata_answers_total"] > 0);
        Assert.True(values["mydata_disk_free_bytes"] > 0);
        Assert.Equal(0, values["mydata_ledger_stopped"]);
        Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_FromAnotherNetwork_AreRefused()
    {
        await using var portal = Portal.Start(new() { Settings = [("MyData:Ledger:MetricsFrom", "10.0.0.0/8")] });
        using var stranger = portal.Visitor();
        using var answer = await stranger.SendAsync(new HttpRequestMessage(HttpMethod.Get, ApiUrls.Metrics));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(
            "metrics.not_here",
            (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["code"]
        );
    }

    [Fact]
    public async Task Events_TellEachNewCheckpoint_AndOnReconnectionOnlyWhatIsNew()
    {
        await house.AddAsync(house.Caller.Envelope());
        using var http = new HttpClient();
        string id;
        using (var stream = await ListenAsync(http, null))
        {
            var first = await NextAsync(stream);
            var added = await house.AddAsync(house.Caller.Envelope());
            var next = first;
            while ((long)next.Data["size"]! <= added.Index)
                next = await NextAsync(stream);
            Assert.True((long)next.Data["size"]! > (long)first.Data["size"]!);
            var note = SignedNote.Parse(Encoding.UTF8.GetBytes((string)next.Data["note"]!));
            var checkpoint = (await house.PolicyAsync()).Require(note);
            Assert.Equal((long)next.Data["size"]!, checkpoint.Size);
            id = next.Id;
        }
        using var again = await ListenAsync(http, id);
        var more = await house.AddAsync(house.Caller.Envelope());
        var told = await NextAsync(again);
        Assert.True((long)told.Data["size"]! > long.Parse(id.Split('.')[1], CultureInfo.InvariantCulture));
        Assert.True(more.Index < (long)told.Data["size"]! || more.Index < Log.Proven!.Checkpoint.Size);
    }

    [Fact]
    public async Task Events_MoreThanANetworkMay_AreRefused_UntilOneLeaves()
    {
        await using var portal = Portal.Start(new() { Settings = [("MyData:Ledger:ListenersPerNetwork", "1")] });
        using var http = new HttpClient();
        var address = new Uri(portal.Origin, ApiUrls.Events);
        using (var first = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Stop))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            using var second = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Stop);
            Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
            Assert.NotNull(second.Headers.RetryAfter);
        }
        await Eventually.HoldsAsync(
            portal.Committed,
            "the place is free",
            async () =>
            {
                using var third = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Stop);
                return third.IsSuccessStatusCode;
            }
        );
    }

    [Fact]
    public async Task Export_IsTheWholeLog_AndIsAuditedFromItsFile()
    {
        for (var i = 0; i < 300; i++)
            await house.AddAsync(house.Caller.Envelope());
        var line = (await house.GetAsync(ApiUrls.Exports)).Json!["exports"]!.AsArray().Single()!;
        var answer = await house.GetAsync((string)line["url"]!);
        var file = Path.Combine(Directory.CreateTempSubdirectory("mydata-export-").FullName, "log.zip");
        await File.WriteAllBytesAsync(file, await answer.Message.Content.ReadAsByteArrayAsync(Stop), Stop);
        Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, file]));
        using (var zip = ZipFile.OpenRead(file))
        {
            var report = await LogAudit.RunAsync(
                new LogZip(zip),
                await house.PolicyAsync(),
                [],
                records: true,
                progress: null,
                Stop
            );
            Assert.Empty(report.Findings);
            Assert.True(report.Verified >= 300);
        }
        // The control: one letter of one record.
        using (var zip = ZipFile.Open(file, ZipArchiveMode.Update))
        {
            var name = zip.Entries.First(entry =>
                entry.FullName.StartsWith("tile/entries/000", StringComparison.Ordinal)
            );
            var bytes = await LogZip.ReadAsync(name, Stop);
            bytes[100] ^= 1;
            var path = name.FullName;
            name.Delete();
            await using var stream = zip.CreateEntry(path).Open();
            await stream.WriteAsync(bytes, Stop);
        }
        Assert.Equal(1, await AuditCommand.RunAsync([AuditCommand.Name, file]));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        Assert.Equal("ledger.not_found", (await house.GetAsync($"{ApiUrls.Exports}/1999")).Code);
    }

    private async Task AddAsync(ApiCaller caller, Func<LedgerRecord, LedgerRecord> change) =>
        Assert.Equal(
            HttpStatusCode.Created,
            (await house.AddAsync(ApiCaller.Envelope(caller.Signed(change(caller.New()))))).Status
        );

    private async Task<List<string>> FindAsync(string query)
    {
        var answer = await house.GetAsync($"{ApiUrls.Records}?{query}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return
        [
            .. answer.Json!["records"]!
                .AsArray()
                .Select(one => (string)one!["entry"]!)
                .Where(entry =>
                    !LedgerRecord
                        .Parse(Encoding.UTF8.GetBytes(entry))
                        .Operation.StartsWith("ledger.", StringComparison.Ordinal)
                ),
        ];
    }

    private async Task<StreamReader> ListenAsync(HttpClient http, string? lastId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(house.Portal.Origin, ApiUrls.Events));
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
    }

    private static async Task<(string Id, JsonNode Data)> NextAsync(StreamReader stream)
    {
        var id = "";
        while (await stream.ReadLineAsync(Stop) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return (id, JsonNode.Parse(line[6..])!);
        }
        throw new Xunit.Sdk.XunitException("The stream ended.");
    }

    private static string At(DateTimeOffset at) =>
        Uri.EscapeDataString(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}

public sealed class SqliteWatchingTests(ApiHouse house) : WatchingTests(house), IClassFixture<ApiHouse>;

public sealed class PostgresWatchingTests(PostgresApiHouse house)
    : WatchingTests(house),
        IClassFixture<PostgresApiHouse>;
