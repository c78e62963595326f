namespace MyData.Core.Data;

/// <summary>Row ids: UUID version 7 (RFC 9562 §5.7), so that they sort by time of making.</summary>
public static class Ids
{
    public static Guid New() => Guid.CreateVersion7();
}

public static class Times
{
    /// <summary>Cuts to whole milliseconds, what the database keeps, so that a stored time equals the one in memory.</summary>
    public static DateTimeOffset TrimToMilliseconds(this DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
