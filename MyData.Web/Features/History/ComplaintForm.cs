namespace MyData.Web.Features.History;

/// <summary>The form as she sent it, for the page that shows it again.</summary>
public sealed record ComplaintForm
{
    public required Guid Submission { get; init; }
    public string? Choice { get; init; }
    public string Words { get; init; } = "";

    /// <summary>Stable codes, such as <c>complaint.words-too-long</c>.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    // A record prints its members; her words must not reach a log.
    public override string ToString() => Choice ?? "";
}
