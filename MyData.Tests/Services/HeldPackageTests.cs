using System.Text.Json;
using AngleSharp.Dom;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Consent;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>A package that she has already goes to a service in place of a new one: the same seal all the way, once, and no more than was asked for.</summary>
public sealed class HeldPackageTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Held_Chosen_GoesOverUnderItsOldSeal_AndItsAgencyIsNotAskedAgain()
    {
        var (earlier, held) = await HeldAsync("lin");
        using var service = house.OtherDriver();
        var request = await house.OpenAsync(service, "lin");
        Assert.NotNull(request.Citizen.Page.Html.QuerySelector($"input[name=held][value='{held.Id}']"));
        var seal = SealDigest.Parse(held.SealDigest!);
        Assert.Contains(
            seal.Display(),
            (await request.UseAsync(earlier.Kept, held.Id)).Words,
            StringComparison.Ordinal
        );
        await request.FetchAsync();
        var row = await house.RowAsync(request.Id);
        Assert.Empty(await TransfersAsync(row.FetchConsentId));
        Assert.Equal(held.SealDigest, (await ItemsAsync(row, row.FetchConsentId)).Single().Seal);

        var back = await request.HandOverAsync();
        var granted = await service.TokenAsync(
            service.Redemption(QueryHelpers.ParseQuery(back.Query)["code"].ToString())
        );
        var token = granted.Json.GetProperty("access_token").GetString()!;
        var fetched = SealedPackage.Open((await service.PackageAsync(held.Id, token)).Bytes, house.Bank.Recipient);
        Assert.Equal(held.SealDigest, fetched.Digest.Hex);
        var receipt = service.Receipt(held.Id, fetched.Digest.Hex, TimeSpan.FromDays(30));
        Assert.Equal("ok", (await service.ReceiptAsync(held.Id, token, receipt)).Refusal);

        row = await house.RowAsync(request.Id);
        Assert.Equal(RequestState.Received, row.State);
        Assert.Equal(held.SealDigest, (await ItemsAsync(row, row.ConsentId)).Single().Seal);
        var now = await TransferAsync(held.Id);
        Assert.Equal((TransferState.Done, null), (now.State, now.Head));
        var told = (await house.EventsAsync(row.CitizenId!.Value)).Where(e => e.ConsentId == row.ConsentId);
        Assert.All(
            (string[])[EventKinds.ServiceHandedOver, EventKinds.ServiceFetched, EventKinds.ServiceReceived],
            kind => Assert.Contains(told, e => e.Kind == kind && e.TransferId == held.Id)
        );
        Assert.Single(await house.AgencyEventsAsync(request), e => e.Kind == SecurityEventTokens.HandedOver);
    }

    /// <summary>A download has all fields: more than a service asked for, so a new fetch is what is offered, and what is sent all the same is refused.</summary>
    [Fact]
    public async Task Held_WithMoreFieldsThanAsked_IsNotOffered_AndRefusedWhenSent()
    {
        var citizen = await house.CitizenAsync("chen");
        var download = await Download.AgreeAsync(citizen, BankListing.Household);
        var wide = await ReadyAsync(download.ConsentId);
        using var service = house.OtherDriver();
        var request = await house.OpenAsync(service, "chen");
        Assert.Empty(citizen.Page.Html.QuerySelectorAll("input[name=held]"));
        await RefusedAsync(request, wide.Id);
    }

    [Fact]
    public async Task Held_ByAnother_IsNotOffered_AndRefusedWhenSent()
    {
        var (_, hers) = await HeldAsync("wang");
        using var service = house.OtherDriver();
        var request = await house.OpenAsync(service, "chang");
        Assert.Empty(request.Citizen.Page.Html.QuerySelectorAll("input[name=held]"));
        await RefusedAsync(request, hers.Id);
    }

    [Fact]
    public async Task Held_EndedMeanwhile_IsRefused_AndNothingIsStored()
    {
        var (earlier, held) = await HeldAsync("li");
        using var service = house.OtherDriver();
        var request = await house.OpenAsync(service, "li");
        await request.UseAsync(earlier.Kept, held.Id);
        await house.Get<Downloads>().FinishAsync(held.CitizenId, held.ConsentId, Stop);
        await SendAsync(request);
        await UndecidedAsync(request);
    }

    /// <summary>Between her two consents: then nothing is left to hand over, and the service has had nothing.</summary>
    [Fact]
    public async Task Held_EndedBeforeTheHandOver_CannotBeHandedOver()
    {
        var (earlier, held) = await HeldAsync("huang");
        using var service = house.OtherDriver();
        var request = await house.OpenAsync(service, "huang");
        await request.UseAsync(earlier.Kept, held.Id);
        await request.FetchAsync();
        var page = request.Citizen.Page;
        var entries = await request.EntriesAsync(house.Bank.Recipient);
        await house.Get<Downloads>().FinishAsync(held.CitizenId, held.ConsentId, Stop);
        await request.Citizen.SubmitAsync(page, "service-hand-over", ("entries", entries), ("decision", "agree"));
        Assert.Equal((RequestState.Fetching, null), await StateAsync(request));
        Assert.Null((await request.Citizen.GetAsync(request.Path)).Html.GetElementById("service-hand-over"));
        // It is no no of hers that the service hears.
        await request.Citizen.SubmitAsync($"{request.Path}/decline");
        Assert.Contains("error=temporarily_unavailable", request.Citizen.Page.Url.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Held_AgreedTwice_IsOneDecision()
    {
        var (earlier, held) = await HeldAsync("kolas");
        using var service = house.OtherDriver();
        var request = await house.OpenAsync(service, "kolas");
        await request.UseAsync(earlier.Kept, held.Id);
        var page = request.Citizen.Page;
        await SendAsync(request);
        var row = await house.RowAsync(request.Id);
        await request.Citizen.SubmitAsync(page, "service-fetch", Answer());
        Assert.Equal(row.FetchConsentId, (await house.RowAsync(request.Id)).FetchConsentId);
        var decided = await house.EventsAsync(held.CitizenId);
        Assert.Single(decided, e => e.ConsentId == row.FetchConsentId && e.Kind == EventKinds.ConsentGiven);
        Assert.Empty(await TransfersAsync(row.FetchConsentId));
    }

    /// <summary>Two requests may have it in view; the first one that she gives it to has it, and the other never does.</summary>
    [Fact]
    public async Task Held_GivenToOneService_GoesToNoOther()
    {
        var (earlier, held) = await HeldAsync("nguyen");
        using var first = house.OtherDriver();
        using var second = house.OtherDriver();
        var one = await house.OpenAsync(first, "nguyen");
        await one.UseAsync(earlier.Kept, held.Id);
        await one.FetchAsync();
        var two = await house.OpenAsync(second, "nguyen");
        await two.UseAsync(earlier.Kept, held.Id);
        await two.FetchAsync();
        var page = two.Citizen.Page;
        var entries = await two.EntriesAsync(house.Bank.Recipient);
        await one.Citizen.GetAsync(one.Path);
        await one.HandOverAsync();
        Assert.Equal(RequestState.HandedOver, (await StateAsync(one)).State);
        await two.Citizen.SubmitAsync(page, "service-hand-over", ("entries", entries), ("decision", "agree"));
        Assert.Contains(ServiceCodes.PackageGone, two.Citizen.Page.Words, StringComparison.Ordinal);
        Assert.Equal((RequestState.Fetching, null), await StateAsync(two));
        var third = await house.OpenAsync(second, "nguyen");
        Assert.Empty(third.Citizen.Page.Html.QuerySelectorAll($"input[name=held][value='{held.Id}']"));
    }

    /// <summary>Her browser opens it anew at the hand-over and finds it wrong: it is told as of a fresh one, once, and is offered to no service again.</summary>
    [Fact]
    public async Task Held_RefusedByHerBrowser_IsTold_AndOfferedNoMore()
    {
        var (earlier, held) = await HeldAsync("yang");
        using var service = house.OtherDriver();
        var request = await house.OpenAsync(service, "yang");
        await request.UseAsync(earlier.Kept, held.Id);
        await request.FetchAsync();
        await request.OpenAsync();
        using var model = JsonDocument.Parse(request.Citizen.Page.Single("#open-data").TextContent);
        var shown = Assert.Single(model.RootElement.GetProperty("transfers").EnumerateArray());
        for (var again = 0; again < 2; again++)
            await request.Citizen.PostAsync(
                shown.GetProperty("reportUrl").GetString()!,
                ("transfer", shown.GetProperty("id").GetString()!),
                ("code", "package.signature")
            );
        var told = Assert.Single(
            await house.EventsAsync(held.CitizenId),
            e => e.Kind == EventKinds.PackageRefused && e.TransferId == held.Id
        );
        Assert.Equal(
            ("package.signature", held.ConsentId, BankListing.Household),
            (told.Code, told.ConsentId, told.DataSetId)
        );
        using var next = house.OtherDriver();
        var later = await house.OpenAsync(next, "yang");
        Assert.Empty(later.Citizen.Page.Html.QuerySelectorAll($"input[name=held][value='{held.Id}']"));
    }

    /// <summary>She fetched it for a service, looked at it, and refused: it is hers.</summary>
    private async Task<(HandedRequest Request, Transfer Package)> HeldAsync(string persona)
    {
        using var service = house.OtherDriver();
        var request = await house.OpenAsync(service, persona);
        await request.FetchAsync();
        await request.HandOverAsync("refuse", entries: "{}");
        var row = await house.RowAsync(request.Id);
        return (request, await ReadyAsync(row.FetchConsentId!.Value));
    }

    private async Task<Transfer> ReadyAsync(Guid consent)
    {
        async Task<Transfer> FindAsync() =>
            await house.Portal.ReadAsync(db => db.Set<Transfer>().SingleAsync(t => t.ConsentId == consent, Stop));
        await Eventually.HoldsAsync(
            house.Portal.Committed,
            "the package has come",
            async () => (await FindAsync()).State == TransferState.Ready
        );
        return await FindAsync();
    }

    private Task<Transfer> TransferAsync(Guid id) =>
        house.Portal.ReadAsync(db => db.Set<Transfer>().SingleAsync(t => t.Id == id, Stop));

    private Task<List<Transfer>> TransfersAsync(Guid? consent) =>
        house.Portal.ReadAsync(db => db.Set<Transfer>().Where(t => t.ConsentId == consent).ToListAsync(Stop));

    private async Task<IReadOnlyList<ConsentItem>> ItemsAsync(ServiceRequest row, Guid? consent)
    {
        var consents = house.Get<Consents>();
        return consents.Items((await consents.FindAsync(row.CitizenId!.Value, consent!.Value, Stop))!);
    }

    private async Task<(RequestState State, Guid? Consent)> StateAsync(HandedRequest request)
    {
        var row = await house.RowAsync(request.Id);
        return (row.State, row.ConsentId);
    }

    private static (string, string)[] Answer()
    {
        var key = Jwk.GenerateEc();
        return
        [
            ("recipient_jwk", key.PublicOnly().ToJson()),
            ("recipient_kid", key.Thumbprint()),
            ("claim_hash", Claims.HashOf("a")),
            ("decision", "agree"),
        ];
    }

    private static Task<Page> SendAsync(HandedRequest request) =>
        request.Citizen.SubmitAsync("service-fetch", Answer());

    /// <summary>As a forger would: the form that the page offers, and one field more.</summary>
    private async Task RefusedAsync(HandedRequest request, Guid transfer)
    {
        await request.UseAsync(request.Kept, transfer);
        var form = request.Citizen.Page.Form("service-fetch");
        Assert.Empty(form.QuerySelectorAll("input[name=held]"));
        var own = form.QuerySelectorAll("input[type=hidden]")
            .Select(input => (input.GetAttribute("name")!, input.GetAttribute("value") ?? ""))
            .Where(field => field.Item1 is "id" or "statement" or "ds");
        await request.Citizen.PostAsync($"{request.Path}/fetch", [.. own, .. Answer(), ("held", transfer.ToString())]);
        await UndecidedAsync(request);
    }

    private async Task UndecidedAsync(HandedRequest request)
    {
        var row = await house.RowAsync(request.Id);
        Assert.Equal((RequestState.Opened, null), (row.State, row.FetchConsentId));
    }
}
