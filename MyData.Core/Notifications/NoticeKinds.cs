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
