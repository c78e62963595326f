using Bunit;
using MyData.Web.Ui;

namespace MyData.Tests.Ui;

public sealed class EnvelopeStripTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(2, "2")]
    public void Render_Progress_StandsWhereTheStyleAndAModuleFindIt(int progress, string attribute)
    {
        using var context = new UiContext();
        var strip = Render(context, progress).Find("ol");
        Assert.Equal(attribute, strip.GetAttribute("data-progress"));
        Assert.False(strip.HasAttribute("data-stopped"));
    }

    [Fact]
    public void Render_ForAScreenReader_IsAListOfNamedStopsAndWaysWithTheirState()
    {
        using var context = new UiContext("en");
        var items = Render(context, 1).FindAll("li");
        Assert.Equal(5, items.Count);
        Assert.All(items.Where((_, i) => i % 2 == 0), stop => Assert.NotNull(stop.QuerySelector("[aria-hidden=true]")));
        Assert.Contains("Registry", items[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("10:21 sealed", items[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("done", items[1].QuerySelector(".strip-done")!.TextContent);
        Assert.Equal("not yet", items[3].QuerySelector(".strip-todo")!.TextContent);
    }

    [Fact]
    public void Render_Stopped_SaysSoInPlaceOfNotYet()
    {
        using var context = new UiContext("en");
        var strip = context.Render<EnvelopeStrip>(p =>
            p.Add(s => s.FromGlyph, "R").Add(s => s.FromName, "Registry").Add(s => s.Stopped, true)
        );
        Assert.True(strip.Find("ol").HasAttribute("data-stopped"));
        Assert.Equal(["stopped", "stopped"], strip.FindAll(".strip-stopped").Select(way => way.TextContent));
    }

    private static IRenderedComponent<EnvelopeStrip> Render(UiContext context, int progress) =>
        context.Render<EnvelopeStrip>(p =>
            p.Add(s => s.FromGlyph, "R")
                .Add(s => s.FromName, "Registry")
                .Add(s => s.FirstLabel, "10:21 sealed")
                .Add(s => s.Progress, progress)
        );
}
