namespace MyData.Core.Services;

/// <summary>Why a fetch by a standing consent was refused, or the consent ended: the same code in answer, event, page and test.</summary>
public static class StandingCodes
{
    /// <summary>No refresh token of this client's, or nothing is left of what it was for: her account is closed.</summary>
    public const string Unknown = "standing.unknown";

    /// <summary>A refresh token came a second time, its successor being in use or long given: all of its family are dead.</summary>
    public const string Reused = "standing.reused";

    /// <summary>More often than she agreed to; the answer says how long to wait.</summary>
    public const string TooEarly = "standing.too_early";

    /// <summary>She has paused it.</summary>
    public const string Paused = "standing.paused";

    /// <summary>Its time is over.</summary>
    public const string Expired = "standing.expired";

    /// <summary>The service's key, terms or registered items are others than those that she agreed to.</summary>
    public const string Changed = "standing.changed";

    /// <summary>The service gave its refresh token back.</summary>
    public const string GivenBack = "standing.given_back";

    /// <summary>She struck this item.</summary>
    public const string Struck = "standing.struck";

    /// <summary>The agency holds nothing about her.</summary>
    public const string NothingHeld = "standing.nothing_held";

    public static IReadOnlyList<string> All { get; } =
    [Unknown, Reused, TooEarly, Paused, Expired, Changed, GivenBack, Struck, NothingHeld];
}
