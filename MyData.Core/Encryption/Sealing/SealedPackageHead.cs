using System.Text;
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
    /// <c>seal.shape</c>, <c>seal.too_large</c>, <c>seal.header</c>, <c>jose.alg_refused</c>, <c>jose.enc_refused</c>,
    /// <c>jose.zip_refused</c>, <c>jose.crit_refused</c>, <c>jose.key_refused</c>, <c>jose.format</c>
    /// </exception>
    public static SealedPackageHead? TryParse(ReadOnlySpan<byte> package)
    {
        if (!package.IsEmpty && package[0] != '{')
            throw new EncryptionException("seal.shape", "A sealed package is a JSON object.");
        var start = package[..Math.Min(package.Length, SealNames.MaxHeadBytes)];
        // A quote inside a string is escaped, so the mark stands in none; inside a nested object it leaves a head that does not parse.
        var mark = start.IndexOf(Mark);
        if (mark > 0)
            return SealedHeadParser.Parse(start[..(mark + Mark.Length)].ToArray());
        if (package.Length >= SealNames.MaxHeadBytes)
            throw new EncryptionException("seal.too_large", "The head of a sealed package has 64 KiB at most.");
        return null;
    }

    /// <summary>
    /// The same package as one further recipient gets it: protected header, iv, cipher text and tag as they are, and her entry alone.
    /// </summary>
    /// <param name="head">as <see cref="Raw"/></param>
    /// <param name="entry">one entry of <c>recipients</c>, JSON</param>
    /// <exception cref="EncryptionException">as <see cref="TryParse"/>: the entry is not of the shape of protocols.md A4</exception>
    public static SealedPackageHead ForRecipient(string head, string entry)
    {
        var known = TryParse(Encoding.UTF8.GetBytes(head)) ?? throw Cut();
        // Parsed and written again, so that nothing else than an entry can stand between the brackets.
        var own = JsonSerializer.SerializeToUtf8Bytes(
            StrictJson.ParseObject(Encoding.UTF8.GetBytes(entry), "seal.shape"),
            StrictJson.Plain
        );
        var raw = SealedHeadWriter.Write(
            known.ProtectedText,
            [(byte)'[', .. own, (byte)']'],
            Base64UrlText.Decode(known.Iv),
            Base64UrlText.Decode(known.Tag)
        );
        return TryParse(raw) ?? throw Cut();
    }

    private static EncryptionException Cut() => new("seal.shape", "The head is not whole.");

    private static ReadOnlySpan<byte> Mark => ",\"ciphertext\":\""u8;
}
