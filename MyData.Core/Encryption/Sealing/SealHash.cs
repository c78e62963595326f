using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Encryption;

/// <summary>Computes the seal digest while the cipher text passes by, in any number of pieces.</summary>
internal sealed class SealHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string _tag;

    public SealHash(string protectedText, string iv, string tag)
    {
        _tag = tag;
        _hash.AppendData(Encoding.ASCII.GetBytes($"{protectedText}.{iv}."));
    }

    public void Append(ReadOnlySpan<byte> cipherText) => _hash.AppendData(cipherText);

    public SealDigest Finish()
    {
        _hash.AppendData(Encoding.ASCII.GetBytes($".{_tag}"));
        return new SealDigest(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();
}
