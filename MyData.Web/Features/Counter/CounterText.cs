namespace MyData.Web.Features.Counter;

public sealed class CounterText;
