using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace MyData.Tests.Support;

/// <summary>
/// One citizen at her browser with script switched off: follows links, fills in the forms that the page really offers,
/// carries cookies. What a page does not offer is sent by <see cref="PostAsync"/>, as a forger would.
/// </summary>
public sealed class CitizenDriver : IDisposable
{
    private const int MostRedirects = 15;
    private readonly HttpClient _client;
    private Page? _page;

    /// <param name="origin">The portal.</param>
    /// <param name="language">What her browser asks for.</param>
    /// <param name="from">Her own address, such as 127.0.0.5; null: whichever the system takes.</param>
    public CitizenDriver(Uri origin, string language = "zh-TW", IPAddress? from = null)
    {
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectCallback = from is null ? null : (context, token) => ConnectAsync(context, from, token),
            }
        );
        Origin = origin;
        _client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
    }

    public Uri Origin { get; }

    public CookieJar Cookies { get; } = new();

    /// <summary>The page she is looking at.</summary>
    public Page Page => _page ?? throw new InvalidOperationException("She has not opened a page yet.");

    /// <summary>Types an address of the portal.</summary>
    public Task<Page> GetAsync(string path) =>
        GoAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(Origin, path)));

    public Task<Page> FollowAsync(string linkText)
    {
        var target = At(Page.Link(linkText).GetAttribute("href")!);
        return GoAsync(() => new HttpRequestMessage(HttpMethod.Get, target));
    }

    /// <summary>Fills in and sends the form with this id, name or action; fields not named keep what the page put there.</summary>
    public Task<Page> SubmitAsync(string form, params (string Name, string Value)[] values)
    {
        var element = Page.Form(form);
        return SendFormAsync(element, FormFields.DefaultButton(element, values), values);
    }

    /// <summary>The same with the form of a page that she has kept open.</summary>
    public Task<Page> SubmitAsync(Page kept, string form, params (string Name, string Value)[] values)
    {
        _page = kept;
        return SubmitAsync(form, values);
    }

    /// <summary>Fills in the form around the button with this text, and presses it.</summary>
    public Task<Page> PressAsync(string buttonText, params (string Name, string Value)[] values)
    {
        var button = Page.Button(buttonText);
        return SendFormAsync((IHtmlFormElement)button.Closest("form")!, button, values);
    }

    /// <summary>Posts what she likes, with the antiforgery token of the page before her if it has one.</summary>
    public Task<Page> PostAsync(string path, params (string Name, string Value)[] values)
    {
        var token = _page?.Html.QuerySelector("input[name=_form]")?.GetAttribute("value");
        return PostWithTokenAsync(path, token, values);
    }

    public Task<Page> PostWithTokenAsync(string path, string? token, params (string Name, string Value)[] values)
    {
        var fields = values.Select(v => KeyValuePair.Create(v.Name, v.Value)).ToList();
        if (token is not null)
            fields.Add(KeyValuePair.Create("_form", token));
        return GoAsync(() =>
            new HttpRequestMessage(HttpMethod.Post, At(path)) { Content = new FormUrlEncodedContent(fields) }
        );
    }

    /// <summary>One request with her cookies, no redirect followed, the page before her unchanged. The caller disposes.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        request.RequestUri = request.RequestUri is { IsAbsoluteUri: true } url
            ? url
            : new Uri(Origin, request.RequestUri!.ToString());
        if (Cookies.Header(request.RequestUri) is { Length: > 0 } cookies)
            request.Headers.Add("Cookie", cookies);
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.Headers.TryGetValues("Set-Cookie", out var set))
            foreach (var header in set)
                Cookies.Take(request.RequestUri, header);
        return response;
    }

    public void Dispose() => _client.Dispose();

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        IPAddress from,
        CancellationToken token
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(context.DnsEndPoint, token);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private Uri At(string path) => new(_page?.Url ?? Origin, path);

    private Task<Page> SendFormAsync(IHtmlFormElement form, IElement? button, (string Name, string Value)[] values)
    {
        var fields = FormFields.Read(form, button, values);
        var action = button?.GetAttribute("formaction") ?? form.GetAttribute("action") ?? Page.Url.ToString();
        if (!string.Equals(form.GetAttribute("method"), "post", StringComparison.OrdinalIgnoreCase))
        {
            var query = string.Join(
                '&',
                fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}")
            );
            var target = At($"{action.Split('?')[0]}?{query}");
            return GoAsync(() => new HttpRequestMessage(HttpMethod.Get, target));
        }
        return GoAsync(() =>
            new HttpRequestMessage(HttpMethod.Post, At(action)) { Content = new FormUrlEncodedContent(fields) }
        );
    }

    private async Task<Page> GoAsync(Func<HttpRequestMessage> first)
    {
        var via = new List<Uri>();
        var request = first();
        if (request.Method != HttpMethod.Get)
        {
            request.Headers.Add("Origin", request.RequestUri!.GetLeftPart(UriPartial.Authority));
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
        }
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        while (true)
        {
            using var response = await SendAsync(request);
            if ((int)response.StatusCode is < 301 or > 308 || response.Headers.Location is not { } target)
                return _page = new Page(response, await response.Content.ReadAsByteArrayAsync(), via);
            Assert.True(via.Count < MostRedirects, $"Redirects in a circle: {string.Join(" → ", via)}");
            via.Add(request.RequestUri!);
            var again = (int)response.StatusCode is 307 or 308;
            request = again ? first() : new HttpRequestMessage(HttpMethod.Get, request.RequestUri);
            request.RequestUri = new Uri(via[^1], target);
        }
    }
}
