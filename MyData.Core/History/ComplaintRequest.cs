namespace MyData.Core.History;

/// <summary>What a citizen sends in.</summary>
public sealed record ComplaintRequest
{
    public required Guid CitizenId { get; init; }

    /// <summary>The line of her history.</summary>
    public required long LineId { get; init; }

    /// <summary>Made with the form, so that sending it twice files one complaint.</summary>
    public required Guid SubmissionId { get; init; }

    /// <summary>One of <see cref="ComplaintChoices"/>; null where she chose nothing.</summary>
    public required string? Choice { get; init; }

    /// <summary>Her own words; at most <see cref="Complaints.LongestWords"/> UTF-16 units, as a browser counts.</summary>
    public required string Words { get; init; }

    // A record prints its members; her words must not reach a log.
    public override string ToString() => $"{LineId} {Choice}";
}

/// <summary>What became of it.</summary>
/// <param name="Number">Null where it was not filed.</param>
/// <param name="Code"><c>ok</c>, or why not.</param>
public sealed record ComplaintOutcome(string? Number, string Code);

/// <summary>One of her complaints, as she sees it.</summary>
public sealed record ComplaintView
{
    public required string Number { get; init; }

    /// <summary>The line that it is about.</summary>
    public required HistoryLine? Line { get; init; }

    /// <summary>One of <see cref="ComplaintChoices"/>.</summary>
    public required string Choice { get; init; }

    /// <summary>Plain text by her hand: never markup.</summary>
    public required string Words { get; init; }
    public required DateTimeOffset FiledAt { get; init; }
    public required DateOnly AnswerDue { get; init; }

    /// <summary>The day for an answer has passed, and there is none.</summary>
    public required bool Overdue { get; init; }

    /// <summary>Plain text by the help desk; null while it is due.</summary>
    public required string? Answer { get; init; }
    public required DateTimeOffset? AnsweredAt { get; init; }

    public override string ToString() => Number;
}
