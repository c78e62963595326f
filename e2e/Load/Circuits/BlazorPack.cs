using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace MyData.Load.Circuits;

/// <summary>
/// What Blazor's browser script speaks over the WebSocket. The framework's own implementation is internal, so it is made
/// by reflection; only its public interface is used.
/// </summary>
public static class BlazorPack
{
    private const string TypeName = "Microsoft.AspNetCore.Components.Server.BlazorPack.BlazorPackHubProtocol";

    private static readonly IHubProtocol Protocol = (IHubProtocol)
        Activator.CreateInstance(
            Assembly.Load("Microsoft.AspNetCore.Components.Server").GetType(TypeName, throwOnError: true)!
        )!;

    private static readonly Binder Types = new();

    /// <summary>The first message of a connection (SignalR's handshake): JSON, ended by a record separator.</summary>
    public static byte[] Handshake { get; } = "{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray();

    public static ReadOnlyMemory<byte> Ping { get; } = Write(PingMessage.Instance);

    public static ReadOnlyMemory<byte> Write(HubMessage message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Protocol.WriteMessage(message, bytes);
        return bytes.WrittenMemory;
    }

    /// <summary>Takes one message off the front of what has come; false when none is complete.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> bytes, [NotNullWhen(true)] out HubMessage? message) =>
        Protocol.TryParseMessage(ref bytes, Types, out message);

    private sealed class Binder : IInvocationBinder
    {
        public Type GetReturnType(string invocationId) => typeof(string);

        public IReadOnlyList<Type> GetParameterTypes(string methodName) =>
            methodName switch
            {
                "JS.RenderBatch" => [typeof(long), typeof(byte[])],
                "JS.AttachComponent" => [typeof(int), typeof(string)],
                "JS.EndUpdateRootComponents" => [typeof(long)],
                "JS.Error" => [typeof(string)],
                _ => [],
            };

        public Type GetStreamItemType(string streamId) => typeof(object);
    }
}
