using System.Text.RegularExpressions;
using MyData.Load.Browsing;

namespace MyData.Load.Counters;

/// <summary>The calls that a page's module makes, with the token of that page.</summary>
public sealed partial class Calls(Browser browser, Answer page)
{
    private readonly string _token = Token().Match(page.Text).Groups["value"].Value;

    /// <exception cref="LoadException">Anything but a success.</exception>
    public async Task<string> GetAsync(string path, CancellationToken token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(browser.Origin, path));
        using var response = await browser.SendAsync(request, token);
        return await ReadAsync(response, path, token);
    }

    public async Task<byte[]> BytesAsync(string path, CancellationToken token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(browser.Origin, path));
        using var response = await browser.SendAsync(request, token);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(token)
            : throw new LoadException($"{path} answered {(int)response.StatusCode}.");
    }

    /// <inheritdoc cref="GetAsync"/>
    public async Task<string> PostAsync(
        string path,
        CancellationToken token,
        params (string Name, string Value)[] fields
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(browser.Origin, path))
        {
            Content = new FormUrlEncodedContent(
                fields.Append(("_form", _token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))
            ),
        };
        using var response = await browser.SendAsync(request, token);
        return await ReadAsync(response, path, token);
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, string path, CancellationToken token)
    {
        var body = await response.Content.ReadAsStringAsync(token);
        return response.IsSuccessStatusCode
            ? body
            : throw new LoadException($"{path} answered {(int)response.StatusCode}: {body}");
    }

    [GeneratedRegex("name=\"_form\" value=\"(?<value>[^\"]+)\"")]
    private static partial Regex Token();
}
