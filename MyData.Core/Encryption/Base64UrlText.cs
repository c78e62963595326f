using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace MyData.Core.Encryption;

/// <summary>
/// Base64url without padding (RFC 4648 §5, RFC 7515 §2), one spelling for each value: padding, white space, characters outside the
/// alphabet and set bits behind the last byte are refused with <c>base64url.format</c>.
/// </summary>
/// <remarks>The framework's decoder skips white space and padding, so two texts would give one value, and one signature two texts.</remarks>
public static class Base64UrlText
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);
    private static readonly SearchValues<byte> Bytes = SearchValues.Create(Encoding.ASCII.GetBytes(Alphabet));

    public static string Encode(ReadOnlySpan<byte> value) => Base64Url.EncodeToString(value);

    /// <exception cref="EncryptionException"><c>base64url.format</c></exception>
    public static byte[] Decode(ReadOnlySpan<char> text) => TryDecode(text) ?? throw Invalid();

    /// <exception cref="EncryptionException"><c>base64url.format</c></exception>
    public static byte[] Decode(ReadOnlySpan<byte> ascii)
    {
        if (!IsAlphabet(ascii) || !IsCanonicalEnd(ascii.Length, ascii.IsEmpty ? 'A' : (char)ascii[^1]))
            throw Invalid();
        return Base64Url.DecodeFromUtf8(ascii);
    }

    /// <summary>Null where the text is not canonical base64url.</summary>
    public static byte[]? TryDecode(ReadOnlySpan<char> text)
    {
        if (text.ContainsAnyExcept(Characters) || !IsCanonicalEnd(text.Length, text.IsEmpty ? 'A' : text[^1]))
            return null;
        return Base64Url.DecodeFromChars(text);
    }

    internal static bool IsAlphabet(ReadOnlySpan<byte> ascii) => !ascii.ContainsAnyExcept(Bytes);

    /// <summary>Whether a text of this length, ending in this character, carries no bits behind its last byte.</summary>
    internal static bool IsCanonicalEnd(long length, char last) =>
        (length % 4) switch
        {
            0 => true,
            2 => (Alphabet.IndexOf(last, StringComparison.Ordinal) & 0b1111) == 0,
            3 => (Alphabet.IndexOf(last, StringComparison.Ordinal) & 0b11) == 0,
            _ => false,
        };

    private static EncryptionException Invalid() => new("base64url.format", "The text is not canonical base64url.");
}
