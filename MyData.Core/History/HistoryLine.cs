using System.Text.Json;
using MyData.Core.Events;

namespace MyData.Core.History;

/// <summary>One event about her, as facts. The words are made where it is shown.</summary>
public sealed record HistoryLine
{
    public required long Id { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="EventKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Who did it: <c>citizen</c>, <c>agent</c>, <c>platform</c>, <c>provider:{id}</c>, <c>operator:{id}</c>.</summary>
    public required string Actor { get; init; }
    public string? DataSetId { get; init; }
    public Guid? ConsentId { get; init; }
    public Guid? TransferId { get; init; }

    /// <summary>The purpose code of the consent that it came of, such as <c>own-use</c>.</summary>
    public string? Purpose { get; init; }

    /// <summary>The stable code: <c>ok</c>, or what the refusal or failure was.</summary>
    public required string Code { get; init; }

    /// <summary>The further facts of the event, their top level.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Details { get; init; }

    public HistoryTopic Topic => HistoryKinds.TopicOf(Kind);

    public HistoryResult Result => HistoryKinds.ResultOf(Kind, Code);

    /// <summary>A fact as text; null where it is missing.</summary>
    public string? Detail(string name) =>
        Details.TryGetValue(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value.ToString() : null;

    internal static HistoryLine Of(Event happened) =>
        new()
        {
            Id = happened.Id,
            At = happened.At,
            Kind = happened.Kind,
            Actor = happened.Actor,
            DataSetId = happened.DataSetId,
            ConsentId = happened.ConsentId,
            TransferId = happened.TransferId,
            Purpose = happened.Purpose,
            Code = happened.Code,
            Details = Read(happened.Details),
        };

    private static Dictionary<string, JsonElement> Read(string? json)
    {
        if (json is null)
            return [];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Clone());
    }
}

/// <summary>What stands together: what came of one consent, or of one fetch by a standing one, or a single line.</summary>
/// <param name="ConsentId">Null for a single line.</param>
/// <param name="Lines">In the order in which they happened; at least one.</param>
/// <param name="More">Lines of the consent that are too many to show: the export has them.</param>
public sealed record HistoryEntry(Guid? ConsentId, IReadOnlyList<HistoryLine> Lines, int More = 0);

/// <summary>A page of the history.</summary>
/// <param name="Entries">At most twenty.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record HistoryPage(IReadOnlyList<HistoryEntry> Entries, long? Next);
