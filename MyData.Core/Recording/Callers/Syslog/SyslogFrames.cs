using System.Buffers;
using System.IO.Pipelines;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Frames of RFC 5425 §4.3: the message's length in octets, a blank, the message. What does not fit is refused where it stands; after that nobody
/// knows where the next frame begins, so the connection is over.
/// </summary>
public sealed class SyslogFrames(Stream stream, TimeSpan patience, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Octets of a message: a record of 8 kB, twice.</summary>
    public const int MaxMessage = 16 * 1024;

    /// <summary>Messages that are given out at once.</summary>
    public const int MostAtOnce = 50;

    private const int MaxDigits = 5;
    private readonly PipeReader _reader = PipeReader.Create(stream, new(bufferSize: 16 * 1024, leaveOpen: true));

    /// <summary>Those that have arrived, at least one; more is read only when this is called again. Null at the end, between two frames.</summary>
    /// <exception cref="LedgerException">
    /// <c>syslog.frame</c>: no length, or cut off; <c>syslog.too_large</c>; <c>syslog.slow</c>: a frame that was begun did not come in time
    /// </exception>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadAsync(CancellationToken token)
    {
        var messages = new List<ReadOnlyMemory<byte>>();
        CancellationTokenSource? late = null;
        try
        {
            while (true)
            {
                var read = await NextAsync(late, token);
                var rest = read.Buffer;
                while (messages.Count < MostAtOnce && TryTake(ref rest, out var message))
                    messages.Add(message);
                if (messages.Count > 0)
                {
                    _reader.AdvanceTo(rest.Start);
                    return messages;
                }
                _reader.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                    return rest.IsEmpty
                        ? null
                        : throw new LedgerException("syslog.frame", "The last frame is cut off.");
                if (!rest.IsEmpty)
                    late ??= new CancellationTokenSource(patience, time);
            }
        }
        finally
        {
            late?.Dispose();
        }
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    private async Task<ReadResult> NextAsync(CancellationTokenSource? late, CancellationToken token)
    {
        if (late is null)
            return await _reader.ReadAsync(token);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, late.Token);
        try
        {
            return await _reader.ReadAsync(both.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new LedgerException("syslog.slow", "The rest of a frame did not come in time.");
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlyMemory<byte> message)
    {
        message = default;
        var reader = new SequenceReader<byte>(buffer);
        var length = 0;
        for (var digits = 0; ; digits++)
        {
            if (!reader.TryRead(out var next))
                return false;
            if (next == ' ' && digits > 0)
                break;
            // NONZERO-DIGIT *DIGIT
            if (next is < (byte)'0' or > (byte)'9' || (digits == 0 && next == '0'))
                throw new LedgerException("syslog.frame", "A frame begins with its length and a blank.");
            length = length * 10 + (next - '0');
            if (digits >= MaxDigits || length > MaxMessage)
                throw new LedgerException("syslog.too_large", "The frame is larger than 16 KiB.");
        }
        if (reader.Remaining < length)
            return false;
        message = buffer.Slice(reader.Position, length).ToArray();
        buffer = buffer.Slice(buffer.GetPosition(length, reader.Position));
        return true;
    }
}
