using System.Security.Cryptography;

namespace MyData.Core.Wire;

/// <summary>A plain package in memory: every buffer that held a part of it is wiped, those that it outgrew too.</summary>
/// <param name="announced">The bytes that are announced, already held to the limit; null where nothing is.</param>
internal sealed class PlainBytes(long? announced) : IDisposable
{
    private const int Unannounced = 128 * 1024;
    private byte[] _bytes = Buffer((int?)announced + 1 ?? Unannounced);
    private int _length;

    public ReadOnlyMemory<byte> Content => _bytes.AsMemory(0, _length);

    /// <summary>Takes everything that the source gives; the source keeps to a limit.</summary>
    public async Task ReadAsync(Stream source, CancellationToken token)
    {
        for (var read = -1; read != 0; _length += read)
        {
            if (_length == _bytes.Length)
                Grow();
            read = await source.ReadAsync(_bytes.AsMemory(_length), token);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private void Grow()
    {
        var outgrown = _bytes;
        _bytes = Buffer(outgrown.Length * 2);
        outgrown.CopyTo(_bytes, 0);
        CryptographicOperations.ZeroMemory(outgrown);
    }

    // Pinned: the collector would leave a copy behind where it moves an array.
    private static byte[] Buffer(int size) => GC.AllocateUninitializedArray<byte>(size, pinned: true);
}
