using System.Net;
using System.Text;

namespace MyData.Load.Browsing;

/// <summary>What came back in the end, after its redirects.</summary>
public sealed record Answer(HttpStatusCode Status, Uri Url, byte[] Body)
{
    private string? _text;

    public string Text => _text ??= Encoding.UTF8.GetString(Body);

    public string Path => Url.AbsolutePath;

    public HtmlForm Form(string marker) => HtmlForm.Find(Text, marker) ?? throw Unexpected($"no form with {marker}");

    /// <summary>The JSON that a page hands its module.</summary>
    public string Block(string id)
    {
        var start = Text.IndexOf($"id=\"{id}\"", StringComparison.Ordinal);
        if (start < 0)
            throw Unexpected($"no {id}");
        // Attributes of the page's own style may stand behind it.
        var text = Text.IndexOf('>', start) + 1;
        return Text[text..Text.IndexOf("</script>", text, StringComparison.Ordinal)];
    }

    /// <exception cref="LoadException">It is another page, or an error.</exception>
    public Answer At(string path) =>
        Status == HttpStatusCode.OK && Path.StartsWith(path, StringComparison.Ordinal)
            ? this
            : throw Unexpected($"expected {path}");

    public LoadException Unexpected(string what) =>
        new($"{what}; got {(int)Status} at {Url.PathAndQuery}: {HtmlForm.Words(Text)}");
}

/// <summary>A flow did not go as it must: a lost citizen, which fails the figure.</summary>
public sealed class LoadException(string message) : Exception(message);
