using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.LedgerApi;

/// <summary>Where tags stand, for programs: always 64 of them, so that the question does not tell how many records somebody has.</summary>
public sealed record ApiTags
{
    /// <summary>64 tags, base64url of 16 bytes each; what is short is filled up with random ones.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <exception cref="LedgerException"><c>sent.json</c>, <c>sent.tags</c>, and those of <see cref="ApiBody.ReadAsync"/></exception>
    internal static async Task<byte[][]> ReadAsync(HttpContext context)
    {
        var body = await ApiBody.ReadAsync(context, ApiBody.MaxRecord);
        IReadOnlyList<string> asked;
        try
        {
            asked = JsonSerializer.Deserialize<ApiTags>(body.Span, ApiJson.Options)?.Tags ?? throw new JsonException();
        }
        catch (JsonException wrong)
        {
            throw new LedgerException("sent.json", "The body is an object with tags.", wrong);
        }
        byte[][] tags = [.. asked.Select(Tag)];
        return tags.Length == LedgerRecords.TagsAtOnce ? tags : throw Refused();
    }

    private static byte[] Tag(string text) =>
        Base64UrlText.TryDecode(text) is { Length: PersonTag.Size } tag ? tag : throw Refused();

    private static LedgerException Refused() =>
        new("sent.tags", $"A question has {LedgerRecords.TagsAtOnce} tags of {PersonTag.Size} bytes, in base64url.");
}

/// <param name="Size">of the newest tree that this is said of</param>
/// <param name="Places">in the order of the tags; −1 for one that is not there</param>
public sealed record ApiPlaces(int Year, long Size, IReadOnlyList<long> Places);
