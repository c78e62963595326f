namespace MyData.Core.Encryption;

/// <summary>A stream behind one buffer of fixed size, which refuses to give more than a limit.</summary>
internal sealed class LimitedSource(Stream input, long maxBytes, Memory<byte> buffer)
{
    private int _filled;
    private long _total;

    public ReadOnlyMemory<byte> Filled => buffer[.._filled];
    public bool Ended { get; private set; }

    /// <summary>Reads until the buffer is full or the stream has ended.</summary>
    /// <exception cref="EncryptionException"><c>seal.too_large</c></exception>
    public async ValueTask Fill(CancellationToken ct)
    {
        while (!Ended && _filled < buffer.Length)
        {
            var read = await input.ReadAsync(buffer[_filled..], ct);
            Ended = read == 0;
            _filled += read;
            _total += read;
            if (_total > maxBytes)
                throw new EncryptionException("seal.too_large", $"The package has more than {maxBytes} bytes.");
        }
    }

    /// <summary>Forgets the first bytes and moves the rest to the front.</summary>
    public void Drop(int count)
    {
        buffer[count.._filled].CopyTo(buffer);
        _filled -= count;
    }
}
