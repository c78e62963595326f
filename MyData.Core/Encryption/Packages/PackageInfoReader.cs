using System.Globalization;
using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>META-INFO/package.json (protocols.md A3).</summary>
internal static class PackageInfoReader
{
    private const string Code = "package.info";

    /// <exception cref="EncryptionException"><c>package.info</c></exception>
    public static PackageInfo Read(byte[] bytes)
    {
        var json = StrictJson.ParseObject(bytes, Code);
        if (!json.TryGetProperty("subject", out var subject) || subject.ValueKind != JsonValueKind.Object)
            throw new EncryptionException(Code, "subject is missing.");
        var hash = new SubjectHash(Text(subject, "salt"), Text(subject, "hash"));
        if (!hash.IsWellFormed)
            throw new EncryptionException(Code, "subject has a salt of 16 bytes and a SHA-256.");
        return new PackageInfo(
            Text(json, "dataset"),
            SchemaVersion(json),
            Text(json, "transfer_id"),
            hash,
            Fields(json),
            IssuedAt(json)
        );
    }

    private static int SchemaVersion(JsonElement json) =>
        json.TryGetProperty("schema_version", out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var version)
            ? version
            : throw new EncryptionException(Code, "schema_version is not a whole number.");

    private static string[] Fields(JsonElement json)
    {
        if (!json.TryGetProperty("fields", out var fields) || fields.ValueKind != JsonValueKind.Array)
            throw new EncryptionException(Code, "fields is not an array.");
        return fields
            .EnumerateArray()
            .Select(f => StrictJson.TextOf(f) ?? throw new EncryptionException(Code, "fields holds strings only."))
            .ToArray();
    }

    /// <summary>RFC 3339 with an offset, so that nobody reads it in a time zone of his own.</summary>
    private static DateTimeOffset IssuedAt(JsonElement json)
    {
        var text = Text(json, "issued_at");
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        var hasOffset = text.EndsWith('Z') || text.AsSpan().LastIndexOfAny('+', '-') > "yyyy-MM-dd".Length;
        if (
            !hasOffset
            || !DateTimeOffset.TryParseExact(
                text,
                forms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var time
            )
        )
            throw new EncryptionException(Code, "issued_at is not a time of RFC 3339.");
        return time;
    }

    private static string Text(JsonElement json, string name) =>
        StrictJson.Text(json, name, Code) ?? throw new EncryptionException(Code, $"{name} is missing.");
}
