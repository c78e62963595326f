using System.Net;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Tests.Support;
using MyData.Web.Features.History;

namespace MyData.Tests.History;

public abstract class ComplaintPagesTests(HistoryPortal portal)
{
    [Fact]
    public async Task Complain_FromALine_GivesANumberAndItsPage()
    {
        var (id, _) = await portal.DownloadedAsync();
        using var citizen = portal.SignedIn(id);
        await citizen.GetAsync(HistoryUrls.Page);
        await citizen.FollowAsync("有疑問");
        var page = await citizen.SubmitAsync("complaint", ("choice", "too-much"), ("words", "一行\n兩行"));
        page.ShouldBe(HttpStatusCode.OK);
        Assert.Matches("^/history/complaints/C-[0-9]{8}-[0-9A-Z]{4}-[0-9A-Z]{4}$", page.Path);
        Assert.Equal("一行\n兩行", page.Single(".her-words").TextContent);
        Assert.Contains("民國", page.Words);

        var number = page.Path.Split('/')[^1];
        Assert.Contains(number, (await citizen.GetAsync(HistoryUrls.Complaints)).Words);
        (await citizen.GetAsync(HistoryUrls.Complaint(number.ToLowerInvariant()))).ShouldBe(HttpStatusCode.OK);
        Assert.Single(await portal.EventsOfAsync(id, EventKinds.ComplaintFiled));
    }

    [Fact]
    public async Task Complain_SomethingMissing_SaysSoAndKeepsWhatSheTyped()
    {
        var (id, _) = await portal.DownloadedAsync();
        using var citizen = portal.SignedIn(id);
        var line = (await portal.EventsOfAsync(id))[0].Id;
        var form = await citizen.GetAsync(HistoryUrls.Complain(line));
        Assert.Empty(form.Html.QuerySelectorAll("input[checked]"));
        var submission = form.Single("input[name=submission]").GetAttribute("value");

        var again = await citizen.SubmitAsync("complaint", ("words", "\n第一行 <i>\"</i>"));
        again.ShouldBe(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("請選一個", again.Alert);
        Assert.Equal("\n第一行 <i>\"</i>", again.Single("textarea").TextContent);
        Assert.Equal(submission, again.Single("input[name=submission]").GetAttribute("value"));
        Assert.Equal($"/history/{line}/complaint#choice-not-me", again.Single(".error-summary a").GetAttribute("href"));

        var tooLong = await citizen.SubmitAsync(
            "complaint",
            ("choice", "other"),
            ("words", new string('字', Complaints.LongestWords + 1))
        );
        Assert.NotNull(tooLong.ShouldBe(HttpStatusCode.UnprocessableEntity).Single("#words[aria-invalid=true]"));
        Assert.Empty(await portal.EventsOfAsync(id, EventKinds.ComplaintFiled));
    }

    [Fact]
    public async Task Complain_SentTwice_IsOneComplaintWithOneNumber()
    {
        var (id, _) = await portal.DownloadedAsync();
        using var citizen = portal.SignedIn(id);
        var path = HistoryUrls.Complain((await portal.EventsOfAsync(id))[0].Id);
        var submission = (await citizen.GetAsync(path)).Single("input[name=submission]").GetAttribute("value")!;
        (string, string)[] values = [("submission", submission), ("choice", "not-me"), ("words", "")];
        var first = await citizen.SubmitAsync("complaint", ("choice", "not-me"));
        await citizen.GetAsync(path);
        var second = await citizen.PostAsync(path, values);
        Assert.Equal(first.Path, second.Path);
        Assert.Single(await portal.EventsOfAsync(id, EventKinds.ComplaintFiled));
    }

    [Fact]
    public async Task Complain_WithoutTheFormsToken_IsRefused()
    {
        var (id, _) = await portal.DownloadedAsync();
        using var citizen = portal.SignedIn(id);
        var path = HistoryUrls.Complain((await portal.EventsOfAsync(id))[0].Id);
        await citizen.GetAsync(path);
        var refused = await citizen.PostWithTokenAsync(path, null, ("choice", "not-me"), ("words", ""));
        refused.ShouldBe(HttpStatusCode.BadRequest);
        Assert.Empty(await portal.EventsOfAsync(id, EventKinds.ComplaintFiled));
    }

    [Fact]
    public async Task Complain_NaughtyWords_AreShownAsText()
    {
        // Fewer complaints than a day allows, each with many strings.
        var all = Vectors.Json("blns/blns.json").EnumerateArray().Select(s => s.GetString()!);
        var fits = all.Where(s => s.Length < Complaints.LongestWords - 1).Chunk(40).ToList();
        var (id, _) = await portal.DownloadedAsync();
        using var citizen = portal.SignedIn(id);
        var path = HistoryUrls.Complain((await portal.EventsOfAsync(id))[0].Id);
        foreach (var some in fits)
        {
            var words = "x" + string.Join("\n", some);
            if (words.Length > Complaints.LongestWords)
                words = words[..Complaints.LongestWords];
            await citizen.GetAsync(path);
            var page = await citizen.SubmitAsync("complaint", ("choice", "other"), ("words", words));
            page.ShouldBe(HttpStatusCode.OK);
            var shown = page.Single(".her-words");
            Assert.Empty(shown.Children);
            Assert.Equal(Visible(words), Visible(shown.TextContent));
            Assert.All(page.Html.QuerySelectorAll("script, iframe, object"), element => Assert.Null(element));
        }
    }

    // What no page can show is not kept: control characters; and half a character becomes the sign for that.
    private static string Visible(string text) =>
        string.Concat(
                new string([
                    .. System
                        .Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text))
                        .ReplaceLineEndings("\n"),
                ]).Where(c => c is '\n' or '\t' || !char.IsControl(c))
            )
            .Trim();
}

public sealed class SqliteComplaintPagesTests(HistoryPortal portal)
    : ComplaintPagesTests(portal),
        IClassFixture<HistoryPortal>;

public sealed class PostgresComplaintPagesTests(PostgresHistoryPortal portal)
    : ComplaintPagesTests(portal),
        IClassFixture<PostgresHistoryPortal>;
