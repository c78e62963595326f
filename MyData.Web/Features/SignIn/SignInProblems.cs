using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

/// <summary>Why a sign-in led nowhere: what happened and what to do, for each code; a code that is not ours says nothing.</summary>
public static class SignInProblems
{
    private static readonly string[] Codes =
    [
        IdentityChecks.Gone,
        IdentityChecks.SameMethod,
        IdentityChecks.OtherPerson,
        IdentityChecks.LevelTooLow,
        IdentityChecks.NoAccount,
        IdentityChecks.SessionGone,
        SessionAuthenticationHandler.NotSent,
        IdentityChecks.Incomplete,
        UpstreamSignIn.Cancelled,
        UpstreamSignIn.Failed,
        UpstreamSignIn.Unavailable,
        UpstreamSignIn.Incomplete,
        PasskeySignIn.Refused,
        PasskeySignIn.Copied,
    ];

    public static string? Known(string? code) => Array.Find(Codes, known => known == code);

    public static string Title(IStringLocalizer<SignInText> text, string code) => text[$"Problem-{code}"];

    public static string Next(IStringLocalizer<SignInText> text, string code) => text[$"Next-{code}"];
}
