namespace MyData.Core.Catalog;

/// <summary>A data set as the catalogue shows it: what is registered, and how its agency is doing now.</summary>
public sealed record DataSetView
{
    public required DataSetListing Listing { get; init; }
    public required ProviderListing Provider { get; init; }
    public required IReadOnlyList<DataSetField> Fields { get; init; }
    public required ProviderHealth Health { get; init; }

    /// <summary>False once its agency has taken it back; then it has a page no more, and old records still have its name.</summary>
    public required bool Listed { get; init; }

    public string Id => Listing.Id;

    /// <summary>Sealed by the provider, so that the platform never holds it in clear.</summary>
    public bool SealedByProvider => Listing.Wire == WireFormat.Native;

    /// <summary>What nine of ten people waited lately; the agency's own word until enough people have.</summary>
    public TimeSpan ExpectedWait =>
        Health.P90Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Listing.UsualWait;
}

/// <summary>How an agency is doing.</summary>
public enum ProviderState
{
    /// <summary>Not asked yet.</summary>
    Unknown,
    Up,

    /// <summary>It answers, and takes long to.</summary>
    Slow,
    Down,

    /// <summary>It says itself that it is closed for a while.</summary>
    Maintenance,
}

/// <summary>The last heartbeat of an agency, and the last answers for one data set.</summary>
public sealed record ProviderHealth
{
    public static readonly ProviderHealth Unknown = new() { State = ProviderState.Unknown };

    public required ProviderState State { get; init; }

    /// <summary>Seconds that half of the last successful answers took at most; null until there are five.</summary>
    public double? MedianSeconds { get; init; }

    /// <summary>Seconds that nine of ten took at most; null until there are five.</summary>
    public double? P90Seconds { get; init; }

    /// <summary>How many of the last answers these numbers stand on, successful or not.</summary>
    public int Samples { get; init; }

    public int Failures { get; init; }

    /// <summary>When it last answered a heartbeat well.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Until when, where the agency said so with its maintenance.</summary>
    public DateTimeOffset? MaintenanceUntil { get; init; }
}
