using System.Net;
using System.Net.Sockets;

namespace MyData.Core.Transfers;

/// <summary>
/// Where calls to providers may connect: public addresses only, resolved once, and connected to that very address, so that
/// a name cannot change between the check and the connection. The one exception is the sandbox's own address in Development.
/// </summary>
public sealed class EgressGuard(ISandboxAddress sandbox)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken token)
    {
        var target = context.DnsEndPoint;
        var addresses = await Dns.GetHostAddressesAsync(target.Host, token);
        var admitted = sandbox.Admits(target.Host, target.Port) ? addresses : [.. addresses.Where(IsPublic)];
        if (admitted.Length == 0)
            throw new HttpRequestException(HttpRequestError.ConnectionError, "No address that may be connected to.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(admitted, target.Port, token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>False for loopback, private, link-local, carrier, documentation, multicast and reserved ranges (RFC 6890).</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? !Reserved4.Any(range => range.Contains(address))
            : Global6.Contains(address) && !Reserved6.Any(range => range.Contains(address));
    }

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Reserved6 =
    [
        IPNetwork.Parse("2001::/23"),
        IPNetwork.Parse("2001:db8::/32"),
        IPNetwork.Parse("2002::/16"),
        IPNetwork.Parse("3fff::/20"),
    ];

    private static readonly IPNetwork[] Reserved4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/3"),
    ];
}

/// <summary>Where the sandbox stands, in Development; admits nothing in Production.</summary>
public interface ISandboxAddress
{
    bool Admits(string host, int port);
}
