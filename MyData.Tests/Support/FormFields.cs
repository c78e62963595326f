using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace MyData.Tests.Support;

/// <summary>What a browser sends for a form: its successful controls (HTML §4.10.21.4), with a citizen's values put in.</summary>
internal static class FormFields
{
    public static IElement? DefaultButton(IHtmlFormElement form, (string Name, string Value)[] values) =>
        Buttons(form)
            .FirstOrDefault(b =>
                values.Any(v => v.Name == b.GetAttribute("name") && v.Value == b.GetAttribute("value"))
            )
        ?? Buttons(form).FirstOrDefault();

    public static List<KeyValuePair<string, string>> Read(
        IHtmlFormElement form,
        IElement? button,
        (string Name, string Value)[] values
    )
    {
        var fields = new List<KeyValuePair<string, string>>();
        var given = values.ToLookup(v => v.Name, v => v.Value);
        var offered = new HashSet<string>();
        foreach (var control in form.Elements.Where(c => !c.HasAttribute("disabled")))
        {
            if (control.GetAttribute("name") is not { Length: > 0 } name || Buttons(form).Contains(control))
                continue;
            offered.Add(name);
            var own = given.Contains(name) ? given[name].ToList() : null;
            foreach (var value in Values(control, own))
                fields.Add(KeyValuePair.Create(name, value));
        }
        if (button?.GetAttribute("name") is { Length: > 0 } pressed)
        {
            offered.Add(pressed);
            fields.Add(KeyValuePair.Create(pressed, button.GetAttribute("value") ?? ""));
        }
        var missing = given.Select(group => group.Key).Where(name => !offered.Contains(name)).ToList();
        Assert.True(
            missing.Count == 0,
            $"The form has no field {string.Join(", ", missing)}; it has {string.Join(", ", offered)}."
        );
        return fields;
    }

    private static IEnumerable<string> Values(IElement control, List<string>? own) =>
        control switch
        {
            IHtmlInputElement { Type: "checkbox" or "radio" } box => Chosen(box, own)
                ? [box.GetAttribute("value") ?? "on"]
                : [],
            IHtmlInputElement { Type: "file" } => [],
            IHtmlInputElement input => [own?.FirstOrDefault() ?? input.GetAttribute("value") ?? ""],
            IHtmlTextAreaElement area => [own?.FirstOrDefault() ?? area.TextContent],
            IHtmlSelectElement select => own ?? [.. Selected(select)],
            _ => [],
        };

    private static bool Chosen(IHtmlInputElement box, List<string>? own) =>
        own is null ? box.HasAttribute("checked") : own.Contains(box.GetAttribute("value") ?? "on");

    private static IEnumerable<string> Selected(IHtmlSelectElement select)
    {
        var options = select.Options.ToList();
        var chosen = options.Where(o => o.HasAttribute("selected")).ToList();
        if (chosen.Count == 0 && !select.HasAttribute("multiple") && options.Count > 0)
            chosen.Add(options[0]);
        return chosen.Select(o => o.Value);
    }

    private static List<IElement> Buttons(IHtmlFormElement form) =>
        [
            .. form.Elements.Where(e =>
                e is IHtmlButtonElement && e.GetAttribute("type") is null or "submit"
                || e is IHtmlInputElement { Type: "submit" or "image" }
            ),
        ];
}
