using System.Buffers;
using System.IO.Compression;

namespace MyData.Core.Encryption;

/// <summary>Unpacks one entry in pieces, and holds it to its declared size and CRC.</summary>
internal static class ZipInflate
{
    private const int Piece = 64 * 1024;

    /// <exception cref="EncryptionException"><c>package.zip_bomb</c>, <c>package.zip_format</c>, <c>package.zip_crc</c>, <c>package.zip_nested</c></exception>
    public static void Each(ZipEntry entry, ReadOnlyMemory<byte> packed, ReadOnlySpanAction take)
    {
        var content = new Content(entry, take);
        if (entry.Method == 0)
            content.Add(packed.Span);
        else
            Inflate(entry, packed, content);
        content.Finish();
    }

    private static void Inflate(ZipEntry entry, ReadOnlyMemory<byte> packed, Content content)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        using var source = new PackedStream(packed);
        using var inflate = new DeflateStream(source, CompressionMode.Decompress);
        try
        {
            for (var read = inflate.Read(buffer); read > 0; read = inflate.Read(buffer))
                content.Add(buffer.AsSpan(0, read));
        }
        catch (InvalidDataException e)
        {
            throw new EncryptionException("package.zip_format", $"{entry.Name} does not unpack.", e);
        }
        finally
        {
            // Opened data of a citizen: it does not stay behind in a shared buffer.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
        if (!source.IsUsedUp)
            throw ZipDirectory.Broken($"Something follows the packed bytes of {entry.Name}.");
    }

    public delegate void ReadOnlySpanAction(ReadOnlySpan<byte> piece);

    private sealed class Content(ZipEntry entry, ReadOnlySpanAction take)
    {
        private uint _crc;
        private long _size;

        public void Add(ReadOnlySpan<byte> piece)
        {
            // A ZIP in a ZIP can hold itself, so that unpacking never ends; packages hold data only (security.md D3).
            if (_size == 0 && piece.StartsWith("PK\x03\x04"u8))
                throw new EncryptionException("package.zip_nested", $"{entry.Name} is a ZIP itself.");
            _size += piece.Length;
            if (_size > entry.Size)
                throw new EncryptionException("package.zip_bomb", $"{entry.Name} unpacks to more than it says.");
            _crc = Crc32.Append(_crc, piece);
            take(piece);
        }

        public void Finish()
        {
            if (_size != entry.Size)
                throw ZipDirectory.Broken($"{entry.Name} unpacks to less than it says.");
            if (_crc != entry.Crc)
                throw new EncryptionException("package.zip_crc", $"The CRC of {entry.Name} is wrong.");
        }
    }

    /// <summary>
    /// Gives the last byte by itself: the inflater stops asking at the end of its data, so when it never asks for that byte, something was
    /// hidden behind the data.
    /// </summary>
    private sealed class PackedStream(ReadOnlyMemory<byte> packed) : Stream
    {
        private int _at;

        public bool IsUsedUp => _at == packed.Length;
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var left = packed.Length - _at;
            var count = Math.Min(buffer.Length, left > 1 ? left - 1 : left);
            packed.Span.Slice(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
