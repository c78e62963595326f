using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using MyData.E2E.Support;
using MyData.Tests.Support;

namespace MyData.E2E.Running;

/// <summary>
/// kill -9 right before and right after every write of a hand-over at the counter (security.md F1), and what is on disk and in memory
/// after one (R21): each ticket ends once, and nobody's data stand anywhere.
/// </summary>
public sealed class CounterPowerCutTests
{
    private const string Household = "API.7QovE2Gev6";
    private const string Move = "household-move";
    private const int MostWrites = 40;

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task HandOver_KilledAtEveryWrite_IsFinishedAfterTheRestart(string moment)
    {
        await using var portal = await PortalProcess.StartApartAsync(
            new Dictionary<string, string> { ["MyData:Sandbox:KillSwitch"] = "true" }
        );
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        using var browser = portal.Visitor();
        var clerk = await ClerkAtWork.SignInAsync(browser, "hro");
        var write = 1;
        while (await RunAsync(portal, citizen, clerk, moment, write))
            Assert.True(++write < MostWrites, "The hand-over never got through.");
        // Scan, answer, reveal, confirm, look, next: fewer would mean that the switch does not work.
        Assert.True(write > 5, $"Only {write} writes.");
        const string looks = "select count(*) from events where Kind = 'counter.opened'";
        Assert.Equal(write, await portal.NumberAsync(looks));
        Assert.Equal(write, await portal.NumberAsync("select count(*) from events where Kind = 'counter.confirmed'"));
        Assert.Equal(write, await portal.NumberAsync("select count(*) from events where Kind = 'counter.finished'"));
        Assert.Equal(0, await portal.NumberAsync("select count(*) from counter_items where Entry is not null"));
        Assert.Equal(0, await portal.CountAsync("package_chunks"));
    }

    [Fact]
    public async Task HandOver_Afterwards_NothingOfTheDataStandsOnDiskOrInMemory()
    {
        await using var portal = await PortalProcess.StartApartAsync();
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        using var browser = portal.Visitor();
        var clerk = await ClerkAtWork.SignInAsync(browser, "hro");
        var (_, phone) = await TicketAsync(citizen, "phone");
        await clerk.HandOverAsync(phone);
        var seen = Assert.Single(await clerk.OpenAsync()).Value;
        var (_, paper) = await TicketAsync(citizen, "paper");
        Assert.True((await paper.PrintAsync()).IsOk);
        Assert.True((await clerk.ScanAsync(paper.Number)).IsOk);
        Assert.True((await clerk.CardAsync(SandboxSteps.Persona("lin").Id.Value[^4..])).IsOk);
        Assert.Single(await clerk.OpenAsync(ContentKeys.PrintedJwk(paper.Number, paper.Secret)));
        foreach (var marker in new[] { new Marker(Signature(seen.Zip)), new Marker(paper.Secret) })
        {
            Assert.Empty(await PortalMemory.FindAsync(portal, marker));
            Assert.Empty(marker.FindInFolder(portal.Folder));
            Assert.Empty(marker.FindInLines(portal.Output));
        }
    }

    /// <summary>One hand-over with a power cut at the given write; false when it got through without one.</summary>
    private static async Task<bool> RunAsync(
        PortalProcess portal,
        CitizenDriver citizen,
        ClerkAtWork clerk,
        string moment,
        int write
    )
    {
        var (_, ticket) = await TicketAsync(citizen, "phone");
        await SwitchAsync(citizen, $"?{moment}={write}");
        try
        {
            await FinishAsync(ticket, clerk);
            await SwitchAsync(citizen, "");
            return false;
        }
        // A connection that is cut while it is made comes without HTTP's wrapping.
        catch (Exception cut) when (cut is HttpRequestException or SocketException)
        {
            await portal.ExitAsync(TimeSpan.FromSeconds(30));
        }
        await portal.StartAsync();
        await FinishAsync(ticket, clerk);
        return true;
    }

    /// <summary>Both look where the ticket stands, as their modules do, and go on from there.</summary>
    private static async Task FinishAsync(ShownTicket ticket, ClerkAtWork clerk)
    {
        for (var state = await StateAsync(ticket); state != "finished"; state = await StateAsync(ticket))
        {
            switch (state)
            {
                case "open":
                    await clerk.ScanAsync(ticket.Number);
                    break;
                case "reserved":
                    // Both pages were loaded anew, as far as either knows: the clerk scans again.
                    await clerk.ScanAsync(ticket.Number);
                    await ticket.AnswerAsync();
                    await clerk.RevealAsync();
                    await ticket.ConfirmAsync(clerk.Key);
                    break;
                case "redeemed":
                    Assert.Single(await clerk.OpenAsync());
                    await clerk.PostAsync("next");
                    break;
                default:
                    Assert.Fail(state);
                    break;
            }
        }
    }

    private static async Task<string> StateAsync(ShownTicket ticket)
    {
        var answer = await ticket.StateAsync();
        Assert.True(answer.IsOk, answer.Body);
        return answer.Json.GetProperty("state").GetString()!;
    }

    private static async Task<(Download Download, ShownTicket Ticket)> TicketAsync(CitizenDriver citizen, string medium)
    {
        var download = await Download.AgreeAsync(citizen, Household);
        await download.ReadyAsync();
        return (download, await ShownTicket.MakeAsync(citizen, Move, medium, download.Key));
    }

    private static async Task SwitchAsync(CitizenDriver citizen, string how)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/sandbox/kill-switch{how}");
        using var answer = await citizen.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // The agency's signature over this one package: 256 random-looking bytes that deflate cannot shorten.
    private static byte[] Signature(byte[] package)
    {
        using var zip = new ZipArchive(new MemoryStream(package));
        using var signature = new MemoryStream();
        using (var content = zip.GetEntry("META-INFO/manifest.sha256withrsa")!.Open())
            content.CopyTo(signature);
        return signature.ToArray();
    }
}
