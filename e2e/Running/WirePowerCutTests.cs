using System.Net.Sockets;
using System.Text;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Sandbox.City;

namespace MyData.E2E.Running;

/// <summary>
/// kill -9 right before and right after every write of a delivery over the national wire (security.md F1): upload, agree, SP-API, fetch. The city,
/// a process of its own, gets each once, and the platform has neither key nor file afterwards.
/// </summary>
public sealed class WirePowerCutTests
{
    private const int MostWrites = 30;

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Delivery_KilledAtEveryWrite_IsFinishedAfterTheRestart(string moment)
    {
        await using var portal = await PortalProcess.StartApartAsync(
            new Dictionary<string, string>
            {
                ["MyData:Sandbox:KillSwitch"] = "true",
                ["MyData:Wire:RetrySeconds"] = "1 1 1",
                ["MyData:Wire:LongestFetch"] = "00:00:02",
            }
        );
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        var write = 1;
        while (await RunAsync(portal, citizen, moment, write))
            Assert.True(++write < MostWrites, "The delivery never got through.");
        // A piece, the decision, the claim, the 200, the fetch, its end: fewer would mean that the switch does not work.
        Assert.True(write > 5, $"Only {write} writes.");
        const string fetched = "select count(*) from events where Kind = 'service.fetched'";
        Assert.Equal(write, await portal.NumberAsync(fetched));
        // Cut off between the last byte and the write that says so, the platform cannot know whether the city has it all: it may come again until
        // its time is over, and the key waits as long. Writes of others, such as what an agency is told, fall between too.
        var received = await portal.NumberAsync("select count(*) from service_requests where State = 5");
        Assert.InRange(received, write - 1, write);
        var unknown = write - received;
        const string keys = "select count(*) from wire_deliveries where Secret is not null";
        Assert.Equal(unknown, await portal.NumberAsync(keys));
        foreach (
            var (table, key) in ((string, string)[])[("wire_parts", "RequestId"), ("package_chunks", "TransferId")]
        )
            Assert.Equal(unknown, await portal.NumberAsync($"select count(distinct {key}) from {table}"));
    }

    /// <summary>One delivery with a power cut at the given write; false when it got through without one.</summary>
    private static async Task<bool> RunAsync(PortalProcess portal, CitizenDriver citizen, string moment, int write)
    {
        var sandbox = portal.Sandbox!;
        await citizen.GetAsync(new Uri(sandbox, "/sandbox/city").ToString());
        await citizen.SubmitAsync($"/sandbox/city/{CityListing.Parking}/apply");
        var steps = new HandedRequest(citizen);
        await steps.FetchAsync(until: "#wire-hand-over");
        await SwitchAsync(citizen, $"?{moment}={write}");
        try
        {
            await FinishAsync(citizen, steps);
            await SwitchAsync(citizen, "");
            return false;
        }
        // A connection that is cut while it is made comes without HTTP's wrapping.
        catch (Exception cut) when (cut is HttpRequestException or SocketException)
        {
            await portal.ExitAsync(TimeSpan.FromSeconds(30));
        }
        await portal.StartAsync();
        await FinishAsync(citizen, steps);
        return true;
    }

    /// <summary>
    /// She looks where it stands, and goes on from there; the city fetches when she looks at its page, and where the portal dies meanwhile it has not
    /// got it, and she looks again.
    /// </summary>
    private static async Task FinishAsync(CitizenDriver citizen, HandedRequest steps)
    {
        await citizen.GetAsync(steps.Path);
        if (citizen.Page.Html.GetElementById("wire-hand-over") is not null)
        {
            var (jwe, key) = await WireBrowser.BuildAsync(steps);
            var upload = new Upload(Guid.NewGuid(), Encoding.ASCII.GetBytes(jwe), key);
            await WireBrowser.UploadAsync(citizen, steps.Id, upload.Id, upload.Bytes);
            await citizen.SubmitAsync("wire-hand-over", WireBrowser.Fields(upload, jwe));
        }
        await Eventually.HoldsAsync(
            "the city has it",
            async () =>
            {
                await citizen.GetAsync($"{steps.Path}/back");
                return citizen.Page.Words.Contains("收到您的資料了", StringComparison.Ordinal);
            }
        );
    }

    private static async Task SwitchAsync(CitizenDriver citizen, string query)
    {
        using var set = new HttpRequestMessage(HttpMethod.Post, $"/sandbox/kill-switch{query}");
        using var answer = await citizen.SendAsync(set);
        Assert.True(answer.IsSuccessStatusCode);
    }
}
