using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Core.Notifications;
using MyData.Tests.Staff;
using MyData.Tests.Support;
using MyData.Web.Features.Desk;
using MyData.Web.Features.History;
using MyData.Web.Features.Staff;

namespace MyData.Tests.Desk;

/// <summary>The help desk: who gets in, what it sees, that each opening and answer is on record, and that an answer is one.</summary>
public sealed class DeskTests(StaffHouse house) : IClassFixture<StaffHouse>
{
    private const string Answer = "我們查過了，是您自己的申請。\n<b>不是別人</b>。";

    [Fact]
    public async Task Desk_ForStrangersAndCitizens_IsClosed()
    {
        var (citizen, number) = await house.ComplaintAsync();
        using var stranger = house.Portal.Visitor();
        using var herself = TrustedCookie.SignedIn(house.Portal, citizen);
        foreach (var browser in new[] { stranger, herself })
        {
            (await browser.GetAsync(DeskUrls.Complaints)).ShouldBeAt(StaffUrls.SignIn);
            (await browser.GetAsync(DeskUrls.Complaint(number))).ShouldBeAt(StaffUrls.SignIn);
            var posted = await browser.PostAsync(DeskUrls.Complaint(number), ("answer", "x"), ("step", "send"));
            posted.ShouldBeAt(StaffUrls.SignIn);
        }
        Assert.Empty(await house.EventsAsync(citizen, EventKinds.ComplaintOpened));
        Assert.Empty(await house.EventsAsync(citizen, EventKinds.ComplaintAnswered));
    }

    [Fact]
    public async Task Citizen_Pages_AreClosedForStaff()
    {
        using var staff = await house.OperatorAsync();
        (await staff.GetAsync(HistoryUrls.Page)).ShouldBeAt("/signin");
    }

    [Fact]
    public async Task List_ByTheDayWhenDue_LateOnesInRed()
    {
        var (_, late) = await house.ComplaintAsync();
        await house.MakeLateAsync(late, days: 2);
        var (_, fresh) = await house.ComplaintAsync();
        using var staff = await house.OperatorAsync();
        var page = await staff.GetAsync(DeskUrls.Complaints);
        var numbers = page.Texts("tbody th");
        Assert.True(numbers.ToList().IndexOf(late) < numbers.ToList().IndexOf(fresh));
        var row = page
            .Html.QuerySelectorAll("tbody tr")
            .Single(tr => tr.TextContent.Contains(late, StringComparison.Ordinal));
        Assert.Equal("逾期 2 天", row.QuerySelector(".badge-bad")!.TextContent.Trim());
    }

    [Fact]
    public async Task Open_ShowsLineAndWords_AndStandsInHerHistory()
    {
        var (citizen, number) = await house.ComplaintAsync("<script>alert(1)</script> 我沒有");
        using var staff = await house.OperatorAsync();
        var page = (await staff.GetAsync(DeskUrls.Complaint(number.ToLowerInvariant()))).ShouldBe(HttpStatusCode.OK);
        Assert.Equal("<script>alert(1)</script> 我沒有", page.Single(".words").TextContent);
        Assert.DoesNotContain(citizen.ToString(), page.Text, StringComparison.OrdinalIgnoreCase);

        var opened = Assert.Single(await house.EventsAsync(citizen, EventKinds.ComplaintOpened));
        Assert.StartsWith("operator:", opened.Actor, StringComparison.Ordinal);
        Assert.Contains("to-answer", opened.Details!, StringComparison.Ordinal);
        using var herself = TrustedCookie.SignedIn(house.Portal, citizen);
        Assert.Contains(
            $"看了您的申訴 {number}",
            (await herself.GetAsync(HistoryUrls.Page)).Words,
            StringComparison.Ordinal
        );
        (await staff.GetAsync(DeskUrls.Complaint("C-20260101-AAAA-AAAA"))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Answer_ReadOnceMore_GoesOutOnce_AndSheIsToldWithoutItsWords()
    {
        var (citizen, number) = await house.ComplaintAsync();
        using var staff = await house.OperatorAsync();
        await staff.GetAsync(DeskUrls.Complaint(number));
        var check = (await staff.SubmitAsync("answer", ("answer", Answer))).ShouldBe(HttpStatusCode.OK);
        Assert.Equal(Answer, check.Single("#answer-check .words").TextContent);
        Assert.Empty(await house.EventsAsync(citizen, EventKinds.ComplaintAnswered));

        var sent = await staff.PressAsync("送出並結案");
        Assert.Contains($"已回覆申訴 {number}", sent.ShouldBeAt(DeskUrls.Complaints).Words, StringComparison.Ordinal);
        var again = await staff.SubmitAsync(check, "answer-check", ("step", "send"));
        Assert.Contains("沒有送出", again.Words, StringComparison.Ordinal);
        Assert.Single(await house.EventsAsync(citizen, EventKinds.ComplaintOpened));
        Assert.Single(await house.EventsAsync(citizen, EventKinds.ComplaintAnswered));

        var notice = Assert.Single(await house.NoticesAsync(citizen), n => n.Kind == NoticeKinds.ComplaintAnswered);
        Assert.Equal(number, notice["number"]);
        using var herself = TrustedCookie.SignedIn(house.Portal, citizen);
        var hers = await herself.GetAsync(HistoryUrls.Complaint(number));
        Assert.Equal(Answer, hers.Html.QuerySelectorAll(".her-words").Last().TextContent);
        Assert.Contains("已回覆", hers.Words, StringComparison.Ordinal);
        Assert.Contains(number, (await staff.GetAsync(DeskUrls.Answered)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_TwentyTimesAtOnce_IsOne()
    {
        var (citizen, number) = await house.ComplaintAsync();
        var request = new AnswerRequest
        {
            Number = number,
            StaffId = Guid.NewGuid(),
            Answer = Answer,
        };
        var stop = TestContext.Current.CancellationToken;
        var codes = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => house.Get<ComplaintDesk>().AnswerAsync(request, stop))
        );
        Assert.Single(codes, "ok");
        Assert.Equal(19, codes.Count(code => code == ComplaintDesk.Settled));
        Assert.Single(await house.EventsAsync(citizen, EventKinds.ComplaintAnswered));
        Assert.Single(await house.NoticesAsync(citizen), n => n.Kind == NoticeKinds.ComplaintAnswered);
    }

    [Fact]
    public async Task Answer_AtRest_IsSealed_AndLateNoMore()
    {
        var (citizen, number) = await house.ComplaintAsync();
        await house.MakeLateAsync(number, days: 1);
        var stop = TestContext.Current.CancellationToken;
        Assert.True((await house.Get<Complaints>().FindAsync(citizen, number, stop))!.Overdue);
        var request = new AnswerRequest
        {
            Number = number,
            StaffId = Guid.NewGuid(),
            Answer = Answer,
        };
        Assert.Equal("ok", await house.Get<ComplaintDesk>().AnswerAsync(request, stop));
        var row = await house.Portal.ReadAsync(db => db.Set<Complaint>().SingleAsync(c => c.Number == number));
        Assert.True(row.Answer.AsSpan().IndexOf(Encoding.UTF8.GetBytes("我們查過了")) < 0);
        Assert.False((await house.Get<Complaints>().FindAsync(citizen, number, stop))!.Overdue);
        Assert.DoesNotContain("查過", request.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_EmptyOrTooLong_IsSaidAtTheFieldAndKept()
    {
        var (citizen, number) = await house.ComplaintAsync();
        using var staff = await house.OperatorAsync();
        await staff.GetAsync(DeskUrls.Complaint(number));
        var empty = await staff.SubmitAsync("answer", ("answer", "  "));
        Assert.NotNull(empty.ShouldBe(HttpStatusCode.UnprocessableEntity).Single("#answer-text[aria-invalid=true]"));
        var typed = new string('字', ComplaintDesk.LongestAnswer + 1);
        var tooLong = await staff.SubmitAsync("answer", ("answer", typed));
        Assert.Equal("\n" + typed, "\n" + tooLong.Single("#answer-text").TextContent);
        Assert.Empty(await house.EventsAsync(citizen, EventKinds.ComplaintAnswered));
    }

    [Fact]
    public async Task Answer_WithoutTheFormsToken_IsRefused()
    {
        var (citizen, number) = await house.ComplaintAsync();
        using var staff = await house.OperatorAsync();
        var refused = await staff.PostWithTokenAsync(
            DeskUrls.Complaint(number),
            null,
            ("answer", "x"),
            ("step", "send")
        );
        refused.ShouldBe(HttpStatusCode.BadRequest);
        Assert.Empty(await house.EventsAsync(citizen, EventKinds.ComplaintAnswered));
    }
}
