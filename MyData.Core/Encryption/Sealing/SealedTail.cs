namespace MyData.Core.Encryption;

/// <summary>What the cipher text must look like, and what may follow it.</summary>
internal static class SealedTail
{
    public static void RequireAlphabet(ReadOnlySpan<byte> piece)
    {
        if (!Base64UrlText.IsAlphabet(piece))
            throw Refused();
    }

    /// <summary>At least one byte, and no bits behind the last.</summary>
    public static void RequireLength(long length, byte last)
    {
        if (length == 0 || !Base64UrlText.IsCanonicalEnd(length, (char)last))
            throw Refused();
    }

    /// <summary>Behind the closing quote: one brace, and nothing more.</summary>
    public static void RequireEnd(ReadOnlySpan<byte> tail)
    {
        if (tail.IsEmpty)
            throw SealedPackage.Truncated();
        if (!tail.SequenceEqual("}"u8))
            throw new EncryptionException("seal.shape", "Something follows the cipher text.");
    }

    private static EncryptionException Refused() =>
        new("seal.shape", "ciphertext is not canonical base64url, or is empty.");
}
