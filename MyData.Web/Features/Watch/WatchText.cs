namespace MyData.Web.Features.Watch;

public sealed class WatchText;
