using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// What the C2SP text formats share: lines that end in a newline, decimals without leading zeros, base64 of RFC 4648 §4. Each value has
/// one spelling only: padding left out, white space and set bits behind the last byte are refused.
/// </summary>
internal static class LogText
{
    private const int MaxDigits = 19;

    /// <summary>Takes the text up to the next newline off the front; false where no newline is left.</summary>
    public static bool TryLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf((byte)'\n');
        line = end < 0 ? default : rest[..end];
        rest = end < 0 ? rest : rest[(end + 1)..];
        return end >= 0;
    }

    /// <summary>A decimal from 0 to 2^63 − 1, ASCII digits only.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > MaxDigits || (text[0] == '0' && text.Length > 1))
            return false;
        ulong sum = 0;
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            sum = sum * 10 + (ulong)(digit - '0');
        }
        value = (long)sum;
        return sum <= long.MaxValue;
    }

    /// <summary>Null where the text is not the one spelling of some bytes.</summary>
    public static byte[]? TryBase64(ReadOnlySpan<byte> text)
    {
        if (text.Length % 4 != 0)
            return null;
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
            return null;
        Array.Resize(ref bytes, written);
        // The framework skips white space, and bits that no byte holds.
        Span<byte> again = text.Length <= 512 ? stackalloc byte[text.Length] : new byte[text.Length];
        var same = Base64.EncodeToUtf8(bytes, again, out _, out var length) == System.Buffers.OperationStatus.Done;
        return same && again[..length].SequenceEqual(text) ? bytes : null;
    }

    /// <summary>Exactly one SHA-256 value, or false.</summary>
    public static bool TryHash(ReadOnlySpan<byte> text, Span<byte> hash)
    {
        if (TryBase64(text) is not { Length: Merkle.HashSize } bytes)
            return false;
        bytes.CopyTo(hash);
        return true;
    }

    public static StringBuilder AppendHashes(this StringBuilder text, ReadOnlySpan<byte> hashes)
    {
        for (; !hashes.IsEmpty; hashes = hashes[Merkle.HashSize..])
            text.Append(Convert.ToBase64String(hashes[..Merkle.HashSize])).Append('\n');
        return text;
    }

    public static string Decimal(long value) => value.ToString(CultureInfo.InvariantCulture);
}
