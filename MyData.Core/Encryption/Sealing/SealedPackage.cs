using System.Buffers.Text;
using System.Security.Cryptography;

namespace MyData.Core.Encryption;

/// <summary>What a recipient gets: the head, the ZIP, and the digest that names the package in receipts and ledger.</summary>
public sealed record OpenedPackage(SealedPackageHead Head, byte[] Zip, SealDigest Digest);

/// <summary>
/// The sealed package (protocols.md A4): a JWE in general JSON serialization (RFC 7516 §7.2.1) with A256GCM, its members in the order
/// protected, recipients, iv, tag, ciphertext, and a commitment to the content key in the protected header.
/// </summary>
public static class SealedPackage
{
    /// <summary>48 KiB make 64 KiB of base64url, without a remainder.</summary>
    private const int Block = 48 * 1024;

    /// <summary>Seals and writes in blocks; beyond the ZIP it needs memory for the cipher text once.</summary>
    /// <returns>the digest of what was written</returns>
    /// <exception cref="EncryptionException"><c>seal.header</c>, <c>seal.shape</c>, <c>jose.alg_refused</c>, <c>jose.key_refused</c></exception>
    public static async Task<SealDigest> SealAsync(
        ReadOnlyMemory<byte> zip,
        SealRequest request,
        Stream output,
        CancellationToken ct
    )
    {
        var (head, cipherText) = Encrypt(zip.Span, request);
        using var hash = head.StartHash();
        await output.WriteAsync(head.Raw, ct);
        var text = new byte[Base64Url.GetEncodedLength(Block)];
        for (var at = 0; at < cipherText.Length; at += Block)
        {
            var written = Base64Url.EncodeToUtf8(cipherText.AsSpan(at, Math.Min(Block, cipherText.Length - at)), text);
            hash.Append(text.AsSpan(0, written));
            await output.WriteAsync(text.AsMemory(0, written), ct);
        }
        await output.WriteAsync("\"}"u8.ToArray(), ct);
        return hash.Finish();
    }

    /// <inheritdoc cref="SealAsync"/>
    public static byte[] Seal(ReadOnlyMemory<byte> zip, SealRequest request, out SealDigest digest)
    {
        var (head, cipherText) = Encrypt(zip.Span, request);
        var start = head.Raw.Length;
        var length = Base64Url.GetEncodedLength(cipherText.Length);
        var package = GC.AllocateUninitializedArray<byte>(start + length + 2);
        head.Raw.CopyTo(package);
        Base64Url.EncodeToUtf8(cipherText, package.AsSpan(start, length));
        "\"}"u8.CopyTo(package.AsSpan(start + length));
        using var hash = head.StartHash();
        hash.Append(package.AsSpan(start, length));
        digest = hash.Finish();
        return package;
    }

    /// <summary>Opens it with a recipient's private key, found by its kid, or, where the key has none, by its algorithm.</summary>
    /// <exception cref="EncryptionException">
    /// the codes of <see cref="SealedPackageHead.TryParse"/>, then <c>seal.truncated</c>, <c>jose.recipient_missing</c>,
    /// <c>jose.decrypt</c>, <c>seal.kc_mismatch</c>
    /// </exception>
    public static OpenedPackage Open(ReadOnlyMemory<byte> json, Jwk privateKey)
    {
        var package = json.Span;
        var head = SealedPackageHead.TryParse(package) ?? throw Truncated();
        var rest = package[head.Raw.Length..];
        var length = rest.IndexOf((byte)'"');
        if (length < 0)
            throw Truncated();
        SealedTail.RequireEnd(rest[(length + 1)..]);
        var text = rest[..length];
        SealedTail.RequireAlphabet(text);
        SealedTail.RequireLength(length, length == 0 ? (byte)0 : text[^1]);
        var contentKey = ContentKey(head, privateKey);
        try
        {
            if (!KeyCommitment.Matches(head.Kc, contentKey))
                throw new EncryptionException("seal.kc_mismatch", "The content key is not the one that kc commits to.");
            var cipherText = Base64Url.DecodeFromUtf8(text);
            var aad = System.Text.Encoding.ASCII.GetBytes(head.ProtectedText);
            var iv = Base64UrlText.Decode(head.Iv);
            var tag = Base64UrlText.Decode(head.Tag);
            // In place: twenty megabytes less to hold, and no cipher text is left behind.
            using var gcm = new AesGcm(contentKey, ContentCipher.GcmTagBytes);
            gcm.Decrypt(iv, cipherText, tag, cipherText, aad);
            using var hash = head.StartHash();
            hash.Append(text);
            return new OpenedPackage(head, cipherText, hash.Finish());
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw KeyManagement.Failed(e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    internal static EncryptionException Truncated() => new("seal.truncated", "The sealed package ends too early.");

    private static (SealedPackageHead Head, byte[] CipherText) Encrypt(ReadOnlySpan<byte> zip, SealRequest request)
    {
        var contentKey = RandomNumberGenerator.GetBytes(ContentCipher.GcmKeyBytes);
        try
        {
            var protectedText = SealedHeadWriter.ProtectedText(request, KeyCommitment.Of(contentKey));
            var recipients = SealedHeadWriter.Recipients(request, contentKey);
            var iv = RandomNumberGenerator.GetBytes(ContentCipher.GcmIvBytes);
            var aad = System.Text.Encoding.ASCII.GetBytes(protectedText);
            var (cipherText, tag) = ContentCipher.Encrypt(JoseNames.A256Gcm, contentKey, iv, zip, aad);
            var raw = SealedHeadWriter.Write(protectedText, recipients, iv, tag);
            return (SealedHeadParser.Parse(raw), cipherText);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    private static byte[] ContentKey(SealedPackageHead head, Jwk key)
    {
        var alg = KeyManagement.AlgFor(key);
        var entry = head.Recipients.FirstOrDefault(r =>
            r.Alg == alg && (key.Kid is null || string.Equals(r.Kid, key.Kid, StringComparison.Ordinal))
        );
        if (entry is null)
            throw new EncryptionException("jose.recipient_missing", "The package is not sealed for this key.");
        return KeyManagement.Unwrap(alg, entry.Header, key, entry.EncryptedKey);
    }
}
