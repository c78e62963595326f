using System.Net;

namespace MyData.Load.Browsing;

/// <summary>
/// One citizen's browser without script: her own cookies, redirects followed by hand. Style sheets, scripts and pictures
/// are in its cache already, as on any visit but the first.
/// </summary>
public sealed class Browser(HttpClient client, Uri origin)
{
    private const int MostRedirects = 15;

    public Uri Origin { get; } = origin;

    public Cookies Cookies { get; } = new();

    public Task<Answer> GetAsync(string path, CancellationToken token) =>
        GoAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(Origin, path)), token);

    public Task<Answer> SubmitAsync(
        Answer page,
        string marker,
        CancellationToken token,
        params (string Name, string Value)[] values
    )
    {
        var form = page.Form(marker);
        var target = new Uri(page.Url, form.Action);
        var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Content = new FormUrlEncodedContent(form.With(values)),
        };
        request.Headers.Add("Origin", target.GetLeftPart(UriPartial.Authority));
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        return GoAsync(request, token);
    }

    /// <summary>One request with her cookies, no redirect followed. The caller disposes.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token)
    {
        if (Cookies.Header is { } cookies)
            request.Headers.Add("Cookie", cookies);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
        Cookies.Take(response);
        return response;
    }

    private async Task<Answer> GoAsync(HttpRequestMessage first, CancellationToken token)
    {
        var request = first;
        for (var hop = 0; hop < MostRedirects; hop++)
        {
            request.Headers.Add("Accept", "text/html");
            request.Headers.Add("Accept-Language", "zh-TW");
            using var response = await SendAsync(request, token);
            var url = request.RequestUri!;
            if ((int)response.StatusCode is < 301 or > 303 || response.Headers.Location is not { } target)
                return new Answer(response.StatusCode, url, await response.Content.ReadAsByteArrayAsync(token));
            request.Dispose();
            request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, target));
        }
        throw new LoadException($"Redirects in a circle, at {request.RequestUri}");
    }
}
