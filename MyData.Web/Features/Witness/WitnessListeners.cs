using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MyData.Core.Ledger;
using MyData.Core.Witnessing;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Witness;

/// <summary>
/// The addresses of a witness. Each has its own number of connections, taken before TLS and before a byte is read: however many idle
/// ones strangers hold where everybody reads, a log finds its place where logs add.
/// </summary>
internal static class WitnessListeners
{
    /// <summary>How long a connection may be without a request, its first one too.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Headers = TimeSpan.FromSeconds(10);

    /// <summary>Bytes a second of a body, after five seconds.</summary>
    private static readonly MinDataRate SlowestBody = new(4096, TimeSpan.FromSeconds(5));

    /// <summary>Of a whole request: where everybody reads; where a log adds, whose site may have to be read for it.</summary>
    public static readonly TimeSpan Reading = TimeSpan.FromSeconds(20);

    /// <inheritdoc cref="Reading"/>
    public static readonly TimeSpan Adding = TimeSpan.FromMinutes(2);

    public static void AddListeners(this WebApplicationBuilder builder, WitnessSettings settings)
    {
        string[] addresses = [.. new[] { settings.Listen, settings.AddListen }.Where(address => address.Length > 0)];
        if (addresses.Length > 0)
            builder.WebHost.UseUrls(addresses);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AddEntries.HeadSize + AddEntries.MaxCheckpoint;
            kestrel.Limits.KeepAliveTimeout = Idle;
            kestrel.Limits.RequestHeadersTimeout = Headers;
            kestrel.Limits.MinRequestBodyDataRate = SlowestBody;
            kestrel.ConfigureEndpointDefaults(listen => Guard(listen, settings));
        });
        builder.Services.AddRequestTimeouts(options =>
            options.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = Reading,
                TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            }
        );
    }

    private static void Guard(ListenOptions listen, WitnessSettings settings)
    {
        var apart = settings.AddListen.Length > 0;
        var adds = !apart || IsAt(listen.IPEndPoint, settings.AddListen);
        var door = new WitnessDoor(
            !apart ? WitnessSide.Reading | WitnessSide.Adding
            : adds ? WitnessSide.Adding
            : WitnessSide.Reading
        );
        var limits = settings.Limits;
        var isPublic = door.Side.HasFlag(WitnessSide.Reading);
        var cap = new ConnectionCap(limits.Connections, isPublic ? limits.ConnectionsOfNetwork : limits.Connections);
        listen.Use(next =>
            connection =>
            {
                connection.Features.Set(door);
                return cap.RunAsync(connection, next);
            }
        );
    }

    // Two addresses may have one port on two networks.
    private static bool IsAt(IPEndPoint? end, string address)
    {
        var url = BindingAddress.Parse(address);
        if (end is null || end.Port != url.Port)
            return false;
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip))
            return ip.Equals(end.Address);
        return url.Host != "localhost" || IPAddress.IsLoopback(end.Address);
    }
}

/// <summary>Lets so many connections through at once, in all and of one network, and hangs up on the others.</summary>
internal sealed class ConnectionCap(int most, int mostOfNetwork)
{
    private readonly NetworkPlaces _places = new(most, mostOfNetwork);

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var from = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (!_places.Enter(from))
        {
            connection.Abort(new ConnectionAbortedException("Too many connections."));
            return;
        }
        try
        {
            await next(connection);
        }
        finally
        {
            _places.Leave(from);
        }
    }
}
