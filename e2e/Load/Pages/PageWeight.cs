using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MyData.Load.Browsing;

namespace MyData.Load.Pages;

/// <summary>A page with everything that it loads, and the bytes of each as they came: headers, and bodies still compressed.</summary>
public sealed partial class PageWeight(HttpClient client, Uri portal)
{
    private readonly Dictionary<Uri, long> _loaded = [];

    /// <exception cref="LoadException">The page, or something that it loads, is not there.</exception>
    public static async Task<IReadOnlyDictionary<Uri, long>> OfAsync(
        HttpClient client,
        Uri portal,
        string path,
        CancellationToken token
    )
    {
        var weight = new PageWeight(client, portal);
        await weight.LoadAsync(new Uri(portal, path), token);
        return weight._loaded;
    }

    private async Task LoadAsync(Uri url, CancellationToken token)
    {
        if (!_loaded.TryAdd(url, 0))
            return;
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("Accept", "*/*");
        request.Headers.Add("Accept-Encoding", "gzip, br");
        request.Headers.Add("Accept-Language", "zh-TW");
        using var response = await client.SendAsync(request, token);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new LoadException($"{(int)response.StatusCode} at {url.PathAndQuery}");
        var body = await response.Content.ReadAsByteArrayAsync(token);
        _loaded[url] = HeaderBytes(response) + body.Length;
        foreach (var next in Mentioned(response, body))
            await LoadAsync(new Uri(url, next), token);
    }

    private static long HeaderBytes(HttpResponseMessage response) =>
        response
            .Headers.Concat(response.Content.Headers)
            .Sum(header => header.Value.Sum(value => header.Key.Length + value.Length + 4L));

    /// <summary>What this file makes a browser load: addresses on this portal, as they are written there.</summary>
    private IEnumerable<string> Mentioned(HttpResponseMessage response, byte[] body)
    {
        var links = response.Content.Headers.ContentType?.MediaType switch
        {
            "text/html" => Html(Text(response, body)),
            "text/css" => Styles().Matches(Text(response, body)).Select(match => match.Groups["url"].Value),
            "text/javascript" => Modules().Matches(Text(response, body)).Select(match => match.Groups["url"].Value),
            _ => [],
        };
        return links.Where(link =>
            !link.StartsWith("data:", StringComparison.Ordinal) && new Uri(portal, link).Authority == portal.Authority
        );
    }

    private static IEnumerable<string> Html(string html) =>
        Tags()
            .Matches(html)
            .Where(tag => tag.Groups["name"].Value != "link" || Loads().IsMatch(tag.Value))
            .Select(tag => WebUtility.HtmlDecode(tag.Groups["url"].Value))
            // Addresses in a page are relative to its <base href="/">.
            .Select(url => url.Contains("//", StringComparison.Ordinal) || url is ['/', ..] ? url : "/" + url);

    private static string Text(HttpResponseMessage response, byte[] body)
    {
        using var bytes = new MemoryStream(body);
        using Stream plain = response.Content.Headers.ContentEncoding.FirstOrDefault() switch
        {
            "br" => new BrotliStream(bytes, CompressionMode.Decompress),
            "gzip" => new GZipStream(bytes, CompressionMode.Decompress),
            _ => bytes,
        };
        using var reader = new StreamReader(plain, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("<(?<name>link|script|img)\\b[^>]*?\\b(?:href|src)=\"(?<url>[^\"]+)\"[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("rel=\"(?:stylesheet|icon|manifest|modulepreload|preload)\"")]
    private static partial Regex Loads();

    [GeneratedRegex("(?:@import\\s+|url\\()\\s*[\"']?(?<url>[^\"')]+)")]
    private static partial Regex Styles();

    [GeneratedRegex("^\\s*(?:import|export)\\b[^;]*?[\"'](?<url>\\.{0,2}/[^\"']+)[\"'];?\\s*$", RegexOptions.Multiline)]
    private static partial Regex Modules();
}
