namespace MyData.Web.Features.Home;

public sealed class HomeText;
