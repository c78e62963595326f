using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>No receipt, no data: through the whole portal, while nobody witnesses and when they do again.</summary>
public abstract class ReleaseTests : IAsyncDisposable
{
    private const string Household = "API.7QovE2Gev6";

    /// <summary>On the national wire, which has no body to ask with.</summary>
    private const string Vehicles = "API.60GGfgGX1A";
    private readonly Switch _quorum = new();
    private readonly Portal _portal;

    protected ReleaseTests(Engine engine) =>
        _portal = Portal.Start(
            new()
            {
                Engine = engine,
                Services = services => services.Replace(ServiceDescriptor.Singleton<ILedgerQuorum>(_quorum)),
            }
        );

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Download_WhileNothingCanBeProven_StopsAndGoesOnWithoutARestart()
    {
        using var citizen = _portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        _quorum.IsDown = true;
        var download = await Download.AgreeAsync(citizen, Household);
        await _quorum.Refused;
        Assert.DoesNotContain(await _portal.EventsAsync(), e => e.Kind == EventKinds.SubjectIntrospected);
        Assert.True((await download.StatesAsync())[0] is "Requested" or "Calling");

        _quorum.IsDown = false;
        await _portal.EventAsync(EventKinds.TransferReady);
        var waiting = Assert.Single(await download.WaitingAsync());

        _quorum.IsDown = true;
        using (var refused = await download.FetchAsync(waiting.PackageUrl))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Stop));
            Assert.Equal(Writing.Unavailable, problem.RootElement.GetProperty("code").GetString());
        }
        using (var asked = new HttpRequestMessage(HttpMethod.Get, waiting.PackageUrl))
        {
            asked.Headers.Add("MyData-Claim", download.Claim);
            asked.Headers.Add("Accept", "text/html");
            using var page = await citizen.SendAsync(asked);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
            var html = await page.Content.ReadAsStringAsync(Stop);
            Assert.Contains(Writing.Unavailable, html, StringComparison.Ordinal);
        }
        _quorum.IsDown = false;
        using var data = await download.OpenAsync(waiting);
        Assert.NotEmpty(data.RootElement.EnumerateObject());
        await Download.AgreeAsync(citizen, Vehicles);
        await _portal.EventAsync(EventKinds.TransferReady, e => e.DataSetId == Vehicles);
        await BodiesAsync();
        await AuditAsync();
    }

    [Fact]
    public async Task Complaint_WhileNothingCanBeProven_IsNotOpened()
    {
        var citizen = Ids.New();
        await _portal
            .Services.GetRequiredService<IWriter>()
            .WriteAsync(scope =>
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.SubjectRead,
                        CitizenId = citizen,
                        Actor = "provider:ris",
                    }
                )
            );
        var filed = await _portal
            .Services.GetRequiredService<Complaints>()
            .FileAsync(
                new ComplaintRequest
                {
                    CitizenId = citizen,
                    LineId = (await _portal.EventsAsync()).Single(e => e.CitizenId == citizen).Id,
                    SubmissionId = Ids.New(),
                    Choice = ComplaintChoices.NotMe,
                    Words = "words",
                }
            );
        var desk = _portal.Services.GetRequiredService<ComplaintDesk>();
        _quorum.IsDown = true;
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            desk.OpenAsync(filed.Number!, Ids.New(), cancellationToken: Stop)
        );
        Assert.Equal(Writing.Unavailable, refused.Code);
        _quorum.IsDown = false;
        Assert.Equal("words", (await desk.OpenAsync(filed.Number!, Ids.New(), cancellationToken: Stop))!.Words);
    }

    /// <summary>What was asked and what came stand in the records, as hashes.</summary>
    private async Task BodiesAsync()
    {
        var entries = await _portal.ReadAsync(db => db.Set<LedgerEntryRow>().ToListAsync(Stop));
        var records = entries.ConvertAll(entry => LedgerRecord.Parse(entry.Bytes));
        Assert.All(records, r => Assert.Equal(r.Operation == EventKinds.TransferCalled, r.RequestHash is not null));
        Assert.All(records, r => Assert.Equal(r.Operation == EventKinds.TransferReady, r.ResponseHash is not null));
    }

    /// <summary>As a stranger does, over HTTP; what is read may be kept for ever.</summary>
    private async Task AuditAsync()
    {
        var year = TimeProvider.System.GetUtcNow().Year;
        var prefix = new Uri(_portal.Origin, LedgerUrls.Of(year));
        Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, prefix.AbsoluteUri]));
        await ExportAsync(prefix);
        using var http = new HttpClient();
        var policy = WitnessPolicy.Parse(await http.GetByteArrayAsync($"{prefix}/policy", Stop));
        var report = await LogAudit.RunAsync(new LogSite(http, prefix), policy, [], records: true, null, Stop);
        Assert.Empty(report.Findings);
        Assert.True(report.Verified > 10, $"{report.Verified} records.");
        using var tile = await http.GetAsync($"{prefix}/tile/entries/000.p/1", Stop);
        Assert.Contains("immutable", tile.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        using var checkpoint = await http.GetAsync($"{prefix}/checkpoint", Stop);
        Assert.True(checkpoint.Headers.CacheControl!.NoCache);
        foreach (
            var missing in (string[])["tile/0/x999/000", "tile/0/000", "tile/entries/999", "tile/0/../../x", "tile/9"]
        )
        {
            using var answer = await http.GetAsync($"{prefix}/{missing}", Stop);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private static async Task ExportAsync(Uri prefix)
    {
        var folder = Directory.CreateTempSubdirectory("mydata-export-").FullName;
        try
        {
            Assert.Equal(0, await ExportCommand.RunAsync([ExportCommand.Name, prefix.AbsoluteUri, folder]));
            Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, folder]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Witnesses that do not answer while it is down.</summary>
    private sealed class Switch : ILedgerQuorum
    {
        private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsDown { get; set; }

        /// <summary>Something was about to leave.</summary>
        public Task Refused => _refused.Task;

        public Task WaitAsync(Checkpoint checkpoint, CancellationToken token)
        {
            if (!IsDown)
                return Task.CompletedTask;
            _refused.TrySetResult();
            return Task.FromException(new LedgerException(Writing.Unavailable, "Nobody witnesses."));
        }
    }
}

public sealed class SqliteReleaseTests() : ReleaseTests(Engine.Sqlite);

public sealed class PostgresReleaseTests() : ReleaseTests(Engine.Postgres);
