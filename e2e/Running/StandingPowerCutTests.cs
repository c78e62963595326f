using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Encryption;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.E2E.Running;

/// <summary>
/// kill -9 right before and right after every write of a fetch by a standing consent (security.md F1): the service shows the refresh token that it has
/// again, and each fetch happens once; what she paused stays paused.
/// </summary>
public sealed class StandingPowerCutTests
{
    private const int MostWrites = 40;
    private static readonly BankKeys Keys = BankKeys.Load(PortalProcess.SandboxKeys);

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Fetch_KilledAtEveryWrite_IsOneFetchAfterTheRestart(string moment)
    {
        await using var portal = await PortalProcess.StartApartAsync(
            new Dictionary<string, string> { ["MyData:Sandbox:KillSwitch"] = "true" }
        );
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        var write = 1;
        while (await RunAsync(portal, citizen, moment, write))
            Assert.True(++write < MostWrites, "The fetch never got through.");
        // Refresh, call, arrival, fetch, receipt: fewer would mean that the switch does not work.
        Assert.True(write > 5, $"Only {write} writes.");

        Assert.Equal(write, await portal.CountAsync("standing_consents"));
        Assert.Equal(
            write,
            await portal.NumberAsync("select count(*) from service_requests where FetchOfId is not null and State = 5")
        );
        Assert.Equal(write, await portal.NumberAsync("select count(*) from events where Kind = 'standing.used'"));
        Assert.Equal(0, await portal.NumberAsync("select count(*) from standing_consents where EndedAt is not null"));
        // Only what she handed over herself still waits: nobody fetches that here.
        Assert.Equal(
            0,
            await portal.NumberAsync(
                "select count(*) from package_chunks where TransferId in (select Id from transfers where ForService is not null)"
            )
        );
        Assert.Equal(0, await portal.NumberAsync("select count(*) from access_tokens where RevokedAt is null"));
    }

    [Fact]
    public async Task Pause_RightBeforeAPowerCut_HoldsAndIsTold()
    {
        await using var portal = await PortalProcess.StartApartAsync(
            new Dictionary<string, string> { ["MyData:Sandbox:KillSwitch"] = "true" }
        );
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        using var service = Service(portal);
        var (refresh, request) = await AgreeAsync(portal, citizen, service);
        await citizen.GetAsync("/consents");
        await SwitchAsync(citizen, "?after=1");
        await Assert.ThrowsAnyAsync<Exception>(() => citizen.SubmitAsync($"pause-{request}"));
        await portal.ExitAsync(TimeSpan.FromSeconds(30));
        await portal.StartAsync();
        service.Nonce = null;
        Assert.Equal("temporarily_unavailable standing.paused", (await service.RefreshAsync(refresh)).Refusal);
        await Eventually.HoldsAsync(
            "the bank and the agency have heard",
            async () =>
                await portal.NumberAsync(
                    "select count(*) from security_events where Kind = 'consent-paused' and State = 1"
                ) == 2
        );
    }

    /// <summary>One fetch with a power cut at the given write; false when it got through without one.</summary>
    private static async Task<bool> RunAsync(PortalProcess portal, CitizenDriver citizen, string moment, int write)
    {
        using var service = Service(portal);
        var (refresh, _) = await AgreeAsync(portal, citizen, service);
        await SwitchAsync(citizen, $"?{moment}={write}");
        try
        {
            await FetchAsync(service, refresh);
            await SwitchAsync(citizen, "");
            return false;
        }
        // A connection that is cut while it is made comes without HTTP's wrapping.
        catch (Exception cut) when (cut is HttpRequestException or SocketException)
        {
            await portal.ExitAsync(TimeSpan.FromSeconds(30));
        }
        await portal.StartAsync();
        service.Nonce = null;
        await FetchAsync(service, refresh);
        return true;
    }

    /// <summary>As a service does that may have lost any answer: from the refresh token on.</summary>
    private static async Task FetchAsync(ServiceDriver service, string refresh)
    {
        var granted = await service.RefreshAsync(refresh);
        Assert.Equal("ok", granted.Refusal);
        var token = granted.Json.GetProperty("access_token").GetString()!;
        var sets = granted.Json.GetProperty("authorization_details")[0].GetProperty("datasets");
        var transfer = Assert.Single(sets.EnumerateArray()).GetProperty("transfer_id").GetGuid();
        ServiceAnswer answer = null!;
        await Eventually.HoldsAsync(
            "the package is ready",
            async () => (answer = await service.PackageAsync(transfer, token)).Status != HttpStatusCode.Accepted
        );
        if (answer.Refusal == "service.received")
            return;
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var seal = SealedPackage.Open(answer.Bytes, Keys.Recipient).Digest.Hex;
        var receipt = service.Receipt(transfer, seal, TimeSpan.FromDays(30));
        Assert.Equal("ok", (await service.ReceiptAsync(transfer, token, receipt)).Refusal);
    }

    private static ServiceDriver Service(PortalProcess portal) => new(portal.Origin, BankListing.CareId, Keys.Client);

    private static async Task<(string Refresh, Guid Request)> AgreeAsync(
        PortalProcess portal,
        CitizenDriver citizen,
        ServiceDriver service
    )
    {
        var fields = service.Request(
            JsonSerializer.Serialize(
                new object[]
                {
                    new
                    {
                        type = "mydata",
                        datasets = new[] { new { id = BankListing.Labour, fields = BankListing.LabourFields } },
                        purpose = BankListing.CarePurposeCode,
                        retention = "P90D",
                        use = new { frequency = "P30D" },
                        recipient_key = Keys.Recipient.Kid,
                    },
                }
            )
        );
        var back = new Uri(portal.Sandbox!, "/sandbox/bank/callback").ToString();
        fields["redirect_uri"] = back;
        var pushed = await service.PushAsync(fields);
        Assert.Equal("ok", pushed.Refusal);
        var uri = Uri.EscapeDataString(pushed.Json.GetProperty("request_uri").GetString()!);
        await citizen.GetAsync($"/connect/authorize?client_id={service.ClientId}&request_uri={uri}");
        var request = new HandedRequest(citizen);
        await request.FetchAsync();
        var address = await request.HandOverAsync(more: ("standing", "yes"));
        var redemption = service.Redemption(QueryHelpers.ParseQuery(address.Query)["code"].ToString());
        redemption["redirect_uri"] = back;
        var granted = await service.TokenAsync(redemption);
        Assert.Equal("ok", granted.Refusal);
        return (granted.Json.GetProperty("refresh_token").GetString()!, request.Id);
    }

    private static async Task SwitchAsync(CitizenDriver citizen, string how)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/sandbox/kill-switch{how}");
        using var answer = await citizen.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
