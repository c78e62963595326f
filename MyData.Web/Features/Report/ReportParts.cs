namespace MyData.Web.Features.Report;

/// <summary>A part of the report, before it is drawn.</summary>
public abstract record ReportPart;

/// <summary>A heading; level 1 is a chapter.</summary>
public sealed record ReportHeading(int Level, string Text) : ReportPart;

public sealed record ReportParagraph(string Text, bool IsQuiet = false) : ReportPart;

/// <summary>What the system said when it was asked: a figure, and from where it is.</summary>
/// <param name="IsGood">null: neither good nor bad</param>
public sealed record ReportFact(string Label, string Value, string? Source = null, bool? IsGood = null);

public sealed record ReportTable(IReadOnlyList<ReportFact> Facts) : ReportPart;

/// <summary>Columns to draw, such as records an hour.</summary>
public sealed record ReportBars(string Caption, IReadOnlyList<long> Values, string First, string Last) : ReportPart;

public sealed record ReportList(IReadOnlyList<string> Items) : ReportPart;

/// <summary>The whole report in one language.</summary>
public sealed record ReportContent(string Title, string Subtitle, string Foot, IReadOnlyList<ReportPart> Parts);
