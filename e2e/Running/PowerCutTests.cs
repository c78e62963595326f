using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using MyData.E2E.Support;
using MyData.Tests.Support;

namespace MyData.E2E.Running;

/// <summary>
/// kill -9 right before and right after every write of a download (security.md F1): after the restart the citizen presses
/// on where she was, and each transfer ends once, with nothing left over.
/// </summary>
public sealed class PowerCutTests
{
    private const int MostWrites = 80;
    private const string Native = "API.7QovE2Gev6";
    private const string National = "API.60GGfgGX1A";
    private const string Income = "API.syWqjr4flJ";

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Download_KilledAtEveryWrite_IsFinishedAfterTheRestart(string moment)
    {
        await using var portal = await PortalProcess.StartApartAsync(
            new Dictionary<string, string> { ["MyData:Sandbox:KillSwitch"] = "true" }
        );
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        var write = 1;
        while (await RunAsync(portal, citizen, moment, write))
            Assert.True(++write < MostWrites, "The download never got through.");
        // Consent, two calls, two arrivals, two claims, done: fewer would mean that the switch does not work.
        Assert.True(write > 7, $"Only {write} writes.");

        Assert.Equal(write, await portal.CountAsync("consents"));
        Assert.Equal(2 * write, await portal.CountAsync("transfers"));
        Assert.Equal(0, await portal.CountAsync("package_chunks"));
        Assert.Equal(0, await portal.NumberAsync("select count(*) from access_tokens where RevokedAt is null"));
        const string ends = "('transfer.done', 'transfer.empty', 'transfer.failed', 'transfer.expired')";
        Assert.Equal(2 * write, await portal.NumberAsync($"select count(*) from events where Kind in {ends}"));
        Assert.Equal(
            2 * write,
            await portal.NumberAsync($"select count(distinct TransferId) from events where Kind = 'transfer.done'")
        );
        await BuiltOnceAsync(portal, transfers: 2 * write);
    }

    [Fact]
    public async Task SlowAgency_PortalKilledWhileItPrepares_BuildsOnce()
    {
        await using var portal = await PortalProcess.StartApartAsync();
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        var download = await Download.AgreeAsync(citizen, Income, $"{Income}:year=114");
        await Eventually.HoldsAsync(
            "prepared",
            async () => (await download.StatesAsync())[0] is not ("Requested" or "Calling")
        );
        await portal.RestartAsync();
        await portal.RestartAsync();
        await FinishAsync(citizen, download);
        await BuiltOnceAsync(portal, transfers: 1);
    }

    // Whoever is asked again for a transfer gives what it built: no agency builds for a transfer that it has built for, or that nobody knows.
    private static async Task BuiltOnceAsync(PortalProcess portal, int transfers)
    {
        using var client = new HttpClient();
        var built = await client.GetFromJsonAsync<Dictionary<string, int>>(
            new Uri(portal.Sandbox!, "/sandbox/builds.json")
        );
        Assert.Equal(transfers, built!.Count);
        Assert.All(built, transfer => Assert.True(transfer.Value == 1, $"{transfer.Key}: {transfer.Value}"));
        var ids = string.Join(", ", built.Keys.Select(id => $"'{id}'"));
        Assert.Equal(transfers, await portal.NumberAsync($"select count(*) from transfers where lower(Id) in ({ids})"));
    }

    /// <summary>One download with a power cut at the given write; false when it got through without one.</summary>
    private static async Task<bool> RunAsync(PortalProcess portal, CitizenDriver citizen, string moment, int write)
    {
        var download = await Download.AskAsync(citizen, Native, National);
        using var arm = new HttpRequestMessage(HttpMethod.Post, $"/sandbox/kill-switch?{moment}={write}");
        using var armed = await citizen.SendAsync(arm);
        Assert.Equal(HttpStatusCode.OK, armed.StatusCode);
        try
        {
            await FinishAsync(citizen, download);
            using var disarm = new HttpRequestMessage(HttpMethod.Post, "/sandbox/kill-switch");
            using var disarmed = await citizen.SendAsync(disarm);
            return false;
        }
        // A connection that is cut while it is made comes without HTTP's wrapping.
        catch (Exception cut) when (cut is HttpRequestException or SocketException)
        {
            await portal.ExitAsync(TimeSpan.FromSeconds(30));
        }
        await portal.StartAsync();
        await FinishAsync(citizen, download);
        return true;
    }

    // She looks where things stand, and does what the pages offer from there.
    private static async Task FinishAsync(CitizenDriver citizen, Download download)
    {
        if ((await citizen.GetAsync(download.ProgressPath)).Html.QuerySelector("[data-state]") is null)
            await download.DecideAsync();
        await download.SettledAsync();
        Assert.All(await download.StatesAsync(), state => Assert.True(state is "Ready" or "Done", state));
        foreach (var waiting in await download.WaitingAsync())
            using (var data = await download.OpenAsync(waiting))
                Assert.NotEmpty(data.RootElement.EnumerateObject());
        await download.DoneAsync();
        Assert.All(await download.StatesAsync(), state => Assert.Equal("Done", state));
    }
}
