namespace MyData.Web.Features.Desk;

public sealed class DeskText;
