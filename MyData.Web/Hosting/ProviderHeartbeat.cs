using System.Net;
using MyData.Core.Catalog;
using MyData.Core.Transfers;

namespace MyData.Web.Hosting;

/// <summary>
/// The heartbeat over HTTP: a bare GET, of whose answer only the head is read. A registered address, so it connects only
/// where <see cref="EgressGuard"/> admits (security.md D2).
/// </summary>
public sealed class ProviderHeartbeat(IHttpClientFactory clients) : IProviderHeartbeat
{
    public const string Client = "heartbeat";

    public static SocketsHttpHandler Handler(EgressGuard guard) =>
        new()
        {
            AllowAutoRedirect = false,
            ConnectCallback = guard.ConnectAsync,
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
