using System.Net;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Features.Services;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>From "apply" at the bank to its signed receipt, and her no at every point of the way (protocols.md A1, A4, A5).</summary>
public sealed class ServiceJourneyTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    [Fact]
    [Trait("Conformance", "fapi2-security-profile-final-happy-flow")]
    [Trait("Conformance", "oidcc-server")]
    public async Task Bank_FromApplyToReceived_HandsOverTheVeryPackagesThatSheSaw()
    {
        var citizen = await house.CitizenAsync("lin");
        await citizen.GetAsync("/sandbox/bank");
        await citizen.SubmitAsync("/sandbox/bank/apply");
        var request = new HandedRequest(citizen, house.Portal.Committed);
        Assert.Contains("沙盒銀行", citizen.Page.Words, StringComparison.Ordinal);
        await citizen.SubmitAsync("choose-items", ("ds", BankListing.Labour));
        var statement = citizen.Page.Words;
        Assert.Contains("審核貸款", statement, StringComparison.Ordinal);
        await request.FetchAsync();
        var seen = await request.OpenAsync();
        Assert.Equal(2, seen.Count);
        foreach (var (_, opened) in seen.Values)
            Assert.Contains(opened.Digest.Display(), citizen.Page.Words, StringComparison.Ordinal);

        await request.HandOverAsync();

        citizen.Page.ShouldBeAt("/sandbox/bank/result").ShouldBe(HttpStatusCode.OK);
        Assert.Contains(SandboxSteps.Persona("lin").Id.Value, citizen.Page.Words, StringComparison.Ordinal);
        // In the catalogue's words, and her language.
        foreach (var word in (string[])["戶籍資料", "戶籍地址", "月投保薪資"])
            Assert.Contains(word, citizen.Page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("API.", citizen.Page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("insuredSalary", citizen.Page.Words, StringComparison.Ordinal);
        foreach (var (_, opened) in seen.Values)
            Assert.Contains(
                opened.Digest.Display().Replace("-", "", StringComparison.Ordinal),
                citizen.Page.Words.Replace(" ", "", StringComparison.Ordinal),
                StringComparison.Ordinal
            );
        var row = await house.RowAsync(request.Id);
        Assert.Equal(RequestState.Received, row.State);
        await AssertToldAsync(row, seen.Values.Select(one => one.Opened.Digest.Hex));
        var transfers = await house.Portal.ReadAsync(db =>
            db.Set<Transfer>().Where(t => t.ConsentId == row.FetchConsentId).ToListAsync()
        );
        Assert.All(transfers, transfer => Assert.Equal((TransferState.Done, null), (transfer.State, transfer.Head)));
        Assert.Contains("已經收到", (await citizen.GetAsync(request.Path)).Heading, StringComparison.Ordinal);
        var history = (await citizen.GetAsync("/history")).Words.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("「信用貸款申請」簽收了您的戶籍資料", history, StringComparison.Ordinal);
        Assert.Contains("信用貸款申請", (await citizen.GetAsync("/notices")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receipts_OfBothConsents_NameServicePurposeKeyAndSeal()
    {
        using var service = house.BankDriver();
        var (request, _) = await house.CodeAsync(service, "chen");
        var row = await house.RowAsync(request.Id);
        var thumbprint = house.Bank.Recipient.Thumbprint();
        var fetch = await ReceiptAsync(request.Citizen, row.FetchConsentId!.Value);
        var meant = Purpose(fetch).GetProperty("recipients")[1];
        Assert.Equal("service-fetch", Purpose(fetch).GetProperty("purpose").GetString());
        Assert.Equal(
            (BankListing.Id, thumbprint),
            (meant.GetProperty("id").GetString(), meant.GetProperty("key_thumbprint").GetString())
        );
        Assert.Equal("loan-application", meant.GetProperty("purpose_code").GetString());
        // The notice of an arrival leads to the download's page, and that one here.
        (await request.Citizen.GetAsync($"/download/{row.FetchConsentId}")).ShouldBeAt(request.Path);
        var given = Purpose(await ReceiptAsync(request.Citizen, row.ConsentId!.Value));
        Assert.Equal("service", given.GetProperty("purpose").GetString());
        var recipient = Assert.Single(given.GetProperty("recipients").EnumerateArray());
        Assert.Equal(
            ("loan-application", thumbprint),
            (recipient.GetProperty("purpose_code").GetString(), recipient.GetProperty("key_thumbprint").GetString())
        );
        var transfer = await house.Portal.ReadAsync(db =>
            db.Set<Transfer>().SingleAsync(t => t.ConsentId == row.FetchConsentId)
        );
        Assert.Equal(
            transfer.SealDigest,
            given.GetProperty("pii_information")[0].GetProperty("seal_sha256").GetString()
        );
        Assert.Equal("P90D", given.GetProperty("storage").GetProperty("retention").GetString());
    }

    [Fact]
    [Trait("Conformance", "fapi2-security-profile-final-par-without-duplicate-parameters")]
    [Trait("Conformance", "fapi2-security-profile-final-ensure-authorization-request-without-nonce-success")]
    [Trait("Conformance", "oidcc-ensure-request-with-valid-pkce-succeeds")]
    [Trait("Conformance", "oidcc-ensure-request-without-nonce-succeeds-for-code-flow")]
    public async Task Token_IsAJwtForThePackagesAlone_BoundToTheKey()
    {
        using var service = house.BankDriver();
        var (request, _, token, transfer) = await house.TokenAsync(service, "chang");
        Assert.Equal("at+jwt", Jws.PeekHeader(token).GetProperty("typ").GetString());
        var claims = JsonSerializer.Deserialize<JsonElement>(Base64UrlText.Decode(token.Split('.')[1]));
        Assert.Equal($"{service.Issuer}/api/v1", claims.GetProperty("aud").GetString());
        Assert.Equal(service.ClientId, claims.GetProperty("client_id").GetString());
        Assert.Equal(service.ProofKey.Thumbprint(), claims.GetProperty("cnf").GetProperty("jkt").GetString());
        Assert.NotEqual((await house.RowAsync(request.Id)).CitizenId.ToString(), claims.GetProperty("sub").GetString());
        Assert.Equal("LoA2", claims.GetProperty("acr").GetString());
        var fetched = await service.PackageAsync(transfer, token);
        Assert.Equal("ok", fetched.Refusal);
        Assert.Equal(transfer.ToString(), SealedPackage.Open(fetched.Bytes, house.Bank.Recipient).Head.Transfer);
        // Complete until acknowledged: told once, fetched as often as it takes.
        Assert.Equal("ok", (await service.PackageAsync(transfer, token)).Refusal);
        var told = await house.Portal.EventsAsync();
        Assert.Single(told, e => e.Kind == EventKinds.ServiceFetched && e.TransferId == transfer);
    }

    [Fact]
    public async Task Decline_BeforeSignIn_GoesBackWithAccessDenied_AndNothingIsTold()
    {
        using var service = house.BankDriver();
        using var stranger = house.Portal.Visitor();
        var pushed = await service.PushAsync(service.Request(house.Details()));
        await stranger.GetAsync(
            ServiceHouse.AuthorizePath(service.ClientId, pushed.Json.GetProperty("request_uri").GetString()!)
        );
        Assert.Contains("沙盒銀行想要您的資料", stranger.Page.Heading, StringComparison.Ordinal);
        Assert.Contains(
            $"form-action 'self' {service.Issuer}",
            stranger.Page.Headers["Content-Security-Policy"],
            StringComparison.Ordinal
        );
        var form = stranger.Page.Path + "/decline";
        await stranger.SubmitAsync(form);
        AssertDenied(stranger.Page, service);
    }

    [Fact]
    [Trait("Conformance", "fapi2-security-profile-final-user-rejects-authentication")]
    public async Task Decline_AtBothConsents_GoesBackWithAccessDenied_AndIsRecorded()
    {
        using var service = house.BankDriver();
        var first = await house.OpenAsync(service, "wang");
        await first.FetchAsync("refuse");
        AssertDenied(first.Citizen.Page, service);
        Assert.Equal(
            (RequestState.Ended, ServiceCodes.Declined),
            ((await house.RowAsync(first.Id)).State, (await house.RowAsync(first.Id)).Code)
        );
        var second = await house.OpenAsync(service, "wang");
        await second.FetchAsync();
        await second.HandOverAsync("refuse");
        AssertDenied(second.Citizen.Page, service);
        var row = await house.RowAsync(second.Id);
        Assert.Equal((RequestState.Ended, ServiceCodes.Declined), (row.State, row.Code));
        Assert.Null(row.CodeHash);
        var refused = (await house.EventsAsync(row.CitizenId!.Value)).Count(e => e.Kind == EventKinds.ConsentRefused);
        Assert.Equal(2, refused);
    }

    [Fact]
    public async Task Request_OfAnotherCitizen_IsNotThere()
    {
        using var service = house.BankDriver();
        var hers = await house.OpenAsync(service, "li");
        var other = await house.CitizenAsync("huang");
        (await other.GetAsync(hers.Path)).ShouldBe(HttpStatusCode.NotFound);
        (await other.PostAsync($"{hers.Path}/decline")).ShouldBeAt("/services/over");
        Assert.Equal(RequestState.Opened, (await house.RowAsync(hers.Id)).State);
        (await other.GetAsync($"{hers.Path}/state")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task HandOver_KeyThatWasChangedUnderItsName_IsRefused()
    {
        using var service = house.BankDriver();
        var request = await house.OpenAsync(service, "yang");
        await request.FetchAsync();
        var swapped = Jwk.GenerateEc(house.Bank.Recipient.Kid);
        try
        {
            await house.ImportAsync(bank => bank with { RecipientKey = swapped.PublicOnly().ToJson() });
            await request.Citizen.GetAsync(request.Path);
            await request.HandOverAsync(entries: await request.EntriesAsync(swapped));
            Assert.Equal(RequestState.Fetching, (await house.RowAsync(request.Id)).State);
        }
        finally
        {
            await house.ImportAsync();
        }
        await request.Citizen.GetAsync(request.Path);
        await request.HandOverAsync();
        Assert.Equal(RequestState.HandedOver, (await house.RowAsync(request.Id)).State);
    }

    [Fact]
    public async Task Push_FieldThatTheCatalogueDoesNotDescribe_IsRefused()
    {
        using var service = house.BankDriver();
        try
        {
            await house.ImportAsync(bank =>
                bank with
                {
                    Items = [new(BankListing.Household, [.. BankListing.HouseholdFields, "father_id"], Required: true)],
                }
            );
            var asked = service.Request(house.Details(fields: ["name", "father_id"]));
            Assert.Equal("invalid_authorization_details service.dataset", (await service.PushAsync(asked)).Refusal);
        }
        finally
        {
            await house.ImportAsync();
        }
    }

    [Theory]
    [InlineData(364, "364 天")]
    [InlineData(365, "1 年")]
    [InlineData(366, "366 天")]
    [InlineData(729, "729 天")]
    [InlineData(730, "2 年")]
    public void Keeping_IsNeverSaidShorterThanItIs(int days, string words) =>
        Assert.Equal(
            words,
            ServiceStatement.Keeping(
                TimeSpan.FromDays(days),
                house.Get<Microsoft.Extensions.Localization.IStringLocalizer<ServicesText>>()
            )
        );

    [Fact]
    public async Task HandOver_EntryForAnotherKey_IsRefusedAndNothingIsStored()
    {
        using var service = house.BankDriver();
        var request = await house.OpenAsync(service, "kolas");
        await request.FetchAsync();
        var foreign = await request.EntriesAsync(Jwk.GenerateEc());
        await request.HandOverAsync(entries: foreign);
        Assert.Contains(ServiceCodes.Malformed, request.Citizen.Page.Alert, StringComparison.Ordinal);
        await request.HandOverAsync(entries: "{}");
        Assert.Contains(ServiceCodes.Malformed, request.Citizen.Page.Alert, StringComparison.Ordinal);
        Assert.Equal(RequestState.Fetching, (await house.RowAsync(request.Id)).State);
        await request.HandOverAsync();
        Assert.Equal(RequestState.HandedOver, (await house.RowAsync(request.Id)).State);
    }

    [Fact]
    public async Task HandOver_SameFormTwice_IsOneDecisionWithOneCode()
    {
        using var service = house.BankDriver();
        var request = await house.OpenAsync(service, "nguyen");
        await request.FetchAsync();
        var kept = request.Citizen.Page;
        var entries = await request.EntriesAsync(house.Bank.Recipient);
        var first = await request.HandOverAsync(entries: entries);
        await request.Citizen.SubmitAsync(kept, "service-hand-over", ("entries", entries), ("decision", "agree"));
        Assert.Equal(first, request.Citizen.Page.Url);
    }

    private async Task AssertToldAsync(ServiceRequest row, IEnumerable<string> seals)
    {
        var told = (await house.EventsAsync(row.CitizenId!.Value)).ToLookup(e => e.Kind);
        Assert.Single(told[EventKinds.ServiceAsked]);
        Assert.Single(told[EventKinds.ServiceTokenGiven]);
        foreach (
            var kind in (string[])[EventKinds.ServiceHandedOver, EventKinds.ServiceFetched, EventKinds.ServiceReceived]
        )
            Assert.Equal(
                seals.Order(StringComparer.Ordinal),
                told[kind].Select(e => Detail(e, "seal")).Order(StringComparer.Ordinal)
            );
        Assert.All(told[EventKinds.ServiceReceived], e => Assert.Equal($"service:{BankListing.Id}", e.Actor));
        var notices = await house.Portal.ReadAsync(db =>
            db.Set<Notice>().Where(n => n.CitizenId == row.CitizenId).Select(n => n.Kind).ToListAsync()
        );
        Assert.Single(notices, kind => kind == NoticeKinds.ServiceReceived);
    }

    private static void AssertDenied(Page page, ServiceDriver service)
    {
        Assert.Equal("/sandbox/bank/callback", page.Path);
        Assert.Equal(
            $"?error=access_denied&state={service.State}&iss={Uri.EscapeDataString(service.Issuer)}",
            page.Url.Query
        );
    }

    private static async Task<JsonElement> ReceiptAsync(CitizenDriver citizen, Guid consentId)
    {
        var receipt = Encoding.ASCII.GetString((await citizen.GetAsync($"/receipts/{consentId}.jws")).Bytes);
        return JsonSerializer.Deserialize<JsonElement>(Base64UrlText.Decode(receipt.Split('.')[1]));
    }

    private static JsonElement Purpose(JsonElement receipt) =>
        receipt.GetProperty("pii_processing").GetProperty("purposes")[0];

    private static string? Detail(Event happened, string name)
    {
        using var details = JsonDocument.Parse(happened.Details!);
        return details.RootElement.GetProperty(name).GetString();
    }
}
