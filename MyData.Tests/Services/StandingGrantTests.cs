using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.Misbehaving;

namespace MyData.Tests.Services;

/// <summary>A standing consent from the push to the next fetch, and its refresh tokens (protocols.md A1, A4, A5).</summary>
public sealed class StandingGrantTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private const string NotRegistered = "invalid_authorization_details service.not_registered";
    private const string Malformed = "invalid_authorization_details service.details";

    [Theory]
    [InlineData("P1D", "P180D", "ok")]
    [InlineData("P30D", null, "ok")]
    [InlineData("P1D", "P181D", NotRegistered)]
    [InlineData("P1D", "P366D", Malformed)]
    [InlineData("PT23H", "P90D", Malformed)]
    [InlineData("P91D", "P90D", Malformed)]
    [InlineData("-P1D", "P90D", Malformed)]
    [InlineData("daily", "P90D", Malformed)]
    [InlineData(null, "P90D", Malformed)]
    public async Task Push_StandingUse_IsHeldToWhatIsRegistered(string? frequency, string? window, string refusal)
    {
        using var service = house.StandingDriver();
        var use = new Dictionary<string, string>();
        if (frequency is not null)
            use["frequency"] = frequency;
        if (window is not null)
            use["window"] = window;
        Assert.Equal(refusal, (await service.PushAsync(service.Request(house.Both(use)))).Refusal);
    }

    [Fact]
    public async Task Push_StandingUse_OfWhoIsNotRegisteredForIt_OrOfAnotherForm_IsRefused()
    {
        using var once = house.BankDriver();
        Assert.Equal(NotRegistered, (await once.PushAsync(once.Request(house.Both()))).Refusal);
        using var care = new ServiceDriver(house.Portal.Origin, BankListing.CareId, house.Bank.Client);
        var daily = house
            .Both()
            .Replace(BankListing.PurposeCode, BankListing.CarePurposeCode, StringComparison.Ordinal);
        Assert.Equal(NotRegistered, (await care.PushAsync(care.Request(daily))).Refusal);
        using var service = house.StandingDriver();
        foreach (var use in new object[] { "always", 1, new[] { "once" }, new { frequency = "P1D", times = 9 } })
            Assert.Equal(Malformed, (await service.PushAsync(service.Request(house.Both(use)))).Refusal);
    }

    [Fact]
    public async Task Tick_LeftOut_IsOnce_AndThereIsNoRefreshToken()
    {
        using var service = house.StandingDriver();
        var granted = await house.StandingAsync(service, "lin", tick: false);
        Assert.False(granted.Answer.TryGetProperty("refresh_token", out _));
        Assert.Equal("once", granted.Detail.GetProperty("use").GetString());
        Assert.Equal(0, await CountAsync(granted));
        Assert.Contains("只有這一次", (await granted.Request.CardAsync()).TextContent, StringComparison.Ordinal);

        // A tick that no page of this request has.
        using var bank = house.BankDriver();
        var plain = await house.OpenAsync(bank, "lin");
        await plain.FetchAsync();
        Assert.Null(plain.Citizen.Page.Html.QuerySelector("[name=standing]"));
        var form = plain.Citizen.Page.Form("service-hand-over");
        var fields = form.QuerySelectorAll("input[name]")
            .Select(input => (input.GetAttribute("name")!, input.GetAttribute("value") ?? ""))
            .Where(field => field.Item1 is "id" or "statement");
        var entries = await plain.EntriesAsync(house.Bank.Recipient);
        await plain.Citizen.PostAsync(
            $"{plain.Path}/hand-over",
            [.. fields, ("entries", entries), ("decision", "agree"), ("standing", "yes")]
        );
        Assert.Equal(RequestState.HandedOver, (await house.RowAsync(plain.Id)).State);
        Assert.Equal(
            0,
            await house.Portal.ReadAsync(db => db.Set<StandingConsent>().CountAsync(s => s.RequestId == plain.Id))
        );
    }

    [Fact]
    public async Task Page_SaysHowOftenAndUntilWhen_AndIsNotTicked_AndTheReceiptSaysIt()
    {
        using var service = house.StandingDriver();
        var request = await house.OpenAsync(service, "chen", house.Both());
        Assert.Contains(
            "要不要，等您看過資料再決定",
            ((await FirstPageAsync(request)).Words),
            StringComparison.Ordinal
        );
        await request.FetchAsync(also: BankListing.Labour);
        var page = request.Citizen.Page;
        Assert.False(page.Single("[name=standing]").HasAttribute("checked"));
        var line = Assert.Single(
            page.Texts("#service-hand-over [data-statement-line]"),
            text => text.StartsWith("以後", StringComparison.Ordinal)
        );
        foreach (var said in (string[])["最多每天 1 次", "每次都會通知您", "隨時可以暫停", "不勾就只交這一次"])
            Assert.Contains(said, line, StringComparison.Ordinal);
        await request.HandOverAsync(more: ("standing", "yes"));
        var row = await house.RowAsync(request.Id);
        var receipt = await house.ReceiptAsync(request.Citizen, row.ConsentId!.Value);
        var purpose = receipt.GetProperty("pii_processing").GetProperty("purposes")[0];
        Assert.Equal("P1D", purpose.GetProperty("frequency").GetString());
        var standing = purpose.GetProperty("standing");
        var (from, until) = (
            standing.GetProperty("from").GetDateTimeOffset(),
            standing.GetProperty("until").GetDateTimeOffset()
        );
        Assert.Equal(TimeSpan.FromDays(90), until - from);
        Assert.Equal(
            house.Bank.Recipient.Thumbprint(),
            purpose.GetProperty("recipients")[0].GetProperty("key_thumbprint").GetString()
        );
        var first = await house.ReceiptAsync(request.Citizen, row.FetchConsentId!.Value);
        Assert.Equal(
            "once",
            first.GetProperty("pii_processing").GetProperty("purposes")[0].GetProperty("frequency").GetString()
        );
    }

    [Fact]
    [Trait("Conformance", "oidcc-refresh-token")]
    [Trait("Conformance", "fapi2-security-profile-final-refresh-token")]
    public async Task Refresh_FetchesAgain_SealedByTheAgencyForTheService_AndSheIsTold()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "chang");
        var use = first.Detail.GetProperty("use");
        Assert.Equal("P1D", use.GetProperty("frequency").GetString());
        await house.ReceiveAsync(service, first, first.Household);
        await house.ReceiveAsync(service, first, first.Labour);

        var again = await first.AgainAsync(service);
        Assert.NotEqual(first.Refresh, again.Refresh);
        Assert.NotEqual(first.Token, again.Token);
        Assert.Equal(use.GetRawText(), again.Detail.GetProperty("use").GetRawText());
        Assert.Equal(first.Transfers.Keys, again.Transfers.Keys);
        var opened = await house.ReceiveAsync(service, again, again.Household);
        Assert.Equal(house.Bank.Recipient.Kid, Assert.Single(opened.Head.Recipients).Kid);
        // The agency wrote it anew: other bytes than what she handed over, under another seal.
        Assert.NotEqual((await house.ItemAsync(first.Household)).Seal, opened.Digest.Hex);
        await house.ReceiveAsync(service, again, again.Labour);

        var fetch = Assert.Single(await house.FetchesAsync(again));
        Assert.Equal(RequestState.Received, fetch.State);
        Assert.All(fetch.Items, item => Assert.NotNull(item.ReceivedAt));
        var told = (await house.Portal.EventsAsync()).Where(e =>
            again.Transfers.Values.Contains(e.TransferId ?? default)
        );
        foreach (
            var kind in (string[])
                [
                    EventKinds.StandingUsed,
                    EventKinds.TransferCalled,
                    EventKinds.TransferReady,
                    EventKinds.ServiceFetched,
                    EventKinds.ServiceReceived,
                    EventKinds.TransferHandedOver,
                ]
        )
            Assert.Equal(2, told.Count(e => e.Kind == kind));
        var notices = await house.NoticesAsync(fetch.CitizenId!.Value);
        Assert.Single(notices, kind => kind == NoticeKinds.StandingFetched);
        Assert.Single(notices, kind => kind == NoticeKinds.ServiceReceived);
        Assert.DoesNotContain(notices, kind => kind == NoticeKinds.TransferReady);
        var citizen = first.Request.Citizen;
        var page = await citizen.GetAsync("/history");
        var history = page.Words.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("「信用貸款申請」依您的持續授權，再取您的戶籍資料", history, StringComparison.Ordinal);
        Assert.Contains("已經替「信用貸款申請」密封", history, StringComparison.Ordinal);
        Assert.Contains("又取了一次您的資料", (await citizen.GetAsync("/notices")).Words, StringComparison.Ordinal);
        // Each stands at its own time, with its way to the service.
        var entries = page.Html.QuerySelectorAll("tbody[id^=entry-]");
        var fetches = entries
            .Where(entry => entry.QuerySelector("tr")!.TextContent.Contains("再取您的", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(2, fetches.Count);
        Assert.All(
            fetches,
            entry => Assert.Contains("沙盒銀行", entry.QuerySelector(".journey")!.TextContent, StringComparison.Ordinal)
        );
        // Newest first: both before the consent that they came of.
        Assert.Equal([0, 1], fetches.Select(entry => entries.ToList().IndexOf(entry)).Order());
        // The two of her own hand-over alone waited for her.
        Assert.Equal(2, history.Split("等您打開").Length - 1);
    }

    [Fact]
    public async Task Package_UnderWay_IsSaidSo_AndIsNobodysButTheServices()
    {
        using var service = house.StandingDriver();
        var again = await (await house.StandingAsync(service, "wang")).AgainAsync(service);
        var ready = await house.WhenReadyAsync(service, again, again.Household);
        Assert.Equal(HttpStatusCode.OK, ready.Status);
        // It waits on the relay, and is no download of hers: neither her pages nor a claim lead to it.
        var citizen = again.Request.Citizen;
        Assert.DoesNotContain(
            again.Household.ToString(),
            (await citizen.GetAsync("/download")).Text,
            StringComparison.Ordinal
        );
        using var claim = new HttpRequestMessage(HttpMethod.Get, $"/relay/{again.Household}/package");
        claim.Headers.Add("MyData-Claim", "");
        using var answer = await citizen.SendAsync(claim);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        // The token of the fetch before is for that one alone.
        using var other = house.OtherDriver();
        Assert.Equal("invalid_token service.token", (await other.PackageAsync(again.Household, again.Token)).Refusal);
    }

    [Fact]
    public async Task Package_NotReady_Is202WithATimeToWait()
    {
        using var service = house.StandingDriver();
        var odd = await OddAsync(service, "li", "preparing-forever");
        var answer = await service.PackageAsync(odd.Transfers[ServiceHouse.OddSet], odd.Token);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Empty(answer.Bytes);
        Assert.True(answer.RetryAfter >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Agency_ThatHoldsNothing_OrFails_IsToldAsThat_AndTheRestGoesOn()
    {
        using var service = house.StandingDriver();
        var nothing = await OddAsync(service, "li", "no-data");
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await house.WhenReadyAsync(service, nothing, nothing.Transfers[ServiceHouse.OddSet])).Status
        );
        await house.ReceiveAsync(service, nothing, nothing.Household);
        Assert.Equal(RequestState.Received, Assert.Single(await house.FetchesAsync(nothing)).State);

        var failed = await OddAsync(service, "li", "error");
        var answer = await house.WhenReadyAsync(service, failed, failed.Transfers[ServiceHouse.OddSet]);
        Assert.Equal((HttpStatusCode.Gone, "service.not_fetched"), (answer.Status, answer.Refusal));
        await house.ReceiveAsync(service, failed, failed.Household);
    }

    [Fact]
    public async Task Refresh_ManyAtOnce_IsOneFetch()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "nguyen");
        await service.KnowNonceAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.RefreshAsync(first.Refresh)));
        Assert.All(answers, answer => Assert.Equal("ok", answer.Refusal));
        Assert.Single(answers.Select(answer => answer.Json.GetProperty("refresh_token").GetString()).Distinct());
        Assert.Single(await house.FetchesAsync(first));
        Assert.Null((await house.StandingRowAsync(first)).EndedAt);
    }

    [Fact]
    [Trait("Conformance", "oidcc-refresh-token-rp-key-rotation")]
    public async Task Refresh_ByAnotherKeyOfTheClients_IsTaken_AndByAnybodyElses_TakesNothingOfIt()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "kuo");
        using var other = house.OtherDriver();
        other.ProofKey = service.ProofKey;
        Assert.Equal("invalid_grant standing.unknown", (await other.RefreshAsync(first.Refresh)).Refusal);
        var foreign = service.Proof(Jwk.GenerateEc(use: "sig"), "POST", "/connect/token");
        Assert.Equal(
            "invalid_grant service.other_key",
            (await service.RefreshAsync(first.Refresh, proof: foreign)).Refusal
        );
        foreach (var token in new[] { "x", first.Refresh[..^1] + "!", ServiceDriver.Random(), first.Token })
            Assert.StartsWith(
                "invalid_grant standing.",
                (await service.RefreshAsync(token)).Refusal,
                StringComparison.Ordinal
            );
        Assert.NotNull((await house.StandingRowAsync(first)).EndedAt);

        using var rolled = house.StandingDriver();
        var second = await house.StandingAsync(rolled, "kuo");
        var key = Jwk.GenerateEc(use: "sig");
        try
        {
            await house.ImportAsync(one =>
                one.Id == ServiceHouse.Standing ? one with { ClientKeys = [key.PublicOnly().ToJson()] } : one
            );
            Assert.Equal("invalid_client invalid_client", (await rolled.RefreshAsync(second.Refresh)).Refusal);
            using var anew = new ServiceDriver(house.Portal.Origin, ServiceHouse.Standing, key)
            {
                ProofKey = rolled.ProofKey,
            };
            Assert.Equal("ok", (await anew.RefreshAsync(second.Refresh)).Refusal);
        }
        finally
        {
            await house.ImportAsync();
        }
    }

    [Fact]
    public async Task Refresh_IsHashedInTheDatabase_AndProofAndAssertionAreGoodOnce()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "lin");
        var row = await house.StandingRowAsync(first);
        var stored = JsonSerializer.Serialize(row);
        foreach (var part in first.Refresh.Split('.'))
            Assert.DoesNotContain(part, stored, StringComparison.Ordinal);
        await service.KnowNonceAsync();
        var (assertion, proof) = (service.Assertion(), service.Proof("POST", "/connect/token"));
        Assert.Equal("ok", (await service.RefreshAsync(first.Refresh, assertion, proof)).Refusal);
        Assert.Equal("invalid_client invalid_client", (await service.RefreshAsync(first.Refresh, assertion)).Refusal);
        Assert.Equal(
            "invalid_dpop_proof dpop.replayed",
            (await service.RefreshAsync(first.Refresh, proof: proof)).Refusal
        );
        Assert.Equal("invalid_dpop_proof dpop.missing", (await service.RefreshAsync(first.Refresh, proof: "")).Refusal);
    }

    private Task<int> CountAsync(Granted granted) =>
        house.Portal.ReadAsync(db => db.Set<StandingConsent>().CountAsync(s => s.RequestId == granted.Request.Id));

    private static async Task<Page> FirstPageAsync(HandedRequest request) =>
        await request.Citizen.SubmitAsync("choose-items", ("ds", BankListing.Labour));

    /// <summary>Household, and the odd agency's set, which behaves from the second fetch on.</summary>
    private async Task<Granted> OddAsync(ServiceDriver service, string persona, string behaviour)
    {
        var details = house.Both(
            more: (ServiceHouse.OddSet, new { id = ServiceHouse.OddSet, fields = ServiceHouse.OddFields })
        );
        var request = await house.OpenAsync(service, persona, details);
        await request.FetchAsync(also: ServiceHouse.OddSet);
        var back = await request.HandOverAsync(more: ("standing", "yes"));
        var code = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(back.Query)["code"].ToString();
        var answer = await service.TokenAsync(service.Redemption(code));
        var first = new Granted(request, code, answer.Json);
        var misbehave = house.Get<MisbehaveSwitch>();
        misbehave.Set(behaviour);
        try
        {
            var again = await first.AgainAsync(service);
            await house.WhenAskedAsync(again.Transfers[ServiceHouse.OddSet]);
            return again;
        }
        finally
        {
            misbehave.Set(Misbehaviours.None);
        }
    }
}
