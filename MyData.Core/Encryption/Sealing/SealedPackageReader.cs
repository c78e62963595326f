using System.Buffers;

namespace MyData.Core.Encryption;

/// <summary>What the relay knows of a package that it passed on.</summary>
/// <param name="CipherTextLength">characters of base64url, as they stand in the package</param>
public sealed record SealedArrival(SealedPackageHead Head, SealDigest Digest, long CipherTextLength);

/// <summary>
/// The relay's view of a sealed package: it reads the head, passes the cipher text on as bytes without holding more than one chunk, and
/// computes the seal digest on the way. It holds no key, so it proves the shape only.
/// </summary>
public static class SealedPackageReader
{
    /// <summary>The size of the chunks in which a package is passed on, in characters of base64url: whole groups of four.</summary>
    public const int ChunkBytes = 512 * 1024;

    /// <param name="maxBytes">of the whole package</param>
    /// <param name="onHead">sees the head before any chunk, and may refuse by throwing</param>
    /// <param name="onChunk">gets chunks of <see cref="ChunkBytes"/>, the last one shorter; the memory is used again afterwards</param>
    /// <exception cref="EncryptionException">
    /// the codes of <see cref="SealedPackageHead.TryParse"/>, and <c>seal.truncated</c>. Chunks may have been handed out by then: the caller drops them.
    /// </exception>
    public static async Task<SealedArrival> ReadAsync(
        Stream input,
        long maxBytes,
        Func<SealedPackageHead, CancellationToken, ValueTask> onHead,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> onChunk,
        CancellationToken ct
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var source = new LimitedSource(input, maxBytes, buffer.AsMemory(0, ChunkBytes));
            await source.Fill(ct);
            var head = SealedPackageHead.TryParse(source.Filled.Span) ?? throw SealedPackage.Truncated();
            await onHead(head, ct);
            source.Drop(head.Raw.Length);
            using var hash = head.StartHash();
            var length = await PassOn(source, hash, onChunk, ct);
            return new SealedArrival(head, hash.Finish(), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The cipher text in chunks, up to the end of the package. Gives its length.</summary>
    private static async Task<long> PassOn(
        LimitedSource source,
        SealHash hash,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> onChunk,
        CancellationToken ct
    )
    {
        var length = 0L;
        var last = (byte)0;
        while (true)
        {
            await source.Fill(ct);
            var quote = source.Filled.Span.IndexOf((byte)'"');
            if (quote < 0 && source.Ended)
                throw SealedPackage.Truncated();
            var chunk = quote < 0 ? source.Filled : source.Filled[..quote];
            SealedTail.RequireAlphabet(chunk.Span);
            length += chunk.Length;
            last = chunk.IsEmpty ? last : chunk.Span[^1];
            if (quote >= 0)
                SealedTail.RequireLength(length, last);
            hash.Append(chunk.Span);
            if (!chunk.IsEmpty)
                await onChunk(chunk, ct);
            source.Drop(chunk.Length);
            if (quote >= 0)
                break;
        }
        await source.Fill(ct);
        SealedTail.RequireEnd(source.Filled.Span[1..]);
        return length;
    }
}
