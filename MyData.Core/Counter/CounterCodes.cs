namespace MyData.Core.Counter;

/// <summary>Why something at a counter was refused: the same code in answer, event, page and test.</summary>
public static class CounterCodes
{
    /// <summary>No ticket has this number.</summary>
    public const string Unknown = "counter.unknown";

    /// <summary>It was redeemed before: one redemption.</summary>
    public const string Used = "counter.used";

    /// <summary>The clerk's office has no counter of the service that it was made for.</summary>
    public const string OtherOffice = "counter.other_office";

    /// <summary>Another clerk has scanned it within the last two minutes.</summary>
    public const string Reserved = "counter.reserved";

    /// <summary>It was renewed: a newer one is good.</summary>
    public const string Renewed = "counter.renewed";

    public const string Cancelled = "counter.cancelled";

    /// <summary>She said that number or office are not those before her.</summary>
    public const string Declined = "counter.declined";

    /// <summary>The clerk's key and nonce are not those that were committed to.</summary>
    public const string Commitment = "counter.commitment";

    public const string Expired = "counter.expired";

    /// <summary>One of its packages is gone: she said "done", or its time is over.</summary>
    public const string PackageGone = "counter.package_gone";

    /// <summary>A printed one whose codes have not been made yet.</summary>
    public const string NotReady = "counter.not_ready";

    /// <summary>The four characters are not those of the ID card.</summary>
    public const string WrongCard = "counter.wrong_card";

    /// <summary>Too often: the printed ticket is dead.</summary>
    public const string TooManyCards = "counter.too_many_cards";

    /// <summary>Too many wrong tries of this clerk or device.</summary>
    public const string Closed = "counter.closed";

    /// <summary>Too many wrong tries at this office.</summary>
    public const string OfficeClosed = "counter.office_closed";

    /// <summary>Nothing that this clerk has scanned, or was handed, in this session.</summary>
    public const string NotYours = "counter.not_yours";

    /// <summary>What was sent is not what the step takes.</summary>
    public const string Malformed = "counter.malformed";

    /// <summary>It was transferred to the case system before, with another case number or other files.</summary>
    public const string TakenOver = "counter.taken_over";

    /// <summary>The packages do not serve this service: other items, or more fields than it registered.</summary>
    public const string NotFitting = "counter.not_fitting";

    /// <summary>She has made too many within the hour.</summary>
    public const string TooOften = "counter.too_often";

    /// <summary>The clerk has changed the case's number too often; the last one stands.</summary>
    public const string TooManyNotes = "counter.too_many_notes";

    /// <summary>The service is no longer listed.</summary>
    public const string Delisted = "counter.delisted";

    /// <summary>Not hers, or over: the page shows the present state.</summary>
    public const string Over = "counter.over";

    public const string AgentTooMany = "agent.too_many";
    public const string AgentSelf = "agent.self";
    public const string AgentOver = "agent.over";

    public static IReadOnlyList<string> All { get; } =
    [
        Unknown,
        Used,
        OtherOffice,
        Reserved,
        Renewed,
        Cancelled,
        Declined,
        Commitment,
        Expired,
        PackageGone,
        NotReady,
        WrongCard,
        TooManyCards,
        Closed,
        OfficeClosed,
        NotYours,
        Malformed,
        TakenOver,
        NotFitting,
        TooOften,
        TooManyNotes,
        Delisted,
        Over,
        AgentTooMany,
        AgentSelf,
        AgentOver,
    ];
}

/// <summary>Refuses with a stable code; nothing was changed.</summary>
public sealed class CounterException(string code) : Exception(code)
{
    public string Code { get; } = code;
}
