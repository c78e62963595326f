namespace MyData.Core.History;

/// <summary>Which lines she wants to see. Everything null: all of them.</summary>
public sealed record HistoryFilter
{
    public HistoryTopic? Topic { get; init; }

    public string? DataSetId { get; init; }

    /// <summary>First day, Taipei's calendar.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day, Taipei's calendar.</summary>
    public DateOnly? To { get; init; }

    public HistoryResult? Result { get; init; }

    /// <summary>Newest first unless this is set.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Whether anything is left out.</summary>
    public bool IsNarrow => this with { OldestFirst = false } != new HistoryFilter();
}
