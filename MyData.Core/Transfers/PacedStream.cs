namespace MyData.Core.Transfers;

/// <summary>Reads a provider's body, and stops with a code when it is too long, too quiet or too slow (security.md D7).</summary>
internal sealed class PacedStream(Stream inner, long largest, TransferSettings settings, TimeProvider time) : Stream
{
    private readonly long _start = time.GetTimestamp();
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(settings.ReadTimeout);
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, silence.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransferException(TransferCodes.TooSlow, "The provider fell silent.", late);
        }
        _read += count;
        if (_read > largest)
            throw new TransferException(TransferCodes.TooLarge, "The answer is larger than allowed.");
        var elapsed = time.GetElapsedTime(_start);
        if (count > 0 && elapsed > settings.ReadTimeout && _read < elapsed.TotalSeconds * settings.SlowestRate)
            throw new TransferException(TransferCodes.TooSlow, "The provider sends too slowly.");
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
