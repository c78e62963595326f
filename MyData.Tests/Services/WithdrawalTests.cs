using System.Net;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.Relying;

namespace MyData.Tests.Services;

/// <summary>She takes a consent back, in every state (protocols.md A5).</summary>
public sealed class WithdrawalTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_BeforeAnything_SaysWhatWillStandThere_AndIsHersAlone()
    {
        using var stranger = house.Portal.Visitor();
        (await stranger.GetAsync("/consents")).ShouldBeAt("/signin");
        var citizen = await house.CitizenAsync("wu");
        var page = await citizen.GetAsync("/consents");
        Assert.Equal("授權管理", page.Heading);
        Assert.NotNull(page.Html.QuerySelector(".empty li"));
        Assert.Null(page.Html.QuerySelector("script"));
        Assert.NotNull((await citizen.GetAsync("/account")).Html.QuerySelector("a[href='/consents']"));
        Assert.NotNull((await citizen.GetAsync("/history")).Html.QuerySelector("a[href='/consents']"));
    }

    [Fact]
    public async Task Withdraw_AfterDelivery_TheBankHearsOfItAtOnce_DeletesAndSigns()
    {
        house.Set(RelyingConduct.Deletes);
        using var service = house.BankDriver();
        var (request, transfer, seal) = await house.ReceivedAsync(service, "lin");
        var card = await request.CardAsync();
        Assert.Equal("Held", card.GetAttribute("data-status"));
        Assert.Contains("戶籍資料（4 項）", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("地址", card.TextContent, StringComparison.Ordinal);

        var ask = await request.Citizen.GetAsync($"/consents/{request.Id}/withdraw");
        Assert.Equal(["撤回同意", "不撤回"], ask.Texts("form#withdraw .button"));
        var done = await request.Citizen.SubmitAsync("withdraw");
        Assert.Contains("已經撤回", done.Single("main [role=status]").TextContent, StringComparison.Ordinal);

        await house.StatusAsync(request, "Deleted");
        var kinds = await house.KindsAsync(request);
        foreach (
            var kind in (string[])
                [
                    EventKinds.ConsentWithdrawn,
                    EventKinds.ServiceAskedToDelete,
                    EventKinds.ServiceNotified,
                    EventKinds.ServiceDeleted,
                ]
        )
            Assert.Single(kinds, kind);
        var row = await house.RowAsync(request.Id);
        Assert.NotNull(row.WithdrawnAt);
        var told = await house.EventAsync(request);
        Assert.Equal((SecurityEventState.Taken, 1), (told.State, told.Attempts));
        Assert.True(told.EndedAt - row.WithdrawnAt < TimeSpan.FromSeconds(10));
        var item = await house.ItemAsync(transfer);
        Assert.Equal(seal, item.Seal);
        Assert.NotNull(item.DeletionReceipt);
        Assert.Contains(NoticeKinds.ServiceDeleted, await house.NoticesAsync(row.CitizenId!.Value));
        var history = (await request.Citizen.GetAsync("/history")).Words.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("「信用貸款申請」簽章說明已經刪除您的戶籍資料", history, StringComparison.Ordinal);
        // Nothing is left to take back.
        (await request.Citizen.GetAsync($"/consents/{request.Id}/withdraw")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Withdraw_BeforeItFetched_TokenAndPackageDieAtOnce_AndItHearsWhenItAsks()
    {
        using var service = house.OtherDriver();
        var (request, code, token, transfer) = await house.TokenAsync(service, "chen");
        await house.WithdrawAsync(request);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(transfer, token)).Refusal);
        Assert.Equal(0, await house.ChunksAsync(transfer));
        var ended = await house.Portal.ReadAsync(db => db.Set<Transfer>().SingleAsync(t => t.Id == transfer));
        Assert.Equal((TransferState.Expired, TransferCodes.Withdrawn), (ended.State, ended.Code));
        Assert.Equal("Ended", (await request.CardAsync()).GetAttribute("data-status"));

        var row = await house.RowAsync(request.Id);
        var jti = (await house.EventAsync(request)).Id.ToString("D");
        var claims = house.Verified((await service.PollAsync(WithdrawalSteps.All)).Sets()[jti], service);
        Assert.Equal(jti, claims.GetProperty("jti").GetString());
        var subject = claims.GetProperty("sub_id");
        Assert.Equal("iss_sub", subject.GetProperty("format").GetString());
        Assert.DoesNotContain(row.CitizenId.ToString()!, claims.GetRawText(), StringComparison.Ordinal);
        var said = claims.GetProperty("events").GetProperty($"{service.Issuer}/events/consent-revoked");
        Assert.Equal(row.ConsentId, said.GetProperty("consent_id").GetGuid());
        Assert.Empty(said.GetProperty("transfers").EnumerateArray());

        // Until it says that it has it, it is given again; to nobody else.
        Assert.Contains(jti, (await service.PollAsync(WithdrawalSteps.All)).Sets().Keys);
        using var another = house.OtherDriver(ServiceHouse.Odd);
        Assert.Empty((await another.PollAsync(new { ack = new[] { jti } })).Sets());
        var once = service.Assertion();
        Assert.DoesNotContain(
            jti,
            (await service.PollAsync(new { ack = new[] { jti }, maxEvents = 100 }, once)).Sets().Keys
        );
        Assert.Equal("invalid_client invalid_client", (await service.PollAsync(null, once)).Refusal);
        Assert.Single(await house.KindsAsync(request), EventKinds.ServiceNotified);
        Assert.Equal("invalid_grant service.code_used", (await service.TokenAsync(service.Redemption(code))).Refusal);
    }

    [Fact]
    public async Task Withdraw_WhileSheLooks_OrWithACodeOnItsWay_EndsAll_AndTheServiceLearnsNothing()
    {
        using var service = house.OtherDriver();
        var looking = await house.OpenAsync(service, "chang");
        await looking.FetchAsync();
        Assert.Equal("UnderWay", (await looking.CardAsync()).GetAttribute("data-status"));
        await house.WithdrawAsync(looking);
        var row = await house.RowAsync(looking.Id);
        Assert.Equal((RequestState.Ended, ServiceCodes.Withdrawn), (row.State, row.Code));
        var transfers = await house.Portal.ReadAsync(db =>
            db.Set<Transfer>().Where(t => t.ConsentId == row.FetchConsentId).ToListAsync()
        );
        Assert.All(transfers, transfer => Assert.Equal((TransferState.Expired, null), (transfer.State, transfer.Head)));

        var (coming, code) = await house.CodeAsync(service, "chang");
        await house.WithdrawAsync(coming);
        Assert.Equal(
            "invalid_grant service.code_expired",
            (await service.TokenAsync(service.Redemption(code))).Refusal
        );
        foreach (var request in new[] { looking, coming })
            Assert.Equal(
                0,
                await house.Portal.ReadAsync(db =>
                    db.Set<SecurityEvent>().CountAsync(e => e.RequestId == request.Id && e.Audience == null)
                )
            );
    }

    [Fact]
    public async Task Withdraw_Twice_IsOne_AndOfAnotherNone()
    {
        using var service = house.OtherDriver();
        var (request, transfer, _) = await house.ReceivedAsync(service, "li");
        var ask = await request.Citizen.GetAsync($"/consents/{request.Id}/withdraw");
        var stranger = await house.CitizenAsync("huang");
        (await stranger.GetAsync($"/consents/{request.Id}/withdraw")).ShouldBe(HttpStatusCode.NotFound);
        (await stranger.PostAsync($"/consents/{request.Id}/withdraw")).ShouldBe(HttpStatusCode.NotFound);
        Assert.Null((await house.ItemAsync(transfer)).AskedAt);

        await request.Citizen.SubmitAsync(ask, "withdraw");
        var again = await request.Citizen.SubmitAsync(ask, "withdraw");
        Assert.Contains("已經撤回", again.Single("main [role=status]").TextContent, StringComparison.Ordinal);
        Assert.Single(await house.KindsAsync(request), EventKinds.ServiceAskedToDelete);
        Assert.Equal("Asked", (await request.CardAsync()).GetAttribute("data-status"));
        var item = await house.ItemAsync(transfer);
        Assert.Equal(TimeSpan.FromDays(7), item.DueAt - item.AskedAt);
        // A link that names somebody else's says nothing.
        Assert.Null((await stranger.GetAsync($"/consents?done={request.Id}")).Html.QuerySelector("main [role=status]"));
    }

    [Fact]
    public async Task Account_Closed_LeavesTheNoticeOnItsWay()
    {
        using var service = house.OtherDriver();
        var (request, _, _) = await house.ReceivedAsync(service, "kuo");
        await house.WithdrawAsync(request);
        var told = await house.EventAsync(request);
        await house.Get<AccountClosing>().CloseAsync(told.CitizenId, Guid.NewGuid(), Stop);
        var given = (await service.PollAsync(WithdrawalSteps.All)).Sets();
        Assert.Contains(told.Id.ToString("D"), given.Keys);
        Assert.True((await service.PollAsync(new { ack = new[] { told.Id } })).IsOk);
        Assert.Equal(SecurityEventState.Taken, (await house.EventAsync(request)).State);
    }
}
