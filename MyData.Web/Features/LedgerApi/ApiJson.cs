using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MyData.Core.Recording;

namespace MyData.Web.Features.LedgerApi;

/// <summary>A record in the log, as answers show it.</summary>
/// <param name="Entry">the stored bytes, which are UTF-8: their hash is the leaf</param>
/// <param name="Proof">the receipt, a c2sp.org/tlog-proof file; none where nobody waited for it</param>
public sealed record ApiRecord(int Year, long Index, string? Entry, string? Proof)
{
    public static ApiRecord Of(int year, LedgerReceipt receipt) =>
        new(
            year,
            receipt.Proof.Index,
            Encoding.UTF8.GetString(receipt.Entry),
            Encoding.UTF8.GetString(receipt.Proof.ToBytes())
        );

    public static ApiRecord Of(IntakeResult result) =>
        result.Receipt is { } receipt ? Of(result.Year, receipt) : new(result.Year, result.Index, null, null);
}

/// <summary>One record of a batch: a status of its own, and what a single answer with that status has.</summary>
public sealed record ApiItem(int Status, ApiRecord? Record, ApiProblem? Problem);

public sealed record ApiItems(IReadOnlyList<ApiItem> Results);

/// <param name="Hashes">base64, from the leaf upwards</param>
public sealed record ApiInclusion(int Year, long Index, long Size, IReadOnlyList<string> Hashes);

/// <param name="Hashes">base64 (RFC 9162 §2.1.4)</param>
public sealed record ApiConsistency(int Year, long From, long To, IReadOnlyList<string> Hashes);

/// <param name="Key">SubjectPublicKeyInfo, DER in base64</param>
public sealed record ApiKey(
    string Client,
    string Kid,
    string Algorithm,
    string Key,
    DateTimeOffset AddedAt,
    DateTimeOffset? RevokedAt
);

public sealed record ApiKeys(IReadOnlyList<ApiKey> Keys);

/// <summary>An entry and its receipt, to be checked here.</summary>
public sealed record ApiVerify
{
    public required string Entry { get; init; }
    public required string Proof { get; init; }
}

/// <param name="Witnesses">names of those whose cosignatures count</param>
public sealed record ApiVerified(string Origin, long Index, long Size, IReadOnlyList<string> Witnesses);

internal static class ApiJson
{
    /// <summary>Quotes stand as \" and not as \u0022, for those who take the JSON apart with a shell; nothing here goes into a page.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
        };
}
