using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>One entry of <c>recipients</c>: who may open the package, and the content key wrapped for it.</summary>
public sealed record SealedRecipient(string Alg, string Kid)
{
    internal JoseHeader Header { get; init; } = null!;
    internal byte[] EncryptedKey { get; init; } = [];
}

/// <summary>
/// Everything of a sealed package before its cipher text, parsed and held to the exact shape of protocols.md A4. Nothing of it is proven
/// until the package is opened.
/// </summary>
public sealed class SealedPackageHead
{
    internal SealedPackageHead(ReadOnlyMemory<byte> raw) => Raw = raw;

    /// <summary>The bytes up to and including <c>"ciphertext":"</c>; with the cipher text and <c>"}</c> they make the package again.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public required string Transfer { get; init; }
    public required string DataSet { get; init; }
    public required string Sub { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required string Kc { get; init; }
    public required IReadOnlyList<SealedRecipient> Recipients { get; init; }

    internal string ProtectedText { get; init; } = "";
    internal string Iv { get; init; } = "";
    internal string Tag { get; init; } = "";

    internal SealHash StartHash() => new(ProtectedText, Iv, Tag);

    /// <summary>Parses a head from the start of a package; bytes behind it are not looked at.</summary>
    /// <returns>null while the head is not complete</returns>
    /// <exception cref="EncryptionException">
    /// <c>seal.form</c>, <c>seal.head_too_large</c>, <c>seal.members</c>, <c>seal.protected</c>, <c>seal.typ</c>, <c>seal.name</c>,
    /// <c>seal.recipients</c>, <c>jose.…_refused</c>
    /// </exception>
    public static SealedPackageHead? TryParse(ReadOnlySpan<byte> package)
    {
        var start = package[..Math.Min(package.Length, SealNames.MaxHeadBytes)];
        var length = Length(start);
        if (length > 0)
            return SealedHeadParser.Parse(start[..length].ToArray());
        if (package.Length >= SealNames.MaxHeadBytes)
            throw new EncryptionException("seal.head_too_large", "The head of a sealed package is limited.");
        return null;
    }

    /// <summary>Where the text of <c>ciphertext</c> begins, or 0 while that is not to be seen yet.</summary>
    private static int Length(ReadOnlySpan<byte> start)
    {
        var reader = new Utf8JsonReader(start, isFinalBlock: false, new JsonReaderState(new() { MaxDepth = 8 }));
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is not JsonTokenType.StartObject)
                    throw new EncryptionException(
                        "seal.members",
                        "The sealed package is not an object with a cipher text."
                    );
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                if (!reader.ValueTextEquals("ciphertext"u8))
                    continue;
                var rest = start[(int)reader.BytesConsumed..].TrimStart(" \t\r\n"u8);
                if (rest.IsEmpty)
                    return 0;
                if (rest[0] != '"')
                    throw new EncryptionException("seal.members", "ciphertext is not a string.");
                return start.Length - rest.Length + 1;
            }
            return 0;
        }
        catch (JsonException e)
        {
            throw new EncryptionException("seal.form", "The head of the sealed package is not JSON.", e);
        }
    }
}
