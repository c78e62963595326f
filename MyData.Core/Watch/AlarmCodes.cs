namespace MyData.Core.Watch;

/// <summary>Why there is an alarm: the same code on the page, in the mail, in the event and in its record.</summary>
public static class AlarmCodes
{
    /// <summary>A system reads far more people from a data set than it ever did in an hour.</summary>
    public const string Volume = "watch.volume";

    /// <summary>One acting person reads about many people in an hour.</summary>
    public const string Clerk = "watch.clerk";

    /// <summary>The same over a day.</summary>
    public const string ClerkDay = "watch.clerk_day";

    /// <summary>Somebody reads about people by hand at night.</summary>
    public const string Odd = "watch.odd_hours";

    /// <summary>Many refusals, and most of what was tried.</summary>
    public const string Refused = "watch.refused";

    /// <summary>A record about somebody who does not exist.</summary>
    public const string Canary = "watch.canary";

    /// <summary>A reading about people with no consent, on no legal basis that is known.</summary>
    public const string NoConsent = "watch.no_consent";

    /// <summary>Somebody of the platform used a right that others lack.</summary>
    public const string Privileged = "watch.privileged";

    /// <summary>Something happened to the log itself that must not.</summary>
    public const string Incident = "watch.incident";

    public static IReadOnlyList<string> All { get; } =
    [Incident, Canary, NoConsent, Clerk, ClerkDay, Volume, Refused, Odd, Privileged];

    /// <summary>Somebody looks into it today; the others tell what should be known.</summary>
    public static bool IsUrgent(string code) => code != Privileged;
}

/// <summary>Why an alarm was closed.</summary>
public static class AlarmReasons
{
    /// <summary>It was looked into, and there was a good reason.</summary>
    public const string Explained = "explained";

    /// <summary>Nothing happened that should not: the threshold is too low.</summary>
    public const string FalseAlarm = "false-alarm";

    /// <summary>It was misuse, and is dealt with.</summary>
    public const string Misuse = "misuse";

    /// <summary>It is with the authority or the police now.</summary>
    public const string Reported = "reported";

    public static IReadOnlyList<string> All { get; } = [Explained, FalseAlarm, Misuse, Reported];
}
