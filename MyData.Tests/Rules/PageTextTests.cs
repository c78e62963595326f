using System.Reflection;
using System.Reflection.Emit;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace MyData.Tests.Rules;

/// <summary>
/// Pages hold no words of their own: every text comes from a resource file. Read from the compiled components, where a
/// literal is a string constant handed straight to the render tree.
/// </summary>
public sealed class PageTextTests
{
    private static readonly string[] Spoken =
    [
        "alt",
        "aria-description",
        "aria-label",
        "aria-roledescription",
        "aria-valuetext",
        "label",
        "placeholder",
        "title",
    ];

    private static readonly string[] SpokenParameters =
    [
        "Title",
        "Label",
        "Text",
        "Hint",
        "Placeholder",
        "Description",
    ];

    // The name of the system, the same in both languages, and the languages' own names for the switch.
    private static readonly string[] Names = ["MyData"];

    public static TheoryData<Type> Components =>
        [
            .. typeof(Program)
                .Assembly.GetTypes()
                .Where(type => type.IsAssignableTo(typeof(IComponent)) && !type.IsAbstract)
                .OrderBy(type => type.FullName, StringComparer.Ordinal),
        ];

    [Theory, MemberData(nameof(Components))]
    public void Component_Always_TakesItsWordsFromResources(Type component) =>
        Findings.None(Literals(component).Where(HasWords));

    [Fact]
    public void Literals_PageWithWordsOfItsOwn_AreFound()
    {
        var found = Literals(typeof(Wordy)).Where(HasWords);
        Assert.Equal(["Hello", "Picture of a cat", "Say it", "Close", "More"], found);
    }

    private static bool HasWords(string text) =>
        Names.Aggregate(text, (rest, name) => rest.Replace(name, "", StringComparison.Ordinal)).Any(char.IsLetter);

    private static IEnumerable<string> Literals(Type component) =>
        from type in component.GetNestedTypes(BindingFlags.NonPublic).Prepend(component)
        from method in Il.Methods(type)
        from text in Literals(Il.Steps(method))
        select text;

    private static IEnumerable<string> Literals(List<Il.Step> steps)
    {
        for (var i = 2; i < steps.Count; i++)
        {
            if (steps[i].Operand is not MethodInfo { Name: var called } method || !IsBuilder(method))
                continue;
            if (steps[i - 1] is not { Operand: string text } || steps[i - 1].Code != OpCodes.Ldstr)
                continue;
            var attribute = steps[i - 2].Operand as string;
            if (called == nameof(RenderTreeBuilder.AddMarkupContent))
                foreach (var word in InMarkup(text))
                    yield return word;
            else if (called == nameof(RenderTreeBuilder.AddContent))
                yield return text.Trim();
            else if (called == nameof(RenderTreeBuilder.AddAttribute) && Spoken.Contains(attribute))
                yield return text;
            else if (called == nameof(RenderTreeBuilder.AddComponentParameter) && SpokenParameters.Contains(attribute))
                yield return text;
        }
    }

    private static bool IsBuilder(MethodInfo method) =>
        method.DeclaringType == typeof(RenderTreeBuilder)
        || method.DeclaringType?.Name is "RuntimeHelpers" or "TypeInference";

    private static IEnumerable<string> InMarkup(string markup)
    {
        var body = new HtmlParser().ParseDocument(markup).DocumentElement;
        foreach (var node in body.Descendants())
        {
            if (node is IText && node.Parent is not IElement { LocalName: "style" or "script" })
                yield return node.TextContent.Trim();
            else if (node is IElement element)
                foreach (var spoken in element.Attributes.Where(a => Spoken.Contains(a.Name)))
                    yield return spoken.Value;
        }
    }

    private sealed class Wordy : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.AddMarkupContent(0, "<p class=\"lead\">Hello</p><p>MyData</p><img alt=\"Picture of a cat\">");
            builder.OpenElement(1, "button");
            builder.AddAttribute(2, "type", "button");
            builder.AddAttribute(3, "aria-label", "Say it");
            builder.AddContent(4, "Close");
            builder.AddContent(5, GetType().Name);
            builder.CloseElement();
            builder.AddComponentParameter(6, "Title", "More");
        }
    }
}
