using System.Net;

namespace MyData.Core.Ledger;

/// <summary>A log's files over HTTP, as any stranger reads them.</summary>
/// <param name="http">with its limits set by the caller: time, redirects, and bytes of an answer (a full bundle has 16 MB at most)</param>
/// <param name="prefix">the log's URL prefix</param>
public sealed class LogSite(HttpClient http, Uri prefix) : ILogReader
{
    private readonly Uri _prefix = new(prefix.AbsoluteUri.TrimEnd('/') + "/");

    /// <exception cref="HttpRequestException">any answer but 200, 404 and 410</exception>
    public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct)
    {
        using var answer = await http.GetAsync(new Uri(_prefix, path), ct);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return null;
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsByteArrayAsync(ct);
    }
}
