using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>A standing consent as its service has it.</summary>
public sealed record Granted(HandedRequest Request, string Code, JsonElement Answer)
{
    public string Refresh => Answer.GetProperty("refresh_token").GetString()!;
    public string Token => Answer.GetProperty("access_token").GetString()!;
    public JsonElement Detail => Answer.GetProperty("authorization_details")[0];

    /// <summary>Its transfers, by data set.</summary>
    public IReadOnlyDictionary<string, Guid> Transfers =>
        Detail
            .GetProperty("datasets")
            .EnumerateArray()
            .ToDictionary(
                one => one.GetProperty("id").GetString()!,
                one => one.GetProperty("transfer_id").GetGuid(),
                StringComparer.Ordinal
            );

    public Guid Household => Transfers[BankListing.Household];
    public Guid Labour => Transfers[BankListing.Labour];
}

/// <summary>What the tests of standing consents do again and again.</summary>
public static class StandingSteps
{
    public static readonly object Daily = new { frequency = "P1D", window = "P90D" };

    /// <summary>Asks for both data sets of the bank, and for a use.</summary>
    public static string Both(this ServiceHouse house, object? use = null, params (string Id, object Item)[] more) =>
        JsonSerializer.Serialize(
            new object[]
            {
                new
                {
                    type = "mydata",
                    datasets = new object[]
                    {
                        new { id = BankListing.Household, fields = BankListing.HouseholdFields },
                        new { id = BankListing.Labour, fields = BankListing.LabourFields },
                    }.Concat(more.Select(one => one.Item)),
                    purpose = BankListing.PurposeCode,
                    retention = "P90D",
                    use = use ?? Daily,
                    recipient_key = house.Bank.Recipient.Kid,
                },
            }
        );

    public static ServiceDriver StandingDriver(this ServiceHouse house) => house.OtherDriver(ServiceHouse.Standing);

    /// <summary>She agrees to both data sets, and (or not) to what is standing; up to the token.</summary>
    public static async Task<Granted> StandingAsync(
        this ServiceHouse house,
        ServiceDriver service,
        string persona,
        bool tick = true,
        object? use = null
    )
    {
        var request = await house.OpenAsync(service, persona, house.Both(use));
        await request.FetchAsync(also: BankListing.Labour);
        var back = await request.HandOverAsync(more: tick ? [("standing", "yes")] : []);
        var code = QueryHelpers.ParseQuery(back.Query)["code"].ToString();
        var answer = await service.TokenAsync(service.Redemption(code));
        Assert.Equal("ok", answer.Refusal);
        return new(request, code, answer.Json);
    }

    /// <summary>The next fetch: its token and transfers.</summary>
    public static async Task<Granted> AgainAsync(this Granted granted, ServiceDriver service)
    {
        var answer = await service.RefreshAsync(granted.Refresh);
        Assert.Equal("ok", answer.Refusal);
        return granted with { Answer = answer.Json };
    }

    /// <summary>Asks for a package until it is there, as a service does.</summary>
    public static async Task<ServiceAnswer> WhenReadyAsync(
        this ServiceHouse house,
        ServiceDriver service,
        Granted granted,
        Guid transfer
    )
    {
        var answer = await service.PackageAsync(transfer, granted.Token);
        await Eventually.HoldsAsync(
            house.Portal.Committed,
            "the package is ready",
            async () => (answer = await service.PackageAsync(transfer, granted.Token)).Status != HttpStatusCode.Accepted
        );
        return answer;
    }

    /// <summary>Fetches a package, opens it by the service's key and signs for it.</summary>
    public static async Task<OpenedPackage> ReceiveAsync(
        this ServiceHouse house,
        ServiceDriver service,
        Granted granted,
        Guid transfer
    )
    {
        var answer = await house.WhenReadyAsync(service, granted, transfer);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var opened = SealedPackage.Open(answer.Bytes, house.Bank.Recipient);
        var receipt = service.Receipt(transfer, opened.Digest.Hex, TimeSpan.FromDays(30));
        Assert.Equal("ok", (await service.ReceiptAsync(transfer, granted.Token, receipt)).Refusal);
        return opened;
    }

    /// <summary>Until its agency was called.</summary>
    public static Task WhenAskedAsync(this ServiceHouse house, Guid transfer) =>
        Eventually.HoldsAsync(
            house.Portal.Committed,
            "the agency has answered",
            async () => (await house.TransferAsync(transfer)).State > TransferState.Calling
        );

    /// <summary>The claims of her receipt of a consent.</summary>
    public static async Task<JsonElement> ReceiptAsync(this ServiceHouse house, CitizenDriver citizen, Guid consentId)
    {
        var receipt = Encoding.ASCII.GetString((await citizen.GetAsync($"/receipts/{consentId}.jws")).Bytes);
        var verified = Jws.Verify(
            receipt,
            [.. house.Get<SigningKeys>().Published],
            JoseNames.SignatureAlgs,
            "consent-receipt+jwt"
        );
        return JsonSerializer.Deserialize<JsonElement>(verified.Payload);
    }

    public static Task<StandingConsent> StandingRowAsync(this ServiceHouse house, Granted granted) =>
        house.Portal.ReadAsync(db => db.Set<StandingConsent>().SingleAsync(s => s.RequestId == granted.Request.Id));

    public static Task<List<ServiceRequest>> FetchesAsync(this ServiceHouse house, Granted granted) =>
        house.Portal.ReadAsync(db =>
            db.Set<ServiceRequest>()
                .Include(r => r.Items)
                .Where(r => r.FetchOfId == granted.Request.Id)
                .OrderBy(r => r.Id)
                .ToListAsync()
        );

    public static Task<Transfer> TransferAsync(this ServiceHouse house, Guid id) =>
        house.Portal.ReadAsync(db => db.Set<Transfer>().SingleAsync(t => t.Id == id));

    /// <summary>Time goes by for this one: the clock itself would move every other test's.</summary>
    public static Task PassAsync(this ServiceHouse house, Granted granted, TimeSpan time) =>
        house
            .Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                var its = scope.Db.Set<StandingConsent>().Where(s => s.RequestId == granted.Request.Id);
                var row = its.AsNoTracking().Single();
                its.ExecuteUpdate(set =>
                    set.SetProperty(s => s.NextAt, row.NextAt - time)
                        .SetProperty(s => s.Until, row.Until - time)
                        .SetProperty(s => s.RotatedAt, row.RotatedAt - time)
                );
            });

    /// <summary>What the service hears when it asks: kinds and what each says, the oldest first.</summary>
    public static async Task<IReadOnlyList<(string Kind, JsonElement Said)>> HeardAsync(
        this ServiceHouse house,
        ServiceDriver service,
        Granted granted
    )
    {
        var consent = (await house.RowAsync(granted.Request.Id)).ConsentId;
        var heard = new List<(string, JsonElement)>();
        foreach (var set in (await service.PollAsync(WithdrawalSteps.All)).Sets().Values)
        foreach (var one in house.Verified(set, service).GetProperty("events").EnumerateObject())
            if (one.Value.GetProperty("consent_id").GetGuid() == consent)
                heard.Add((one.Name[(one.Name.LastIndexOf('/') + 1)..], one.Value));
        return heard;
    }
}
