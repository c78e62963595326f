using System.Net;
using System.Net.Sockets;

namespace MyData.Load.Browsing;

/// <summary>
/// The way from one citizen's machine to the portal. Linux answers on all of 127/8, so each citizen has an address of her
/// own, and meets the portal's limits for each network as she would from home.
/// </summary>
public static class Network
{
    private const int Citizens = 250 * 250;

    /// <param name="citizen">which address: the same number comes from the same one again</param>
    public static HttpClient Client(int citizen)
    {
        var number = citizen % Citizens;
        var own = new IPAddress([127, 1, (byte)(number / 250), (byte)((number % 250) + 2)]);
        return new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                UseProxy = false,
                AllowAutoRedirect = false,
                ConnectCallback = (context, token) => ConnectAsync(own, context.DnsEndPoint, token),
            }
        )
        {
            Timeout = TimeSpan.FromMinutes(3),
        };
    }

    /// <exception cref="InvalidOperationException">The target is another machine: load goes to this one only.</exception>
    private static async ValueTask<Stream> ConnectAsync(IPAddress own, DnsEndPoint target, CancellationToken token)
    {
        if (target.Host != "localhost")
            throw new InvalidOperationException($"No load goes to {target.Host}.");
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(own, 0));
            await socket.ConnectAsync(IPAddress.Loopback, target.Port, token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
