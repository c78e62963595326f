namespace MyData.Web.Features.Desk;

/// <summary>The answer as it was typed, for the page that shows it again.</summary>
public sealed record AnswerForm
{
    public string Answer { get; init; } = "";

    /// <summary>A stable code, such as <c>complaint.answer-missing</c>; null: nothing is wrong.</summary>
    public string? Problem { get; init; }

    /// <summary>It is shown once more before it goes out: it cannot be taken back.</summary>
    public bool IsAsked { get; init; }

    // A record prints its members; what is written to her must not reach a log.
    public override string ToString() => Problem ?? "";
}
