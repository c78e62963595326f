using System.Net;
using MyData.Core.Transfers;

namespace MyData.Tests.Transfers;

public sealed class EgressGuardTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("203.0.113.9")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("100::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void IsPublic_SpecialAddress_No(string address) =>
        Assert.False(EgressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2404:6800:4008::1")]
    public void IsPublic_OrdinaryAddress_Yes(string address) =>
        Assert.True(EgressGuard.IsPublic(IPAddress.Parse(address)));

    /// <summary>Every way to write a loopback or private host in a URL ends at the same guard, because it judges what is resolved.</summary>
    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Connect_AnyFormOfAForbiddenHost_NeverConnects(string host)
    {
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                ConnectCallback = new EgressGuard(new NoSandbox()).ConnectAsync,
            }
        );
        if (!Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var url))
            return;
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.GetAsync(url, TestContext.Current.CancellationToken)
        );
    }

    public static TheoryData<string> Hosts()
    {
        var hosts = new TheoryData<string>();
        string[] addresses =
        [
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "192.168.0.10",
            "172.16.5.4",
            "0.0.0.0",
            "100.64.9.9",
        ];
        foreach (var address in addresses)
        {
            var b = IPAddress.Parse(address).GetAddressBytes();
            var number = ((uint)b[0] << 24) | ((uint)b[1] << 16) | ((uint)b[2] << 8) | b[3];
            string[] forms =
            [
                address,
                address + ".",
                $"{number}",
                $"0x{number:x8}",
                $"0x{b[0]:x}.0x{b[1]:x}.0x{b[2]:x}.0x{b[3]:x}",
                $"0{Convert.ToString(b[0], 8)}.0{Convert.ToString(b[1], 8)}.0{Convert.ToString(b[2], 8)}.0{Convert.ToString(b[3], 8)}",
                $"{b[0]}.{((uint)b[1] << 16) | ((uint)b[2] << 8) | b[3]}",
                $"{b[0]}.{b[1]}.{((uint)b[2] << 8) | b[3]}",
                $"[::ffff:{address}]",
                $"[0:0:0:0:0:ffff:{b[0]:x2}{b[1]:x2}:{b[2]:x2}{b[3]:x2}]",
                $"[::{address}]",
                $"[64:ff9b::{address}]",
                $"[2002:{b[0]:x2}{b[1]:x2}:{b[2]:x2}{b[3]:x2}::]",
                $"user@{address}",
                $"user:pass@{address}",
                $"example.org@{address}",
                $"{address}:80",
                $"{address}:1",
                $"{address}:6379",
                $"%31{address[1..]}",
            ];
            foreach (var form in forms)
                hosts.Add(form);
        }
        string[] names =
        [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "ip6-localhost",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "localhost:22",
        ];
        foreach (var name in names)
            hosts.Add(name);
        string[] digits = ["１２７.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1"];
        foreach (var digit in digits)
            hosts.Add(digit);
        return hosts;
    }

    private sealed class NoSandbox : ISandboxAddress
    {
        public bool Admits(string host, int port) => false;
    }
}
