namespace MyData.Core.Members;

/// <summary>
/// Why a sign-in at a service was refused, or came to nothing: the same code in answer, event, page and test. What every request of a service
/// can be refused for has <see cref="Services.ServiceCodes"/>.
/// </summary>
public static class MemberCodes
{
    /// <summary>The service has not registered that it signs people in, or not this claim or scope, or not that it connects accounts.</summary>
    public const string NotRegistered = "member.not_registered";

    /// <summary>A parameter of OpenID Connect is not of the form that is taken.</summary>
    public const string Parameter = "member.parameter";

    /// <summary>The ID token that came as a hint is not one of ours for this service.</summary>
    public const string Hint = "member.hint";

    /// <summary>She said no.</summary>
    public const string Declined = "member.declined";

    /// <summary>The service wanted no page shown, and nobody is signed in, or not newly enough.</summary>
    public const string NotSignedIn = "member.not_signed_in";

    /// <summary>The service expects somebody else than who is signed in.</summary>
    public const string OtherPerson = "member.other_person";

    /// <summary>She cannot prove, or did not, who she is as strongly as the service needs.</summary>
    public const string TooLow = "member.too_low";

    /// <summary>The service wanted no page shown, and she has yet to agree.</summary>
    public const string NotAgreed = "member.not_agreed";

    /// <summary>What the service needs is not known of her: she has given no address that she proved.</summary>
    public const string Lacking = "member.lacking";

    /// <summary>The service's code came a second time: what it gave is dead.</summary>
    public const string CodeUsed = "member.code_used";

    /// <summary>The service did not come with the code in time.</summary>
    public const string CodeExpired = "member.code_expired";

    /// <summary>The service gave its token back.</summary>
    public const string Revoked = "member.revoked";

    /// <summary>She ended it: the service signs her in no more.</summary>
    public const string Ended = "member.ended";

    /// <summary>The token is none, over, bound to another key, or was used too often.</summary>
    public const string Token = "member.token";

    public static IReadOnlyList<string> All { get; } =
    [
        NotRegistered,
        Parameter,
        Hint,
        Declined,
        NotSignedIn,
        OtherPerson,
        TooLow,
        NotAgreed,
        Lacking,
        CodeUsed,
        CodeExpired,
        Revoked,
        Ended,
        Token,
    ];
}
