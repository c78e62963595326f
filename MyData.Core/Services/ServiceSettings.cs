namespace MyData.Core.Services;

/// <summary>Lifetimes and limits of protocols.md A1 and A5.</summary>
public sealed record ServiceSettings
{
    /// <summary>From the push to the browser that comes with it (RFC 9126 §2.2).</summary>
    public TimeSpan PushedLife { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>From there to her decision to fetch.</summary>
    public TimeSpan OpenedLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>From her decision to fetch to the one to hand over: a slow agency's 90 minutes, and 8 hours on the relay.</summary>
    public TimeSpan FetchingLife { get; init; } = TimeSpan.FromHours(9.5);

    /// <summary>FAPI 2.0 Security Profile §5.3.2.1.</summary>
    public TimeSpan CodeLife { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a service may take to fetch and acknowledge; never longer than its packages wait.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Pushed requests of one service that nobody has opened.</summary>
    public int MostPushed { get; init; } = 5_000;

    /// <summary>Refusals of one request that its owner is told of.</summary>
    public int MostRefusalsTold { get; init; } = 10;

    /// <summary>From her withdrawal to the service's answer.</summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>From the end of a retention to the receipt that says so.</summary>
    public TimeSpan ReceiptTime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long an answer may be overdue before the service can push no new request.</summary>
    public TimeSpan SuspendAfter { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The longest that a service may say that a law makes it keep what she took back.</summary>
    public TimeSpan LongestKept { get; init; } = TimeSpan.FromDays(3_653);

    /// <summary>How long an event is pushed again that its service does not take; from then on it can only be asked for.</summary>
    public TimeSpan EventLife { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How old a service's key set may be that stands at its own address; and how long nobody's word has it asked for again.</summary>
    public TimeSpan KeysLife { get; init; } = TimeSpan.FromHours(1);
    public TimeSpan KeysAgain { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with these settings, a sentence each, naming the setting.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, TimeSpan Value)[] all =
        [
            (nameof(PushedLife), PushedLife),
            (nameof(OpenedLife), OpenedLife),
            (nameof(FetchingLife), FetchingLife),
            (nameof(CodeLife), CodeLife),
            (nameof(TokenLife), TokenLife),
            (nameof(AnswerTime), AnswerTime),
            (nameof(ReceiptTime), ReceiptTime),
            (nameof(SuspendAfter), SuspendAfter),
            (nameof(LongestKept), LongestKept),
            (nameof(EventLife), EventLife),
            (nameof(KeysLife), KeysLife),
            (nameof(KeysAgain), KeysAgain),
        ];
        foreach (var (name, _) in all.Where(one => one.Value <= TimeSpan.Zero))
            yield return $"MyData:Services:{name} is not a positive time.";
        if (MostPushed < 1 || MostRefusalsTold < 1)
            yield return "MyData:Services:MostPushed and MostRefusalsTold are at least 1.";
    }
}
