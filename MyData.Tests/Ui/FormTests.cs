using Bunit;
using MyData.Web.Ui;

namespace MyData.Tests.Ui;

public sealed class FormTests
{
    [Fact]
    public void Field_WithHintAndError_TiesBothToTheInputAndKeepsWhatWasTyped()
    {
        using var context = new UiContext();
        var field = context.Render<Field>(p =>
            p.Add(f => f.Name, "year")
                .Add(f => f.Label, "Year")
                .Add(f => f.Hint, "Three digits")
                .Add(f => f.Error, "Two are missing")
                .Add(f => f.Value, "<1>")
                .AddUnmatched("inputmode", "numeric")
        );
        var input = field.Find("input");
        Assert.Equal("year", field.Find("label").GetAttribute("for"));
        Assert.Equal("year-error year-hint", input.GetAttribute("aria-describedby"));
        Assert.All(input.GetAttribute("aria-describedby")!.Split(' '), id => Assert.NotNull(field.Find($"#{id}")));
        Assert.Equal(
            ("true", "<1>", "numeric"),
            (input.GetAttribute("aria-invalid"), input.GetAttribute("value"), input.GetAttribute("inputmode"))
        );
    }

    [Fact]
    public void Field_WithoutFault_IsRequiredUnlessOptional()
    {
        using var context = new UiContext("en");
        var needed = context.Render<Field>(p => p.Add(f => f.Name, "a").Add(f => f.Label, "A"));
        var free = context.Render<Field>(p =>
            p.Add(f => f.Name, "b").Add(f => f.Label, "B").Add(f => f.Optional, true)
        );
        Assert.True(needed.Find("input").HasAttribute("required"));
        Assert.False(
            needed.Find("input").HasAttribute("aria-invalid") || needed.Find("input").HasAttribute("aria-describedby")
        );
        Assert.False(free.Find("input").HasAttribute("required"));
        Assert.Contains("(optional)", free.Find("label").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorSummary_WithErrors_TakesTheFocusAndLeadsToEachField()
    {
        using var context = new UiContext(path: "/download", query: "?ds=a");
        var summary = context.Render<ErrorSummary>(p =>
            p.Add(s => s.Errors, [new FieldError("year", "Which year?"), new FieldError("id", "Which number?")])
                .Add(s => s.Code, "form.incomplete")
        );
        var box = summary.Find("[role=alert]");
        Assert.True(box.HasAttribute("autofocus") && box.GetAttribute("tabindex") == "-1");
        Assert.Equal(
            ["/download?ds=a#year", "/download?ds=a#id"],
            summary.FindAll("a").Select(a => a.GetAttribute("href"))
        );
        Assert.Equal("form.incomplete", summary.Find(".code").TextContent);
    }

    [Fact]
    public void ErrorSummary_WithoutErrors_IsNotThere()
    {
        using var context = new UiContext();
        Assert.Empty(context.Render<ErrorSummary>(p => p.Add(s => s.Errors, [])).Nodes);
    }

    [Fact]
    public void At_FieldWithAndWithoutError_GivesItsMessageOrNull()
    {
        FieldError[] errors = [new("year", "Which year?")];
        Assert.Equal("Which year?", errors.At("year"));
        Assert.Null(errors.At("id"));
    }
}
