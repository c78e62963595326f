namespace MyData.Core.Services;

/// <summary>The package is under way: its agency is still at work.</summary>
public sealed class NotReadyException(TimeSpan retryAfter) : Exception("Not ready.")
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
