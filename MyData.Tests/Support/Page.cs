using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace MyData.Tests.Support;

/// <summary>An answer as a citizen without script gets it, after its redirects.</summary>
public sealed class Page
{
    private readonly Lazy<IHtmlDocument> _document;

    internal Page(HttpResponseMessage response, byte[] bytes, IReadOnlyList<Uri> via)
    {
        Status = response.StatusCode;
        Url = response.RequestMessage!.RequestUri!;
        Headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        Bytes = bytes;
        Via = via;
        _document = new(() => new HtmlParser().ParseDocument(Text));
    }

    public HttpStatusCode Status { get; }
    public Uri Url { get; }
    public string Path => Url.AbsolutePath;

    /// <summary>The addresses that redirected here, in order.</summary>
    public IReadOnlyList<Uri> Via { get; }

    /// <summary>Headers of answer and content, several values joined by a comma.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    public byte[] Bytes { get; }

    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    public IHtmlDocument Html => _document.Value;

    public string Heading => Flat(Html.QuerySelector("h1")?.TextContent);

    /// <summary>What is read out at once: the error summary, or an empty text.</summary>
    public string Alert => Flat(Html.QuerySelector("[role=alert]")?.TextContent);

    /// <summary>The visible words of the main part, white space folded.</summary>
    public string Words => Flat((Html.QuerySelector("main") ?? (IElement?)Html.Body)?.TextContent);

    public IElement Single(string selector) =>
        Html.QuerySelectorAll(selector) is [var only] ? only : throw Missing($"one '{selector}'");

    public IReadOnlyList<string> Texts(string selector) =>
        [.. Html.QuerySelectorAll(selector).Select(element => Flat(element.TextContent))];

    public IHtmlAnchorElement Link(string text) =>
        Html.QuerySelectorAll<IHtmlAnchorElement>("a[href]").FirstOrDefault(a => Names(a, text))
        ?? throw Missing($"a link '{text}'");

    /// <summary>A form by its id, its name or the path that it posts to.</summary>
    public IHtmlFormElement Form(string name) =>
        Html.Forms.FirstOrDefault(form =>
            form.Id == name || form.Name == name || form.GetAttribute("action")?.Split('?')[0] == name
        ) ?? throw Missing($"a form '{name}'");

    public IElement Button(string text) =>
        Html.QuerySelectorAll("form button, form input[type=submit]").FirstOrDefault(b => Names(b, text))
        ?? throw Missing($"a button '{text}'");

    public Page ShouldBe(HttpStatusCode status) => Status == status ? this : throw Missing($"{(int)status}");

    public Page ShouldBeAt(string path) => Path == path ? this : throw Missing($"the page {path}");

    private static bool Names(IElement element, string text) =>
        Flat(element.TextContent) == text
        || element.GetAttribute("aria-label") == text
        || element.GetAttribute("value") == text;

    private static string Flat(string? text) =>
        string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private Xunit.Sdk.XunitException Missing(string what) =>
        new($"Expected {what}; got {(int)Status} {Url}\n{(Words.Length > 1500 ? Words[..1500] : Words)}");
}
