using System.Globalization;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>Lifetimes and limits of protocols.md B2: the section <c>MyData:Wire</c>.</summary>
public sealed record WireSettings
{
    /// <summary>Seconds after a try that failed, one for each try but the first, separated by blanks.</summary>
    public string RetrySeconds { get; init; } = "60 300 900";

    /// <summary>How long a service may take to answer at its SP-API.</summary>
    public TimeSpan LongestCall { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a service may take to fetch, from its 200 on; never longer than the packages wait.</summary>
    public TimeSpan TicketLife { get; init; } = TimeSpan.FromHours(8);

    /// <summary>How long one fetch may take; after that another may begin.</summary>
    public TimeSpan LongestFetch { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What a service is told to wait that comes too soon (protocols.md B2: 10 s at least).</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The answer to a second fetch; the sources differ: 201, or 403.</summary>
    public int SecondFetch { get; init; } = 201;

    /// <summary>Bytes of what her browser uploads in one piece; the last one is shorter.</summary>
    public int PartBytes { get; init; } = 192 * 1024;

    /// <summary>Bytes of one delivery.</summary>
    public long LargestDelivery { get; init; } = 128L * 1024 * 1024;

    /// <summary>Requests of one service from one network that nobody has taken up; a /48 may have <see cref="EntryPlaces.OfSite"/> times as many.</summary>
    public int MostOfNetwork { get; init; } = 100;

    internal IReadOnlyList<int> Retries =>
        [
            .. RetrySeconds
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => int.TryParse(text, CultureInfo.InvariantCulture, out var s) ? s : 0),
        ];

    public int MostParts => (int)((LargestDelivery + PartBytes - 1) / PartBytes);

    /// <summary>All tries together: what is not taken by then has failed.</summary>
    public TimeSpan LongestTelling =>
        TimeSpan.FromSeconds(Retries.Sum()) + (LongestCall + Slack) * (Retries.Count + 1) + Slack;

    /// <summary>How late the next round may be.</summary>
    internal static readonly TimeSpan Slack = TimeSpan.FromSeconds(60);

    /// <summary>What is wrong with these settings, a sentence each, naming the setting.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, TimeSpan Value)[] all =
        [
            (nameof(LongestCall), LongestCall),
            (nameof(TicketLife), TicketLife),
            (nameof(LongestFetch), LongestFetch),
        ];
        foreach (var (name, _) in all.Where(one => one.Value <= TimeSpan.Zero))
            yield return $"MyData:Wire:{name} is not a positive time.";
        if (RetryAfter < TimeSpan.FromSeconds(10))
            yield return "MyData:Wire:RetryAfter is at least 10 seconds.";
        if (SecondFetch is not (201 or 403))
            yield return "MyData:Wire:SecondFetch is 201 or 403.";
        if (MostOfNetwork < 1)
            yield return "MyData:Wire:MostOfNetwork is at least 1.";
        if (Retries.Any(seconds => seconds < 1))
            yield return "MyData:Wire:RetrySeconds are whole seconds from 1 on, separated by blanks.";
        if (PartBytes is < 1024 or > 240 * 1024 || LargestDelivery < PartBytes)
            yield return "MyData:Wire:PartBytes is 1 KiB to 240 KiB, and LargestDelivery no less.";
    }
}
