using System.Buffers.Binary;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.Ledger;

/// <summary>
/// Always 64 tags of 16 bytes, and as many places of 8 bytes, big-endian, −1 for a tag that is not there: neither question nor answer tells
/// how many records somebody has. The portal and each witness answer it alike.
/// </summary>
internal static class TagQuestion
{
    /// <returns>null where it is not exactly as long as always</returns>
    public static async Task<byte[][]?> ReadAsync(HttpRequest request, CancellationToken token)
    {
        var body = new byte[LedgerRecords.TagsAtOnce * PersonTag.Size + 1];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, token);
        return length == body.Length - 1 ? [.. body[..length].Chunk(PersonTag.Size)] : null;
    }

    public static byte[] Answer(IReadOnlyList<long> places)
    {
        var answer = new byte[places.Count * sizeof(long)];
        for (var at = 0; at < places.Count; at++)
            BinaryPrimitives.WriteInt64BigEndian(answer.AsSpan(at * sizeof(long)), places[at]);
        return answer;
    }
}
