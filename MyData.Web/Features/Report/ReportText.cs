namespace MyData.Web.Features.Report;

public sealed class ReportText;
