namespace MyData.Core.Notifications;

/// <summary>What a citizen can be told. Each kind has a subject, a mail and a line in NoticeText.resx, in every language.</summary>
public static class NoticeKinds
{
    /// <summary>A data set has arrived. Parameters: dataset, consent, transfer.</summary>
    public const string TransferReady = "transfer-ready";

    /// <summary>The agency holds nothing on her. Parameters: dataset, consent, transfer.</summary>
    public const string TransferEmpty = "transfer-empty";

    /// <summary>A data set could not be fetched. Parameters: dataset, consent, transfer, code.</summary>
    public const string TransferFailed = "transfer-failed";

    /// <summary>Somebody signed in as her in a browser that was not known. Parameters: when.</summary>
    public const string SignInNewDevice = "sign-in-new-device";

    /// <summary>Two proofs of identity named two people, one of them her. Parameters: when.</summary>
    public const string SignInRefusedOtherPerson = "sign-in-refused-other-person";

    /// <summary>A passkey was added to her account. Parameters: when.</summary>
    public const string PasskeyAdded = "passkey-added";

    /// <summary>A passkey was removed from her account. Parameters: when.</summary>
    public const string PasskeyRemoved = "passkey-removed";

    /// <summary>The code that proves an address. Parameters: code (sealed), to (sealed), minutes.</summary>
    public const string ContactVerificationCode = "contact-verification-code";

    /// <summary>Told in the portal, and to the address that was replaced. Parameters: when, to (sealed; where there was one).</summary>
    public const string ContactChanged = "contact-changed";

    /// <summary>A complaint was filed. Parameters: number, due.</summary>
    public const string ComplaintReceived = "complaint-received";

    /// <summary>Her complaint was answered; the answer stands in the portal alone. Parameters: number.</summary>
    public const string ComplaintAnswered = "complaint-answered";

    /// <summary>An agency answered her request for a correction; the answer stands in the portal alone. Parameters: when, dataset.</summary>
    public const string CorrectionAnswered = "correction-answered";

    /// <summary>A clerk looked at what she showed. Parameters: when, service, office, consent.</summary>
    public const string CounterShown = "counter-shown";

    /// <summary>Her code was refused at a counter. Parameters: when, code, consent.</summary>
    public const string CounterRefused = "counter-refused";

    /// <summary>The agent whom she named has taken it on. Parameters: when, consent.</summary>
    public const string AgentAccepted = "agent-accepted";

    /// <summary>The other one of a citizen and her agent has ended it. Parameters: when, consent.</summary>
    public const string AgentEnded = "agent-ended";

    /// <summary>An online service has what she handed over. Parameters: when, service, consent.</summary>
    public const string ServiceReceived = "service-received";

    /// <summary>A service on the national wire has fetched what she handed over; it signs for nothing. Parameters: when, service, consent.</summary>
    public const string ServiceTook = "service-took";

    /// <summary>What she had agreed to hand over to a service was stopped. Parameters: when, service, code.</summary>
    public const string ServiceStopped = "service-stopped";

    /// <summary>A service has deleted what she handed over. Parameters: when, service, consent.</summary>
    public const string ServiceDeleted = "service-deleted";

    /// <summary>A service keeps what she took back, for a legal reason. Parameters: when, service, until, consent.</summary>
    public const string ServiceKept = "service-kept";

    /// <summary>A service has not said in time that it deleted. Parameters: when, service, consent.</summary>
    public const string ServiceOverdue = "service-overdue";

    /// <summary>A service has fetched again by her standing consent. Parameters: when, service, consent.</summary>
    public const string StandingFetched = "standing-fetched";

    /// <summary>A standing consent is over, and not by her. Parameters: when, service, code, consent.</summary>
    public const string StandingEnded = "standing-ended";

    /// <summary>She signed in at a service with the platform for the first time. Parameters: when, service.</summary>
    public const string MemberFirst = "member-first";

    /// <summary>Her account is closed. Parameters: when, to (sealed: nothing else of her is left to ask).</summary>
    public const string AccountClosed = "account-closed";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly Dictionary<string, NoticeKind> Known = new NoticeKind[]
    {
        new(TransferReady, Day) { OnlyIfWanted = true },
        new(TransferEmpty, Day) { OnlyIfWanted = true },
        new(TransferFailed, Day) { OnlyIfWanted = true },
        new(SignInNewDevice, Day),
        new(SignInRefusedOtherPerson, Day),
        new(PasskeyAdded, Day),
        new(PasskeyRemoved, Day),
        new(ContactVerificationCode, TimeSpan.FromMinutes(15)) { ProvesTheAddress = true, NoNews = true },
        new(ContactChanged, Day) { ProvesTheAddress = true },
        new(ComplaintReceived, Day),
        new(ComplaintAnswered, Day),
        new(CounterShown, Day),
        new(CounterRefused, Day),
        new(AgentAccepted, Day),
        new(AgentEnded, Day),
        new(ServiceReceived, Day),
        new(ServiceTook, Day),
        new(ServiceStopped, Day),
        new(ServiceDeleted, Day),
        new(ServiceKept, Day),
        new(CorrectionAnswered, Day),
        new(ServiceOverdue, Day),
        new(StandingFetched, Day),
        new(StandingEnded, Day),
        new(MemberFirst, Day),
        new(AccountClosed, Day) { ProvesTheAddress = true },
    }.ToDictionary(kind => kind.Name);

    public static IReadOnlyCollection<NoticeKind> All => Known.Values;

    /// <exception cref="ArgumentException">There is no such kind of notice.</exception>
    public static NoticeKind Find(string name) =>
        Known.TryGetValue(name, out var kind)
            ? kind
            : throw new ArgumentException($"'{name}' is no kind of notice.", nameof(name));
}

/// <summary>How a kind of notice is treated.</summary>
/// <param name="Name">One of <see cref="NoticeKinds"/>.</param>
/// <param name="UsefulFor">How long its mail is tried; later it would only confuse.</param>
public sealed record NoticeKind(string Name, TimeSpan UsefulFor)
{
    /// <summary>May be switched off; what concerns the safety of an account is always mailed.</summary>
    public bool OnlyIfWanted { get; init; }

    /// <summary>She is looking at the page that it belongs to: in the portal it counts as read.</summary>
    public bool NoNews { get; init; }

    /// <summary>May name its own address in <c>to</c>, which need not be verified (yet, or any more).</summary>
    public bool ProvesTheAddress { get; init; }
}
