using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MyData.Core.Ledger;
using MyData.Web.Features.Witness;

namespace MyData.Tests.Ledger;

/// <summary>Strangers' connections where everybody reads take nothing from the logs, which add at an address of their own.</summary>
public sealed class WitnessListenerTests : IAsyncLifetime
{
    private readonly Uri _adding = new($"http://127.0.0.1:{RunningWitness.FreePort()}");
    private readonly GrowingLog _log = new GrowingLog().Grow(10);
    private RunningWitness _witness = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _witness = await RunningWitness.StartAsync(
            "witness.example/two",
            LogHouse.Log.Verifier,
            "",
            $"Witness:AddListen={_adding.GetLeftPart(UriPartial.Authority)}",
            "Witness:Limits:ConnectionsOfNetwork=1000"
        );

    public ValueTask DisposeAsync() => _witness.DisposeAsync();

    [Fact]
    public async Task Adding_WhileStrangersHoldHundredsOfConnections_IsAnsweredInTime()
    {
        var idle = new List<TcpClient>();
        try
        {
            // Half of them say nothing, half begin a request and stop.
            for (var n = 0; n < 500; n++)
            {
                var one = new TcpClient();
                idle.Add(one);
                // Those beyond the limit are hung up on, some of them while they still say hello.
                if (await ConnectAsync(one, _witness.Url) && n < 200 && n % 2 == 0)
                    await WriteAsync(one, "POST /x/tags HTTP/1.1\r\nHost: x\r\nContent-Length: 1024\r\n\r\nab");
            }
            var watch = Stopwatch.StartNew();
            Assert.Equal(HttpStatusCode.OK, await AddAsync(_adding, 0, 10));
            Assert.InRange(watch.ElapsedMilliseconds, 0, 2_000);
        }
        finally
        {
            idle.ForEach(one => one.Dispose());
        }
        Assert.Equal(HttpStatusCode.OK, (await _witness.Http.GetAsync(Below("checkpoint"), Stop)).StatusCode);
    }

    [Fact]
    public async Task Adding_WhereEverybodyReads_IsNotThere_AndReadingIsInBothPlaces()
    {
        Assert.Equal(HttpStatusCode.NotFound, await AddAsync(_witness.Url, 0, 10));
        Assert.Equal(HttpStatusCode.OK, await AddAsync(_adding, 0, 10));
        foreach (var url in (Uri[])[_witness.Url, _adding])
        {
            using var answer = await _witness.Http.GetAsync(new Uri(url, $"/{LogHouse.Origin}/checkpoint"), Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        // The name in the request is not the address that it came through.
        using var pretended = new HttpRequestMessage(HttpMethod.Post, new Uri(_witness.Url, WitnessUrls.AddEntries));
        pretended.Headers.Host = _adding.Authority;
        using var refused = await _witness.Http.SendAsync(pretended, Stop);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task Connections_BeyondThoseOfANetwork_AreClosed()
    {
        await using var witness = await RunningWitness.StartAsync(
            "witness.example/few",
            LogHouse.Log.Verifier,
            "",
            "Witness:Limits:ConnectionsOfNetwork=3"
        );
        var held = new List<TcpClient>();
        for (var n = 0; n < 3; n++)
        {
            held.Add(new TcpClient());
            await held[n].ConnectAsync(IPAddress.Loopback, witness.Url.Port, Stop);
            // It has its place when it is answered.
            await WriteAsync(held[n], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.NotEqual(0, await held[n].GetStream().ReadAsync(new byte[64], Stop));
        }
        using (var fourth = new TcpClient())
            Assert.True(!await ConnectAsync(fourth, witness.Url) || await IsClosedAsync(fourth));
        held.ForEach(one => one.Dispose());
        for (; ; )
        {
            // Its end comes to the server a moment later.
            using var next = new TcpClient();
            if (await ConnectAsync(next, witness.Url) && !await IsClosedAsync(next, ask: true))
                break;
        }
    }

    private async Task<HttpStatusCode> AddAsync(Uri to, long from, long size)
    {
        using var content = new ByteArrayContent(
            AddEntries.Write(await _log.AddAsync(from, size), _log.Bundle(from, size))
        );
        using var answer = await _witness.Http.PostAsync(new Uri(to, WitnessUrls.AddEntries), content, Stop);
        return answer.StatusCode;
    }

    private Uri Below(string asked) => new(_adding, $"/{LogHouse.Origin}/{asked}");

    private static async Task<bool> ConnectAsync(TcpClient client, Uri to)
    {
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, to.Port, Stop);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> IsClosedAsync(TcpClient client, bool ask = false)
    {
        try
        {
            if (ask)
                await WriteAsync(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            return await client.GetStream().ReadAsync(new byte[64], Stop) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task WriteAsync(TcpClient client, string text) =>
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Stop);
}
