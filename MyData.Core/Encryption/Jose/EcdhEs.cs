using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Encryption;

/// <summary>ECDH-ES in key wrapping mode on P-256: the Concat KDF of NIST SP 800-56A §5.8.1 as RFC 7518 §4.6.2 sets it.</summary>
internal static class EcdhEs
{
    private const int KeyBits = 256;

    /// <summary>The wrapping key of 32 bytes; one round of SHA-256 gives exactly that. The caller zeroes it.</summary>
    /// <param name="apu">PartyUInfo, from the header, decoded; often empty</param>
    /// <param name="apv">PartyVInfo, likewise</param>
    public static byte[] WrappingKey(Jwk own, Jwk other, ReadOnlySpan<byte> apu, ReadOnlySpan<byte> apv)
    {
        var otherInfo = OtherInfo(JoseNames.EcdhEsA256Kw, apu, apv);
        try
        {
            return own.WithECDiffieHellman(mine =>
                other.WithECDiffieHellman(theirs =>
                {
                    using var point = theirs.PublicKey;
                    return mine.DeriveKeyFromHash(point, HashAlgorithmName.SHA256, [0, 0, 0, 1], otherInfo);
                })
            );
        }
        catch (CryptographicException e)
        {
            throw new EncryptionException("jose.decrypt", "The key agreement failed.", e);
        }
    }

    /// <summary>AlgorithmID ‖ PartyUInfo ‖ PartyVInfo ‖ SuppPubInfo, the first three each behind its length in 32 bits.</summary>
    private static byte[] OtherInfo(string algorithm, ReadOnlySpan<byte> apu, ReadOnlySpan<byte> apv)
    {
        var info = new byte[4 + algorithm.Length + 4 + apu.Length + 4 + apv.Length + 4];
        var rest = Append(info, Encoding.ASCII.GetBytes(algorithm));
        rest = Append(rest, apu);
        rest = Append(rest, apv);
        BinaryPrimitives.WriteInt32BigEndian(rest, KeyBits);
        return info;
    }

    private static Span<byte> Append(Span<byte> target, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, value.Length);
        value.CopyTo(target[4..]);
        return target[(4 + value.Length)..];
    }
}
