using System.Net;
using System.Net.Sockets;
using MyData.Core.Transfers;
using MyData.Web.Hosting;

namespace MyData.Tests.Catalog;

/// <summary>A heartbeat is a registered address too: it must not lead into the platform's own network (security.md D2).</summary>
public sealed class HeartbeatAddressTests
{
    [Fact]
    public async Task Ask_AddressInside_IsNeverConnectedTo()
    {
        using var inside = new TcpListener(IPAddress.Loopback, 0);
        inside.Start();
        var port = ((IPEndPoint)inside.LocalEndpoint).Port;
        using var client = new HttpClient(ProviderHeartbeat.Handler(new EgressGuard(new Nowhere())));
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.GetAsync(new Uri($"http://127.0.0.1:{port}/"), TestContext.Current.CancellationToken)
        );
        Assert.False(inside.Pending());
    }

    private sealed class Nowhere : ISandboxAddress
    {
        public bool Admits(string host, int port) => false;
    }
}
