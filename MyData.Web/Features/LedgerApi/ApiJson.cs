using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MyData.Core.Recording;
using MyData.Web.Features.Ledger;

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

/// <param name="Key">SubjectPublicKeyInfo, or the certificate of a system that sends syslog; DER in base64</param>
public sealed record ApiKey(
    string Client,
    string Kid,
    string Algorithm,
    string Key,
    DateTimeOffset AddedAt,
    DateTimeOffset? RevokedAt
);

public sealed record ApiKeys(IReadOnlyList<ApiKey> Keys);

/// <param name="Cursor">where to go on; none at the log's beginning</param>
/// <param name="Looked">records looked at for this page</param>
public sealed record ApiFound(IReadOnlyList<ApiRecord> Records, string? Cursor, long Looked);

/// <param name="Role">sequencer or witness</param>
/// <param name="Lag">records that it has not signed for yet</param>
/// <param name="Error">a stable code; none while it answers</param>
/// <param name="Machine">its own word on its machine; none where it says nothing</param>
public sealed record ApiNode(
    string Name,
    string Role,
    long Size,
    long Lag,
    DateTimeOffset? SignedAt,
    string? Error,
    NodeReport? Machine
);

/// <param name="State">writes, follows, away (should follow, and does not) or unknown</param>
public sealed record ApiDatabase(string Name, string State)
{
    public static ApiDatabase Of(NodeDatabase node) =>
        new(
            node.Name,
            node.State switch
            {
                NodeDatabaseState.Writes => "writes",
                NodeDatabaseState.Follows => "follows",
                NodeDatabaseState.Away => "away",
                _ => "unknown",
            }
        );
}

/// <param name="Witnessed">whether the policy asks for witnesses at all</param>
/// <param name="Databases">the PostgreSQL of each node; empty where it is one</param>
public sealed record ApiNodes(
    int Year,
    string Origin,
    long Size,
    string Root,
    DateTimeOffset? CheckpointAt,
    bool Witnessed,
    IReadOnlyList<ApiNode> Nodes,
    IReadOnlyList<ApiDatabase> Databases
);

/// <param name="Place">the file or table; none where it is about the log as a whole</param>
/// <param name="Index">of the first record concerned</param>
/// <param name="From">of what was healed, who had the right bytes</param>
/// <param name="Ours">our signed checkpoint then, a note</param>
/// <param name="Theirs">what the witness showed</param>
/// <param name="Evidence">where the bytes are that stood there, and those that belong there</param>
public sealed record ApiIncident(
    DateTimeOffset At,
    string Code,
    string Message,
    string? Witness,
    string? Place,
    long? Index,
    string? From,
    string? Ours,
    string? Theirs,
    IReadOnlyList<string> Evidence
)
{
    public static ApiIncident Of(Incident incident)
    {
        // Of a row or a file the bytes may be anything; only notes are text.
        var isNote = incident.Place is null;
        return new(
            incident.At,
            incident.Code,
            incident.Message,
            incident.Witness,
            incident.Place,
            incident.Index,
            incident.From,
            isNote ? Text(incident.Ours) : null,
            isNote ? Text(incident.Theirs) : null,
            [.. Urls(incident)]
        );
    }

    private static IEnumerable<string> Urls(Incident incident)
    {
        if (incident.Ours is not null)
            yield return LedgerUrls.Evidence(incident.Id, LedgerUrls.Ours);
        if (incident.Theirs is not null)
            yield return LedgerUrls.Evidence(incident.Id, LedgerUrls.Theirs);
    }

    private static string? Text(byte[]? note) => note is null ? null : Encoding.UTF8.GetString(note);
}

/// <param name="Cursor">where to go on; none behind the oldest</param>
public sealed record ApiIncidents(IReadOnlyList<ApiIncident> Incidents, string? Cursor);

/// <param name="Note">the signed checkpoint</param>
public sealed record ApiCheckpoint(int Year, string Origin, long Size, string Root, string Note);

/// <param name="Size">records</param>
public sealed record ApiExport(int Year, string Origin, long Size, string Url);

public sealed record ApiExports(IReadOnlyList<ApiExport> Exports);

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
