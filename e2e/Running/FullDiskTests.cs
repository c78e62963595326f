using System.Net;
using MyData.Core.Ledger;
using MyData.E2E.Support;
using MyData.Load.Nodes;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;

namespace MyData.E2E.Running;

/// <summary>
/// The disk of database and ledger is full, to its last byte (security.md F3): nothing leaves, she is told so in her language, and when there is
/// room again all goes on in the same process, with nothing lost that was acknowledged.
/// </summary>
public sealed class FullDiskTests
{
    private const string Household = "API.7QovE2Gev6";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disk_FullUnderTheLedger_StopsReleasesWithAPage_AndGoesOnWithoutARestart()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 48);
        await using var portal = await PortalProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["MyData:Database"] = $"Data Source={Path.Combine(disk.Folder, "mydata.db")}",
            }
        );
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        var download = await Download.AgreeAsync(citizen, Household);
        await download.ReadyAsync();
        var waiting = Assert.Single(await download.WaitingAsync());
        var asked = await Download.AskAsync(citizen, Household);
        var question = citizen.Page;
        await using var callers = new SteadyCallers(() => portal.Origin, PortalProcess.SandboxKeys, atOnce: 4);
        await callers.MoreAsync(50, Limit);

        disk.Fill();
        // What was written ahead and is free again is used first.
        await callers.RefusedAsync((int)HttpStatusCode.ServiceUnavailable, 20, Limit);
        var before = callers.Acknowledged.Count;
        var page = await citizen.SubmitAsync(question, "/download/decide", asked.Answer("agree"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("現在無法留下紀錄", page.Words, StringComparison.Ordinal);
        using (var refused = await download.FetchAsync(waiting.PackageUrl))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await citizen.GetAsync("/datasets")).Status);
        Assert.Equal(before, callers.Acknowledged.Count);

        disk.Free();
        await callers.MoreAsync(50, Limit);
        Assert.Equal([(int)HttpStatusCode.ServiceUnavailable], callers.Refusals.Keys);
        using var data = await download.OpenAsync(waiting);
        Assert.NotEmpty(data.RootElement.EnumerateObject());
        await (await Download.AgreeAsync(citizen, Household)).ReadyAsync();
        await callers.StopAsync();
        using var http = new HttpClient();
        var log = new Uri(portal.Origin, LedgerUrls.Of(TimeProvider.System.GetUtcNow().Year));
        var reckoning = await Reckoning.OfAsync(callers, new LogSite(http, log), Stop);
        Assert.Empty(reckoning.Findings);
        Assert.Equal((0, 0), (reckoning.Lost, reckoning.Forged));
        Assert.True(reckoning.Held >= 100);
    }
}
