using System.Net;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>What she does with a standing consent, and what ends it without her: each holds at once, in every state (protocols.md A5).</summary>
public sealed class StandingChoiceTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_SoonerThanAgreed_WaitsAndTakesNothing()
    {
        using var service = house.StandingDriver();
        var again = await (await house.StandingAsync(service, "lin")).AgainAsync(service);
        var early = await service.RefreshAsync(again.Refresh);
        Assert.Equal("temporarily_unavailable standing.too_early", early.Refusal);
        Assert.Equal(HttpStatusCode.TooManyRequests, early.Status);
        Assert.InRange(early.RetryAfter!.Value, Day - TimeSpan.FromMinutes(5), Day);
        Assert.Single(await house.FetchesAsync(again));
        await house.PassAsync(again, Day);
        var next = await again.AgainAsync(service);
        Assert.Equal(2, (await house.FetchesAsync(again)).Count);
        Assert.NotEqual(again.Refresh, next.Refresh);
    }

    [Fact]
    public async Task Pause_WhileItFetches_EndsTokenAndPackageAtOnce_AndResumeLetsItGoOn()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "chen");
        var again = await first.AgainAsync(service);
        await house.WhenReadyAsync(service, again, again.Household);
        await house.WhenReadyAsync(service, again, again.Labour);
        Assert.Equal("Standing", (await first.Request.CardAsync()).GetAttribute("data-status"));
        var page = await first.Request.Citizen.SubmitAsync($"pause-{first.Request.Id}");
        Assert.Contains("已經暫停", page.Single("main [role=status]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Paused", page.Single($"#consent-{first.Request.Id}").GetAttribute("data-status"));

        Assert.Equal("invalid_token service.token", (await service.PackageAsync(again.Household, again.Token)).Refusal);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(first.Household, first.Token)).Refusal);
        foreach (var transfer in again.Transfers.Values)
        {
            Assert.Equal(0, await house.ChunksAsync(transfer));
            Assert.Equal(TransferState.Expired, (await house.TransferAsync(transfer)).State);
        }
        await house.PassAsync(first, Day);
        var refused = await service.RefreshAsync(again.Refresh);
        Assert.Equal(
            (HttpStatusCode.Forbidden, "temporarily_unavailable standing.paused"),
            (refused.Status, refused.Refusal)
        );
        var (kind, said) = Assert.Single(await house.HeardAsync(service, first));
        Assert.Equal("consent-paused", kind);
        Assert.Equal(
            first.Transfers.Values.Concat(again.Transfers.Values).Order(),
            said.GetProperty("transfers")
                .EnumerateArray()
                .Select(one => one.GetProperty("transfer_id").GetGuid())
                .Order()
        );

        await first.Request.CardAsync();
        page = await first.Request.Citizen.SubmitAsync($"resume-{first.Request.Id}");
        Assert.Contains("已經恢復", page.Single("main [role=status]").TextContent, StringComparison.Ordinal);
        var next = await again.AgainAsync(service);
        await house.ReceiveAsync(service, next, next.Household);
        Assert.Equal(
            ["consent-paused", "consent-resumed"],
            (await house.HeardAsync(service, first)).Select(one => one.Kind)
        );
        var kinds = await house.KindsAsync(first.Request);
        Assert.Single(kinds, EventKinds.StandingPaused);
        Assert.Single(kinds, EventKinds.StandingResumed);
    }

    [Fact]
    public async Task Strike_WhileItFetches_EndsThatItemAlone_AndItsAgencyIsAskedNoMore()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "chang");
        await house.ReceiveAsync(service, first, first.Household);
        await house.ReceiveAsync(service, first, first.Labour);
        var again = await first.AgainAsync(service);
        await house.WhenReadyAsync(service, again, again.Labour);
        var page = await StrikeAsync(first, BankListing.Labour);
        Assert.Contains("已經劃掉", page.Single("main [role=status]").TextContent, StringComparison.Ordinal);
        Assert.Contains("已劃掉", page.Single($"#consent-{first.Request.Id}").TextContent, StringComparison.Ordinal);

        var struck = await service.PackageAsync(again.Labour, again.Token);
        Assert.Equal((HttpStatusCode.Gone, "standing.struck"), (struck.Status, struck.Refusal));
        Assert.Equal(0, await house.ChunksAsync(again.Labour));
        await house.ReceiveAsync(service, again, again.Household);
        Assert.Equal(RequestState.Received, Assert.Single(await house.FetchesAsync(first)).State);
        var (kind, said) = Assert.Single(await house.HeardAsync(service, first));
        Assert.Equal(("item-struck", BankListing.Labour), (kind, said.GetProperty("dataset").GetString()));
        Assert.Equal(
            again.Labour,
            Assert.Single(said.GetProperty("transfers").EnumerateArray()).GetProperty("transfer_id").GetGuid()
        );
        // What it has already stays under its retention; nobody asked for it.
        Assert.Null((await house.ItemAsync(first.Labour)).AskedAt);

        await house.PassAsync(first, Day);
        var next = await again.AgainAsync(service);
        Assert.Equal([BankListing.Household], next.Transfers.Keys);
        await house.ReceiveAsync(service, next, next.Household);
        var called = (await house.Portal.EventsAsync()).Where(e => e.Kind == EventKinds.TransferCalled);
        Assert.Equal(2, called.Count(e => e.ConsentId == StandingOf(first) && e.DataSetId == BankListing.Household));
        Assert.Single(called, e => e.ConsentId == StandingOf(first) && e.DataSetId == BankListing.Labour);

        // The last one is no item to strike, but all of it.
        Assert.Null((await first.Request.CardAsync()).QuerySelector("a[href*='/strike']"));
        var path = $"/consents/{first.Request.Id}/strike?item={BankListing.Household}";
        (await first.Request.Citizen.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
        await first.Request.CardAsync();
        await first.Request.Citizen.PostAsync(path, ("item", BankListing.Household));
        Assert.Equal([BankListing.Labour], (await house.StandingRowAsync(first)).StruckSets);
    }

    /// <summary>Whoever says that the consent was taken back, such as the recovery of an older database: nothing of it goes on.</summary>
    [Fact]
    public async Task Consent_TakenBackByItsEventAlone_EndsWhatIsStandingToo()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "wang");
        var row = await house.RowAsync(first.Request.Id);
        await house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    Assert.True(Consents.Withdraw(scope, row.CitizenId!.Value, row.ConsentId!.Value));
                    scope.Raise(
                        new Event
                        {
                            Kind = EventKinds.ConsentWithdrawn,
                            Actor = "citizen",
                            CitizenId = row.CitizenId,
                            ConsentId = row.ConsentId,
                        }
                    );
                },
                TestContext.Current.CancellationToken
            );
        Assert.NotNull((await house.StandingRowAsync(first)).EndedAt);
        Assert.Equal("invalid_grant service.withdrawn", (await service.RefreshAsync(first.Refresh)).Refusal);
    }

    [Fact]
    public async Task Choices_OfAnotherCitizen_OrTwice_ChangeNothing()
    {
        using var service = house.StandingDriver();
        var granted = await house.StandingAsync(service, "wang");
        var stranger = await house.CitizenAsync("li");
        foreach (var action in (string[])["pause", "resume", "strike"])
        {
            await stranger.GetAsync("/consents");
            await stranger.PostAsync($"/consents/{granted.Request.Id}/{action}", ("item", BankListing.Labour));
        }
        var row = await house.StandingRowAsync(granted);
        Assert.Equal((null, ""), (row.PausedAt, row.Struck));
        (await stranger.GetAsync($"/consents/{granted.Request.Id}/strike?item={BankListing.Labour}")).ShouldBe(
            HttpStatusCode.NotFound
        );
        Assert.Null(
            (await stranger.GetAsync($"/consents?changed={granted.Request.Id}")).Html.QuerySelector(
                "main [role=status]"
            )
        );

        var card = await granted.Request.CardAsync();
        Assert.NotNull(card.QuerySelector($"#pause-{granted.Request.Id}"));
        var kept = granted.Request.Citizen.Page;
        await granted.Request.Citizen.SubmitAsync(kept, $"pause-{granted.Request.Id}");
        await granted.Request.Citizen.SubmitAsync(kept, $"pause-{granted.Request.Id}");
        Assert.Single(await house.KindsAsync(granted.Request), EventKinds.StandingPaused);
        Assert.Single(await house.HeardAsync(service, granted));
    }

    [Fact]
    public async Task Withdraw_EndsAllOfIt_AndAsksForAllThatWasEverFetched_InOneEvent()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "huang");
        await house.ReceiveAsync(service, first, first.Household);
        await house.ReceiveAsync(service, first, first.Labour);
        var again = await first.AgainAsync(service);
        await house.ReceiveAsync(service, again, again.Household);
        await house.WhenReadyAsync(service, again, again.Labour);
        await house.PassAsync(first, Day);
        var next = await again.AgainAsync(service);
        var ask = await first.Request.Citizen.GetAsync($"/consents/{first.Request.Id}/withdraw");
        Assert.Contains(
            "不能再自己取資料",
            ask.Words.Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        await first.Request.Citizen.SubmitAsync("withdraw");

        Assert.Equal("invalid_grant service.withdrawn", (await service.RefreshAsync(next.Refresh)).Refusal);
        foreach (
            var (granted, transfer) in new[] { (again, again.Labour), (next, next.Household), (next, next.Labour) }
        )
            Assert.Equal("invalid_token service.token", (await service.PackageAsync(transfer, granted.Token)).Refusal);
        foreach (var transfer in next.Transfers.Values.Append(again.Labour))
        {
            Assert.Equal(0, await house.ChunksAsync(transfer));
            Assert.True((await house.TransferAsync(transfer)).IsFinal);
        }
        var (kind, said) = Assert.Single(await house.HeardAsync(service, first));
        Assert.Equal("consent-revoked", kind);
        Guid[] has = [first.Household, first.Labour, again.Household, again.Labour];
        Assert.Equal(
            has.Order(),
            said.GetProperty("transfers")
                .EnumerateArray()
                .Select(one => one.GetProperty("transfer_id").GetGuid())
                .Order()
        );
        foreach (var transfer in has)
        {
            var item = await house.ItemAsync(transfer);
            Assert.NotNull(item.AskedAt);
            Assert.True((await service.AnswerAsync(transfer, service.Deletion(transfer, item.Seal!))).IsOk);
        }
        Assert.Equal("Deleted", (await first.Request.CardAsync()).GetAttribute("data-status"));
        Assert.DoesNotContain(
            NoticeKinds.StandingEnded,
            await house.NoticesAsync((await house.StandingRowAsync(first)).CitizenId)
        );
    }

    [Fact]
    public async Task Window_Over_EndsByItself_AndBothAreTold()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "kolas");
        var again = await first.AgainAsync(service);
        await house.WhenReadyAsync(service, again, again.Household);
        await house.PassAsync(first, TimeSpan.FromDays(90));
        await house.Get<StandingSweeper>().SweepAsync(Stop);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(again.Household, again.Token)).Refusal);
        Assert.Equal("invalid_grant standing.expired", (await service.RefreshAsync(again.Refresh)).Refusal);
        var (kind, said) = Assert.Single(await house.HeardAsync(service, first));
        Assert.Equal(("consent-ended", "standing.expired"), (kind, said.GetProperty("reason").GetString()));
        var row = await house.StandingRowAsync(first);
        Assert.Single(await house.NoticesAsync(row.CitizenId), notice => notice == NoticeKinds.StandingEnded);
        Assert.Single(await house.KindsAsync(first.Request), EventKinds.StandingEnded);
        Assert.Null((await first.Request.CardAsync()).QuerySelector("form"));
    }

    [Fact]
    public async Task Window_Over_BeforeTheSweep_IsOverToo()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "nguyen");
        await house.PassAsync(first, TimeSpan.FromDays(90));
        Assert.Equal("invalid_grant standing.expired", (await service.RefreshAsync(first.Refresh)).Refusal);
        Assert.Equal(StandingCodes.Expired, (await house.StandingRowAsync(first)).Code);
    }

    [Fact]
    public async Task Terms_Changed_AreNotWhatSheAgreedTo()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "kuo");
        try
        {
            await house.ImportAsync(one => one with { TermsVersion = one.TermsVersion + 1 });
            Assert.Equal("invalid_grant standing.changed", (await service.RefreshAsync(first.Refresh)).Refusal);
        }
        finally
        {
            await house.ImportAsync();
        }
        Assert.Equal("invalid_grant standing.changed", (await service.RefreshAsync(first.Refresh)).Refusal);
        Assert.Empty(await house.FetchesAsync(first));
    }

    [Fact]
    public async Task Code_Twice_OrTheRefreshTokenGivenBack_EndsIt()
    {
        using var service = house.StandingDriver();
        var twice = await house.StandingAsync(service, "wang");
        Assert.Equal(
            "invalid_grant service.code_used",
            (await service.TokenAsync(service.Redemption(twice.Code))).Refusal
        );
        Assert.Equal("invalid_grant service.code_used", (await service.RefreshAsync(twice.Refresh)).Refusal);

        var back = await house.StandingAsync(service, "wang");
        using var other = house.OtherDriver();
        Assert.True((await other.RevokeAsync(back.Refresh)).IsOk);
        Assert.Null((await house.StandingRowAsync(back)).EndedAt);
        Assert.True((await service.RevokeAsync(back.Refresh)).IsOk);
        Assert.Equal("invalid_grant standing.given_back", (await service.RefreshAsync(back.Refresh)).Refusal);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(back.Household, back.Token)).Refusal);
    }

    [Fact]
    public async Task Account_Closed_LeavesNothing_AndTheServiceHears()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "yang");
        var again = await first.AgainAsync(service);
        var row = await house.StandingRowAsync(first);
        await house.Get<AccountClosing>().CloseAsync(row.CitizenId, Guid.NewGuid(), Stop);
        Assert.Equal("invalid_grant standing.unknown", (await service.RefreshAsync(again.Refresh)).Refusal);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(again.Household, again.Token)).Refusal);
        Assert.Equal(
            0,
            await house.Portal.ReadAsync(db => db.Set<StandingConsent>().CountAsync(s => s.CitizenId == row.CitizenId))
        );
        Assert.Equal(
            0,
            await house.Portal.ReadAsync(db => db.Set<ServiceRequest>().CountAsync(r => r.CitizenId == row.CitizenId))
        );
        var told = await house.Portal.ReadAsync(db =>
            db.Set<SecurityEvent>().SingleAsync(e => e.CitizenId == row.CitizenId && e.Audience == null)
        );
        Assert.Equal(SecurityEventTokens.ConsentEnded, told.Kind);
    }

    private static async Task<Page> StrikeAsync(Granted granted, string dataSet)
    {
        var card = await granted.Request.CardAsync();
        var link = card.QuerySelectorAll("a[href*='/strike']")
            .Select(a => a.GetAttribute("href")!)
            .Single(href => href.EndsWith(dataSet, StringComparison.Ordinal));
        var ask = await granted.Request.Citizen.GetAsync(link);
        Assert.Equal(["劃掉", "不劃掉"], ask.Texts("form#strike .button"));
        return await granted.Request.Citizen.SubmitAsync("strike");
    }

    private static Guid StandingOf(Granted granted) => granted.Detail.GetProperty("consent_id").GetGuid();
}
