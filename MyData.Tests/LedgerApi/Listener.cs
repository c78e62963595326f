using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MyData.Tests.LedgerApi;

/// <summary>Keeps the head of what is sent to it, byte for byte, and says <c>{}</c>.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    public string Url { get; private set; } = "";

    public string Head { get; private set; } = "";

    public int Requests { get; private set; }

    public static Task<Listener> StartAsync()
    {
        var one = new Listener();
        one._listener.Start();
        one.Url = $"http://127.0.0.1:{((IPEndPoint)one._listener.LocalEndpoint).Port}";
        one._work = one.RunAsync();
        return Task.FromResult(one);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _work;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            for (; ; )
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var buffer = new byte[16 * 1024];
                var text = new StringBuilder();
                while (!text.ToString().EndsWith("{}", StringComparison.Ordinal))
                {
                    var read = await client.GetStream().ReadAsync(buffer, _stop.Token);
                    if (read == 0)
                        break;
                    text.Append(Encoding.ASCII.GetString(buffer, 0, read));
                }
                (Head, Requests) = (text.ToString(), Requests + 1);
                const string answer =
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), _stop.Token);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It was told to.
        }
    }
}
