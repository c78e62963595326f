namespace MyData.Core.Citizens;

/// <summary>How long sign-ins last. Every value is a setting with this default.</summary>
public sealed record CitizenSettings
{
    /// <summary>A session ends this long after sign-in, whatever she does.</summary>
    public TimeSpan SessionLife { get; init; } = TimeSpan.FromHours(8);

    /// <summary>A session ends after this long without a request.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>"Last seen" is written no more often than this.</summary>
    public TimeSpan LastSeenGrain { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a session is served from memory before its row is read again; in this process its end takes effect at once.</summary>
    public TimeSpan SessionCache { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What cannot be undone, or outlives the session, is done within this time of proving who she is.</summary>
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Both proofs of a first use must be given within this time.</summary>
    public TimeSpan CheckLife { get; init; } = TimeSpan.FromMinutes(15);
}
