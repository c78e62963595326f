namespace MyData.Core.Transfers;

/// <summary>Why a transfer failed: the same code in the row, the event, the log, the help page and the tests.</summary>
public static class TransferCodes
{
    public const string Unreachable = "provider.unreachable";
    public const string Tls = "provider.tls";
    public const string Timeout = "provider.timeout";
    public const string TooSlow = "provider.too_slow";
    public const string TooLarge = "provider.too_large";
    public const string Cut = "provider.cut";
    public const string WrongType = "provider.wrong_type";
    public const string Malformed = "provider.malformed";
    public const string Refused = "provider.refused";
    public const string Parameter = "provider.parameter";
    public const string Error = "provider.error";
    public const string Redirect = "provider.redirect";
    public const string Maintenance = "provider.maintenance";
    public const string NeverReady = "provider.never_ready";
    public const string RetryAfter = "provider.retry_after";
    public const string OtherPerson = "provider.other_person";
    public const string OtherTransfer = "provider.other_transfer";
    public const string Delisted = "provider.delisted";
    public const string Changed = "provider.changed";
    public const string LevelTooLow = "level.too_low";
    public const string MethodRefused = "level.method_refused";
    public const string AccountClosed = "account.closed";
    public const string Withdrawn = "consent.withdrawn";

    /// <summary>She did not want it any more before it was here.</summary>
    public const string Stopped = "transfer.stopped";
    public const string Platform = "platform.error";
    public const string ClaimRefused = "relay.claim_refused";
    public const string TooManyOpen = "download.too_many";
    public const string TooOften = "download.too_often";
    public const string DraftOver = "download.draft_over";
    public const string DraftRefused = "download.draft_refused";
    public const string NotReady = "relay.not_ready";

    public static IReadOnlyList<string> All { get; } =
    [
        Unreachable,
        Tls,
        Timeout,
        TooSlow,
        TooLarge,
        Cut,
        WrongType,
        Malformed,
        Refused,
        Parameter,
        Error,
        Redirect,
        Maintenance,
        NeverReady,
        RetryAfter,
        OtherPerson,
        OtherTransfer,
        Delisted,
        Changed,
        LevelTooLow,
        MethodRefused,
        AccountClosed,
        Withdrawn,
        Stopped,
        Platform,
        ClaimRefused,
        NotReady,
        TooManyOpen,
        TooOften,
        DraftOver,
        DraftRefused,
    ];

    /// <summary>She ended it herself, and an agency may have been sealing.</summary>
    public static bool IsBrokenOff(string? code) => code is Stopped or Withdrawn or AccountClosed;
}

/// <summary>Ends a transfer with a stable code.</summary>
public sealed class TransferException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;

    /// <summary>Where an answer is the reason.</summary>
    public System.Net.HttpStatusCode? Status { get; init; }
}
