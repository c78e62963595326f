namespace MyData.Web.Ui;

/// <summary>What a control inside a <c>Field</c> must carry: its id, <c>aria-describedby</c>, and whether it is refused.</summary>
public sealed record FieldInput(string Id, string? DescribedBy, bool Refused);
