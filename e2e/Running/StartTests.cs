using System.Net;
using System.Net.Sockets;
using MyData.E2E.Support;

namespace MyData.E2E.Running;

/// <summary>The program as an operator runs it.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Start_AfterKill_ServesAgainOnTheSameDatabase()
    {
        await using var portal = await PortalProcess.StartAsync();
        using var citizen = portal.Visitor();
        Assert.Equal("/", (await citizen.GetAsync("/")).Path);
        await portal.RestartAsync();
        Assert.NotEmpty((await citizen.GetAsync("/")).Heading);
    }

    /// <summary>The cause stands there once, and no background service that was told to stop is called a failed one.</summary>
    [Fact]
    public async Task Start_PortTaken_NamesThatAndNothingElse()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";
        var settings = new Dictionary<string, string> { ["Kestrel:Endpoints:Other:Url"] = url };
        var (code, output) = await PortalProcess.RunAsync(settings);
        Assert.NotEqual(0, code);
        Assert.Contains($"{url}: address already in use", output, StringComparison.Ordinal);
        Assert.DoesNotContain("BackgroundService", output, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(OperationCanceledException), output, StringComparison.Ordinal);
    }
}
