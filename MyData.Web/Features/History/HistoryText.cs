namespace MyData.Web.Features.History;

public sealed class HistoryText;
