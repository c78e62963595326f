namespace MyData.Core.History;

/// <summary>A complaint in the help desk's list: when, by which choice, until when. No words of hers.</summary>
/// <param name="DaysLeft">Until the last day for an answer, Taipei's calendar; negative: overdue by as many.</param>
public sealed record DeskLine(
    string Number,
    string Choice,
    DateTimeOffset FiledAt,
    DateOnly AnswerDue,
    int DaysLeft,
    DateTimeOffset? AnsweredAt
);

/// <summary>A complaint as the help desk opens it. It does not say whose it is.</summary>
public sealed record DeskComplaint
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

    /// <summary>As in <see cref="DeskLine"/>.</summary>
    public required int DaysLeft { get; init; }

    /// <summary>Null while it is due.</summary>
    public required string? Answer { get; init; }
    public required DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>The member of staff who answered.</summary>
    public required Guid? AnsweredBy { get; init; }

    public override string ToString() => Number;
}

/// <summary>An answer of the help desk.</summary>
public sealed record AnswerRequest
{
    public required string Number { get; init; }
    public required Guid StaffId { get; init; }

    /// <summary>Plain text, at most <see cref="ComplaintDesk.LongestAnswer"/> UTF-16 units.</summary>
    public required string Answer { get; init; }

    // A record prints its members; what is written to her must not reach a log.
    public override string ToString() => Number;
}
