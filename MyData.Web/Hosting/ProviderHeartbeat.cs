using System.Net;
using MyData.Core.Catalog;

namespace MyData.Web.Hosting;

/// <summary>The heartbeat over HTTP: a bare GET, of whose answer only the head is read.</summary>
public sealed class ProviderHeartbeat(IHttpClientFactory clients) : IProviderHeartbeat
{
    public const string Client = "heartbeat";

    public static SocketsHttpHandler Handler() =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseDrainSize = 0,
        };

    public async Task<HeartbeatAnswer> AskAsync(Uri heartbeat, CancellationToken token)
    {
        using var client = clients.CreateClient(Client);
        using var response = await client.GetAsync(heartbeat, HttpCompletionOption.ResponseHeadersRead, token);
        return new HeartbeatAnswer((int)response.StatusCode, response.Headers.RetryAfter?.Delta);
    }
}
