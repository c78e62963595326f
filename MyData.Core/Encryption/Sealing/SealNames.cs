using System.Buffers;
using System.Collections.Frozen;

namespace MyData.Core.Encryption;

/// <summary>The fixed parts of a sealed package (protocols.md A4).</summary>
internal static class SealNames
{
    public const string Typ = "mydata-package+jwe";
    public const string Cty = "application/zip";
    public const int MaxRecipients = 16;

    /// <summary>Sixteen recipients with the largest RSA keys fit in.</summary>
    public const int MaxHeadBytes = 64 * 1024;

    public static FrozenSet<string> RecipientAlgs { get; } =
        new[] { JoseNames.EcdhEsA256Kw, JoseNames.RsaOaep256, JoseNames.A256Kw }.ToFrozenSet(StringComparer.Ordinal);

    public static FrozenSet<string> Enc { get; } = new[] { JoseNames.A256Gcm }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:+/=-"
    );

    public static string Name(string? value, string what)
    {
        if (value is not { Length: > 0 and <= 128 } || value.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new EncryptionException("seal.header", $"{what} {EncryptionException.Quote(value)} is not a name.");
        return value;
    }
}
