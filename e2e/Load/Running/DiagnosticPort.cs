using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace MyData.Load.Running;

/// <summary>
/// Asks another .NET process for a full garbage collection, as <c>dotnet-gcdump</c> does: an event session with the keyword
/// GCHeapCollect, over the runtime's diagnostic port (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md).
/// </summary>
public static class DiagnosticPort
{
    private const int HeaderBytes = 20;
    private const byte EventPipe = 0x02;
    private const byte StopTracing = 0x01;
    private const byte CollectTracing = 0x03;
    private const byte Accepted = 0x00;
    private const long GcHeapCollect = 0x80_0000;
    private static readonly byte[] Magic = "DOTNET_IPC_V1\0"u8.ToArray();

    /// <summary>Collects twice: what the first leaves to finalizers, the second frees.</summary>
    /// <param name="temporary">the process's folder of temporary files, where its socket stands</param>
    public static async Task CollectAsync(int process, string temporary, CancellationToken token)
    {
        for (var round = 0; round < 2; round++)
        {
            await CollectOnceAsync(process, temporary, token);
            // The runtime gives freed pages back to the system a moment later, and says nothing when it has.
            await Task.Delay(TimeSpan.FromSeconds(2), token);
        }
    }

    private static async Task CollectOnceAsync(int process, string temporary, CancellationToken token)
    {
        using var session = await ConnectAsync(process, temporary, token);
        await SendAsync(session, CollectTracing, Session(), token);
        var id = await AnswerAsync(session, token);
        // It is collected before the session answers; the events themselves are read only to let it end.
        var events = DrainAsync(session, token);
        using (var control = await ConnectAsync(process, temporary, token))
        {
            await SendAsync(control, StopTracing, id, token);
            await AnswerAsync(control, token);
        }
        await events;
    }

    private static async Task<Socket> ConnectAsync(int process, string temporary, CancellationToken token)
    {
        var path =
            Directory.EnumerateFiles(temporary, $"dotnet-diagnostic-{process}-*-socket").FirstOrDefault()
            ?? throw new InvalidOperationException($"Process {process} has no diagnostic port.");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
        return socket;
    }

    private static byte[] Session()
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write(16u); // buffer, MB
        writer.Write(1u); // NetTrace
        writer.Write(false); // no rundown
        writer.Write(1u); // providers
        writer.Write(GcHeapCollect);
        writer.Write(4u); // informational
        Text(writer, "Microsoft-Windows-DotNETRuntime");
        writer.Write(0u); // no filter
        return payload.ToArray();
    }

    private static void Text(BinaryWriter writer, string text)
    {
        writer.Write(text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text + '\0'));
    }

    private static async Task SendAsync(Socket socket, byte command, byte[] payload, CancellationToken token)
    {
        var message = new byte[HeaderBytes + payload.Length];
        Magic.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        message[16] = EventPipe;
        message[17] = command;
        payload.CopyTo(message, HeaderBytes);
        await socket.SendAsync(message, token);
    }

    /// <returns>the payload: the id of the session</returns>
    private static async Task<byte[]> AnswerAsync(Socket socket, CancellationToken token)
    {
        var header = await ExactlyAsync(socket, HeaderBytes, token);
        var payload = await ExactlyAsync(
            socket,
            BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - HeaderBytes,
            token
        );
        return header[17] == Accepted
            ? payload
            : throw new InvalidOperationException($"The diagnostic port refused: {Convert.ToHexString(payload)}");
    }

    private static async Task<byte[]> ExactlyAsync(Socket socket, int count, CancellationToken token)
    {
        await using var stream = new NetworkStream(socket);
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, token);
        return bytes;
    }

    private static async Task DrainAsync(Socket socket, CancellationToken token)
    {
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, token) > 0) { }
    }
}
