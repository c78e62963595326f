using AngleSharp.Dom;
using Bunit;
using MyData.Web.Ui;

namespace MyData.Tests.Ui;

public sealed class SmallPartsTests
{
    [Fact]
    public void Seal_TwelveCharacters_StandInThreeGroups()
    {
        using var context = new UiContext();
        var seal = context.Render<Seal>(p => p.Add(s => s.Value, "7QK4-9XM2-D0RT"));
        Assert.Equal(["7QK4", "9XM2", "D0RT"], seal.FindAll(".seal-code > span").Select(group => group.TextContent));
    }

    [Theory]
    [InlineData("zh-TW", "第 3 步，共 4 步")]
    [InlineData("en", "Step 3 of 4")]
    public void StepHeader_InBothLanguages_SaysWhereSheIs(string language, string words)
    {
        using var context = new UiContext(language);
        var header = context.Render<StepHeader>(p =>
            p.Add(h => h.Step, 3).Add(h => h.Of, 4).Add(h => h.Title, "Title")
        );
        Assert.Equal(words, header.Find(".step").TextContent);
        Assert.Equal(3, header.FindAll(".step-bar .on").Count);
        Assert.Equal("Title", header.Find("h1").TextContent);
    }

    [Theory]
    [InlineData(BadgeKind.Good, "badge-good")]
    [InlineData(BadgeKind.Warn, "badge-warn")]
    [InlineData(BadgeKind.Bad, "badge-bad")]
    [InlineData(BadgeKind.Soft, "badge-soft")]
    public void Badge_Kind_HasItsColours(BadgeKind kind, string css)
    {
        using var context = new UiContext();
        var badge = context.Render<Badge>(p => p.Add(b => b.Kind, kind).AddChildContent("x"));
        Assert.Contains(css, badge.Find(".badge").ClassList);
    }

    [Fact]
    public void ErrorPage_WithoutMore_SaysThatNothingWasHandedOver()
    {
        using var context = new UiContext("en");
        var page = context.Render<ErrorPage>(p => p.Add(e => e.Title, "No").Add(e => e.Code, "provider.cut"));
        Assert.Contains("Nothing was handed over", page.Find("dl").TextContent, StringComparison.Ordinal);
        Assert.Equal("provider.cut", page.Find(".code").TextContent);
        Assert.Equal("/help#provider.cut", page.FindAll(".actions a")[^1].GetAttribute("href"));
    }

    [Theory]
    [InlineData("zh-TW", "民國 115 年 3 月 2 日 07:05", "2026-03-02 07:05（UTC+8）")]
    [InlineData("en", "2 March 2026, 07:05", "ROC 115-03-02 07:05 (UTC+8)")]
    public void When_InBothCalendars_IsTheTimeInTaiwan(string language, string words, string hover)
    {
        using var context = new UiContext(language);
        var at = new DateTimeOffset(2026, 3, 1, 23, 5, 0, TimeSpan.Zero);
        var time = context.Render<When>(p => p.Add(w => w.At, at)).Find("time");
        Assert.Equal((words, hover), (time.TextContent, time.GetAttribute("title")));
        Assert.Equal(at, DateTimeOffset.Parse(time.GetAttribute("datetime")!));
    }

    [Theory]
    [InlineData(0, "at once")]
    [InlineData(5, "at once")]
    [InlineData(6, "about 10 seconds")]
    [InlineData(41, "about 50 seconds")]
    [InlineData(51, "about 1 minute")]
    [InlineData(61, "about 2 minutes")]
    [InlineData(2341, "about 40 minutes")]
    [InlineData(5401, "about 2 hours")]
    public void Waits_AnyTime_AreNeverToldShorterThanTheyAre(int seconds, string words)
    {
        using var context = new UiContext("en");
        Assert.Equal(words, Waits.Text(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void CodeText_All_NamesEachCodeWithWordsInThePagesLanguage()
    {
        using var context = new UiContext("en");
        var codes = CodeText.All().ToList();
        Assert.Contains(codes, known => known.Code == "provider.unreachable");
        Assert.All(codes, known => Assert.DoesNotContain(known.Words, letter => letter is >= '\u4e00' and <= '\u9fff'));
        Assert.Equal(codes.Count, codes.DistinctBy(known => known.Code).Count());
    }
}
