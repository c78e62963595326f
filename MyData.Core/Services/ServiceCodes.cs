namespace MyData.Core.Services;

/// <summary>Why something of an online service was refused, or ended: the same code in answer, event, page and test.</summary>
public static class ServiceCodes
{
    /// <summary>A parameter of a pushed request is missing, repeated, or not one that is taken.</summary>
    public const string Parameter = "service.parameter";

    /// <summary>Not one of the registered addresses, or another one than before.</summary>
    public const string Redirect = "service.redirect";

    /// <summary>No S256 code challenge.</summary>
    public const string Pkce = "service.pkce";

    /// <summary>The authorization details are not of the form that is taken.</summary>
    public const string Details = "service.details";

    /// <summary>More, or something else, than the service has registered.</summary>
    public const string NotRegistered = "service.not_registered";

    /// <summary>A data set is not listed, or lacks a parameter that its agency needs.</summary>
    public const string DataSet = "service.dataset";

    /// <summary>So many requests of this service wait to be opened already.</summary>
    public const string TooMany = "service.too_many";

    /// <summary>No pushed request of this client has this name, or it was used, or its time is over.</summary>
    public const string RequestOver = "service.request_over";

    /// <summary>What she wanted to do with a request, it is past that.</summary>
    public const string Over = "service.over";

    /// <summary>She said no.</summary>
    public const string Declined = "service.declined";

    /// <summary>What the service needs could not be fetched.</summary>
    public const string NotFetched = "service.not_fetched";

    /// <summary>One of the packages is gone: she said "done", or its time is over.</summary>
    public const string PackageGone = "service.package_gone";

    /// <summary>What her browser sent is not one entry for each package, for the service's key.</summary>
    public const string Malformed = "service.malformed";

    public const string Expired = "service.expired";

    /// <summary>No code of this client's.</summary>
    public const string UnknownCode = "service.code_unknown";

    /// <summary>The code came a second time: what it gave is dead.</summary>
    public const string CodeUsed = "service.code_used";

    public const string CodeExpired = "service.code_expired";

    /// <summary>The verifier is not that of the challenge.</summary>
    public const string Verifier = "service.verifier";

    /// <summary>The key is not the one that the request was bound to.</summary>
    public const string OtherKey = "service.other_key";

    /// <summary>The token is none, over, for another transfer, or bound to another key.</summary>
    public const string Token = "service.token";

    /// <summary>The receipt is not by the service's key, or not of this package.</summary>
    public const string Receipt = "service.receipt";

    /// <summary>It was received before: one delivery.</summary>
    public const string Received = "service.received";

    /// <summary>The service gave its token back.</summary>
    public const string Revoked = "service.revoked";

    /// <summary>She took her consent back.</summary>
    public const string Withdrawn = "service.withdrawn";

    /// <summary>The deletion receipt is not by the service's key, not of a package that it has, or says what it may not.</summary>
    public const string Deletion = "service.deletion";

    /// <summary>It owes answers to people who asked for their data back: it can ask nobody until it has given them.</summary>
    public const string Suspended = "service.suspended";

    /// <summary>It says that the event is wrong (RFC 8935 §2.3, RFC 8936 §2.2).</summary>
    public const string EventRefused = "service.event_refused";

    /// <summary>It answered something else than that it took the event.</summary>
    public const string EventNotTaken = "service.event_not_taken";

    public static IReadOnlyList<string> All { get; } =
    [
        Parameter,
        Redirect,
        Pkce,
        Details,
        NotRegistered,
        DataSet,
        TooMany,
        RequestOver,
        Over,
        Declined,
        NotFetched,
        PackageGone,
        Malformed,
        Expired,
        UnknownCode,
        CodeUsed,
        CodeExpired,
        Verifier,
        OtherKey,
        Token,
        Receipt,
        Received,
        Revoked,
        Withdrawn,
        Deletion,
        Suspended,
        EventRefused,
        EventNotTaken,
    ];
}

/// <summary>A step of hers that is not possible (any more); nothing was changed.</summary>
public sealed class ServiceException(string code) : Exception(code)
{
    public string Code { get; } = code;
}
