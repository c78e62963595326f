using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Protocol;
using MyData.Load.Browsing;

namespace MyData.Load.Circuits;

/// <summary>
/// One tab that looks on: a live page with its circuit, held as Blazor's script holds it. Render batches are acknowledged
/// and thrown away.
/// </summary>
public sealed class Circuit : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TaskCompletionSource _rendered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _receiving = Task.CompletedTask;

    private Circuit(string cookies)
    {
        _socket.Options.SetRequestHeader("Cookie", cookies);
        // As browsers do: the circuit's cost includes what the server keeps to compress for it.
        _socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    public bool IsOpen => _socket.State == WebSocketState.Open && !_receiving.IsCompleted;

    /// <summary>Render batches so far.</summary>
    public int Batches { get; private set; }

    /// <summary>Opens the page and its circuit, and waits for the first render.</summary>
    /// <exception cref="LoadException">The server refused, or the circuit ended.</exception>
    public static async Task<Circuit> OpenAsync(Browser browser, string path, CancellationToken token)
    {
        var page = LivePage.Read((await browser.GetAsync(path, token)).At(path));
        var circuit = new Circuit(browser.Cookies.Header ?? "");
        try
        {
            await circuit.ConnectAsync(browser, page, token);
            return circuit;
        }
        catch
        {
            await circuit.DisposeAsync();
            throw;
        }
    }

    public Task PingAsync(CancellationToken token) => SendAsync(BlazorPack.Ping, token);

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ConnectAsync(Browser browser, LivePage page, CancellationToken token)
    {
        var socketUrl = new UriBuilder(new Uri(browser.Origin, "/_blazor"))
        {
            Scheme = "ws",
            Query = "id=" + Uri.EscapeDataString(await NegotiateAsync(browser, token)),
        };
        await _socket.ConnectAsync(socketUrl.Uri, token);
        await SendAsync(BlazorPack.Handshake, token);
        _receiving = ReceiveAsync(token);
        await SendAsync(
            BlazorPack.Write(
                new InvocationMessage(
                    "0",
                    "StartCircuit",
                    [new Uri(browser.Origin, "/").ToString(), page.Url.ToString(), "[]", page.State]
                )
            ),
            token
        );
        await SendAsync(
            BlazorPack.Write(new InvocationMessage("UpdateRootComponents", [page.Operations, page.State])),
            token
        );
        await _rendered.Task.WaitAsync(TimeSpan.FromSeconds(60), token);
    }

    private static async Task<string> NegotiateAsync(Browser browser, CancellationToken token)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(browser.Origin, "/_blazor/negotiate?negotiateVersion=1")
        );
        request.Headers.Add("Origin", browser.Origin.GetLeftPart(UriPartial.Authority));
        using var response = await browser.SendAsync(request, token);
        if (!response.IsSuccessStatusCode)
            throw new LoadException($"The circuit's negotiation was answered {(int)response.StatusCode}.");
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(token));
        return answer.RootElement.GetProperty("connectionToken").GetString()!;
    }

    private async Task ReceiveAsync(CancellationToken token)
    {
        try
        {
            var pending = new ArrayBufferWriter<byte>(4 * 1024);
            var shaken = false;
            while (true)
            {
                var part = await _socket.ReceiveAsync(pending.GetMemory(2 * 1024), token);
                if (part.MessageType == WebSocketMessageType.Close)
                    throw new LoadException($"The server closed a circuit: {_socket.CloseStatusDescription}");
                pending.Advance(part.Count);
                if (!part.EndOfMessage)
                    continue;
                shaken = await TakeAsync(pending, shaken, token);
            }
        }
        catch (Exception ended)
        {
            _rendered.TrySetException(ended);
            throw;
        }
    }

    /// <summary>Handles every complete message; keeps the beginning of the next.</summary>
    private async Task<bool> TakeAsync(ArrayBufferWriter<byte> pending, bool shaken, CancellationToken token)
    {
        var bytes = new ReadOnlySequence<byte>(pending.WrittenMemory.ToArray());
        if (!shaken)
        {
            if (bytes.PositionOf((byte)0x1e) is not { } end)
                return false;
            bytes = bytes.Slice(bytes.GetPosition(1, end));
        }
        while (BlazorPack.TryRead(ref bytes, out var message))
            await HandleAsync(message, token);
        pending.ResetWrittenCount();
        pending.Write(bytes.ToArray());
        return true;
    }

    private async Task HandleAsync(HubMessage message, CancellationToken token)
    {
        switch (message)
        {
            case InvocationMessage { Target: "JS.RenderBatch" } batch:
                Batches++;
                await SendAsync(
                    BlazorPack.Write(new InvocationMessage("OnRenderCompleted", [batch.Arguments[0], null])),
                    token
                );
                _rendered.TrySetResult();
                break;
            case InvocationMessage { Target: "JS.Error" } error:
                throw new LoadException($"The circuit failed: {error.Arguments[0]}");
            case CompletionMessage { Error: { } refused }:
                throw new LoadException($"The circuit did not start: {refused}");
            case CompletionMessage { Result: null or "" }:
                throw new LoadException("The circuit did not start.");
            case CloseMessage closed:
                throw new LoadException($"The server closed a circuit: {closed.Error}");
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        await _sending.WaitAsync(token);
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, token);
        }
        finally
        {
            _sending.Release();
        }
    }
}
