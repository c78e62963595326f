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
/// kill -9 right before and right after every write of a delivery to an online service, from her first consent to the signed receipt, and of her
/// withdrawal, to the bank's signed answer (security.md F1): each ends in one final state, and nothing happens twice.
/// </summary>
public sealed class ServicePowerCutTests
{
    private const int MostWrites = 40;
    private static readonly BankKeys Keys = BankKeys.Load(PortalProcess.SandboxKeys);

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Delivery_KilledAtEveryWrite_IsInOneFinalStateAfterTheRestart(string moment)
    {
        await using var portal = await StartAsync();
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        var (write, lost) = (1, 0L);
        while (await RunAsync(portal, citizen, moment, write) is { } cut)
        {
            lost += cut;
            Assert.True(++write < MostWrites, "The delivery never got through.");
        }
        // Consent, call, arrival, hand-over, code, fetch, receipt: fewer would mean that the switch does not work.
        Assert.True(write > 7, $"Only {write} writes.");

        var received = await portal.NumberAsync("select count(*) from service_requests where State = 5");
        Assert.Equal(write - lost, received);
        // Where the token's answer was lost, and only there, the code is used: shown again, it ends all.
        Assert.Equal(
            lost,
            await portal.NumberAsync(
                "select count(*) from service_requests where State = 6 and Code = 'service.code_used'"
            )
        );
        Assert.Equal(2 * write, await portal.CountAsync("consents"));
        foreach (
            var (kind, times) in new[]
            {
                ("handed-over", write),
                ("token-given", write),
                ("fetched", received),
                ("received", received),
            }
        )
            Assert.Equal(times, await portal.NumberAsync($"select count(*) from events where Kind = 'service.{kind}'"));
        // What the service has is kept here no more; what it did not get is hers still.
        Assert.Equal(lost, await portal.NumberAsync("select count(distinct TransferId) from package_chunks"));
        Assert.Equal(0, await portal.NumberAsync("select count(*) from access_tokens where RevokedAt is null"));
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Withdrawal_KilledAtEveryWrite_IsToldAndAnsweredOnce(string moment)
    {
        await using var portal = await StartAsync();
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        var write = 1;
        while (await WithdrawAsync(portal, citizen, moment, write))
            Assert.True(++write < MostWrites, "The withdrawal never got through.");
        // Her word, the push, that it was taken, the answer.
        Assert.True(write > 3, $"Only {write} writes.");

        Assert.Equal(
            2 * write,
            await portal.NumberAsync("select count(*) from consents where WithdrawnAt is not null")
        );
        Assert.Equal(
            2 * write,
            await portal.NumberAsync("select count(*) from events where Kind = 'consent.withdrawn'")
        );
        foreach (var kind in (string[])["asked-to-delete", "deleted"])
            Assert.Equal(write, await portal.NumberAsync($"select count(*) from events where Kind = 'service.{kind}'"));
        Assert.Equal(
            write,
            await portal.NumberAsync(
                "select count(*) from security_events where Kind = 'consent-revoked' and Audience is null"
            )
        );
        Assert.Equal(0, await portal.NumberAsync("select count(*) from service_items where DeletedAt is null"));
    }

    private static Task<PortalProcess> StartAsync() =>
        PortalProcess.StartApartAsync(new Dictionary<string, string> { ["MyData:Sandbox:KillSwitch"] = "true" });

    /// <summary>One delivery with a power cut at the given write.</summary>
    /// <returns>Null when it got through without one; else 1 where the token was given and its answer lost, which ends all, or 0.</returns>
    private static async Task<int?> RunAsync(PortalProcess portal, CitizenDriver citizen, string moment, int write)
    {
        using var service = Service(portal);
        var delivery = await OpenAsync(portal, citizen, service);
        await SwitchAsync(citizen, $"?{moment}={write}");
        try
        {
            await delivery.FinishAsync();
            await SwitchAsync(citizen, "");
            return null;
        }
        // A connection that is cut while it is made comes without HTTP's wrapping.
        catch (Exception cut) when (cut is HttpRequestException or SocketException)
        {
            await portal.ExitAsync(TimeSpan.FromSeconds(30));
        }
        await portal.StartAsync();
        service.Nonce = null;
        // All others are in a final state.
        var granted = await portal.NumberAsync("select count(*) from service_requests where State = 4") == 1;
        var lost = granted && !delivery.HasToken;
        await delivery.FinishAsync();
        return lost ? 1 : 0;
    }

    /// <summary>One withdrawal of what the service has, likewise.</summary>
    private static async Task<bool> WithdrawAsync(PortalProcess portal, CitizenDriver citizen, string moment, int write)
    {
        using var service = Service(portal);
        var delivery = await OpenAsync(portal, citizen, service);
        await delivery.FinishAsync();
        await citizen.GetAsync($"/consents/{delivery.Id}/withdraw");
        await SwitchAsync(citizen, $"?{moment}={write}");
        try
        {
            await delivery.WithdrawAsync();
            await SwitchAsync(citizen, "");
            return false;
        }
        catch (Exception cut) when (cut is HttpRequestException or SocketException)
        {
            await portal.ExitAsync(TimeSpan.FromSeconds(30));
        }
        await portal.StartAsync();
        await delivery.WithdrawAsync();
        return true;
    }

    private static ServiceDriver Service(PortalProcess portal) => new(portal.Origin, BankListing.CareId, Keys.Client);

    private static async Task<Delivery> OpenAsync(PortalProcess portal, CitizenDriver citizen, ServiceDriver service)
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
                        use = "once",
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
        return new Delivery(citizen, service, new HandedRequest(citizen), back);
    }

    private static async Task SwitchAsync(CitizenDriver citizen, string how)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/sandbox/kill-switch{how}");
        using var answer = await citizen.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Goes on from wherever it was cut off, as she and the service would: she looks again, the form is sent again, the token asked with again.</summary>
    private sealed class Delivery(CitizenDriver citizen, ServiceDriver service, HandedRequest request, string back)
    {
        private string? _entries;
        private string? _code;
        private string? _token;
        private Guid _transfer;

        public Guid Id => request.Id;
        public bool HasToken => _token is not null;

        public async Task FinishAsync()
        {
            _entries ??= await EntriesAsync();
            if (_code is null)
            {
                // The very form that was before her, where its answer was lost.
                var address = await request.HandOverAsync(entries: _entries);
                _code = QueryHelpers.ParseQuery(address.Query)["code"].ToString();
            }
            if (_token is null && !await RedeemAsync())
                return;
            var answer = await service.PackageAsync(_transfer, _token!);
            if (answer.Refusal == "service.received")
                return;
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            var seal = SealedPackage.Open(answer.Bytes, Keys.Recipient).Digest.Hex;
            var receipt = service.Receipt(_transfer, seal, TimeSpan.FromDays(30));
            Assert.Equal("ok", (await service.ReceiptAsync(_transfer, _token!, receipt)).Refusal);
        }

        public async Task WithdrawAsync()
        {
            await citizen.GetAsync($"/consents/{Id}/withdraw");
            if (citizen.Page.Html.GetElementById("withdraw") is not null)
                await citizen.SubmitAsync("withdraw");
            await Eventually.HoldsAsync(
                "the bank has signed that it deleted it",
                async () =>
                    (await citizen.GetAsync("/consents")).Single($"#consent-{Id}").GetAttribute("data-status")
                    == "Deleted"
            );
        }

        private async Task<string> EntriesAsync()
        {
            await citizen.GetAsync(request.Path);
            if (citizen.Page.Html.QuerySelector("#service-fetch, #choose-items") is not null)
                await request.FetchAsync();
            else
                await Eventually.HoldsAsync(
                    "the package has come",
                    async () =>
                        (await citizen.GetAsync(request.Path)).Html.GetElementById("service-hand-over") is not null
                );
            return await request.EntriesAsync(Keys.Recipient);
        }

        /// <returns>False where the answer to the first try was lost: then all is over.</returns>
        private async Task<bool> RedeemAsync()
        {
            var redemption = service.Redemption(_code!);
            redemption["redirect_uri"] = back;
            var granted = await service.TokenAsync(redemption);
            if (granted.Refusal == "invalid_grant service.code_used")
                return false;
            Assert.Equal("ok", granted.Refusal);
            var sets = granted.Json.GetProperty("authorization_details")[0].GetProperty("datasets");
            _transfer = Assert.Single(sets.EnumerateArray()).GetProperty("transfer_id").GetGuid();
            _token = granted.Json.GetProperty("access_token").GetString();
            return true;
        }
    }
}
