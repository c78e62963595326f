using Microsoft.AspNetCore.Identity;
using MyData.Core.Citizens;
using MyData.Core.Staff;
using MyData.Web.Features.SignIn;

namespace MyData.Web.Features.Staff;

/// <summary>
/// Enrolment and sign-in of staff by passkey, under the same rules as citizens' (<see cref="PasskeyRules"/>: user
/// verification always). The challenges are kept and used up on the server.
/// </summary>
public sealed class StaffPasskeySteps(
    IPasskeyHandler<StaffUser> handler,
    StaffMembers members,
    StaffInvitations invitations,
    Challenges challenges
)
{
    public const string NotEnrolled = "staff.not_enrolled";

    /// <summary>She had a session: it ended, or was ended.</summary>
    public const string SignedOut = "staff.signed_out";

    private const int LongestCredential = 64 * 1024;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>The options for <c>navigator.credentials.create</c>, as JSON; 403 where the invitation is not good, was used, or has died.</summary>
    public async Task<IResult> EnrolOptionsAsync(HttpContext context, string? token)
    {
        var stop = context.RequestAborted;
        if (invitations.Read(token) is not { } invitation || !await members.TakesAsync(invitation, stop))
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        var user = new PasskeyUserEntity
        {
            Id = invitation.Id.ToString("N"),
            Name = invitation.Name,
            DisplayName = invitation.Name,
        };
        var options = await handler.MakeCreationOptionsAsync(user, context);
        await challenges.PutAsync(Enrolling(invitation.Id), options.AttestationState!, Life, stop);
        return Results.Text(options.CreationOptionsJson, "application/json");
    }

    /// <summary>The cookie of her session; null where no passkey was made.</summary>
    public async Task<string?> EnrolAsync(HttpContext context, string? token, string? credential)
    {
        if (invitations.Read(token) is not { } invitation || credential is not { Length: > 0 and <= LongestCredential })
            return null;
        if (await challenges.TakeAsync(Enrolling(invitation.Id), context.RequestAborted) is not { } state)
            return null;
        var made = await handler.PerformAttestationAsync(
            new()
            {
                HttpContext = context,
                CredentialJson = credential,
                AttestationState = state,
            }
        );
        if (!made.Succeeded || made.UserEntity.Id != invitation.Id.ToString("N"))
            return null;
        return await members.EnrolAsync(invitation, made.Passkey.Made(), context.RequestAborted);
    }

    /// <summary>The options for <c>navigator.credentials.get</c>, as JSON; no name is asked for.</summary>
    public async Task<IResult> SignInOptionsAsync(HttpContext context)
    {
        var browser = SecretToken.New();
        var options = await handler.MakeRequestOptionsAsync(user: null, context);
        await challenges.PutAsync(SigningIn(browser), options.AssertionState!, Life, context.RequestAborted);
        StaffCookies.SetCheck(context, browser.Value, Life);
        return Results.Text(options.RequestOptionsJson, "application/json");
    }

    /// <summary>The cookie of the session, or the code of the refusal.</summary>
    public async Task<(string? Cookie, string Code)> SignInAsync(HttpContext context, string? credential)
    {
        var stop = context.RequestAborted;
        if (!SecretToken.TryParse(StaffCookies.Check(context), out var browser))
            return (null, IdentityChecks.Gone);
        if (await challenges.TakeAsync(SigningIn(browser), stop) is not { } state)
            return (null, IdentityChecks.Gone);
        var cookie = await AssertAsync(context, credential, state);
        if (cookie is not null)
            return (cookie, "ok");
        await members.RefusedAsync(PasskeySignIn.Refused, stop);
        return (null, PasskeySignIn.Refused);
    }

    private async Task<string?> AssertAsync(HttpContext context, string? credential, string state)
    {
        if (credential is not { Length: > 0 and <= LongestCredential })
            return null;
        var shown = await handler.PerformAssertionAsync(
            new()
            {
                HttpContext = context,
                CredentialJson = credential,
                AssertionState = state,
            }
        );
        if (!shown.Succeeded)
            return null;
        var used = shown.Passkey;
        return await members.SignInAsync(used.CredentialId, used.SignCount, used.IsBackedUp, context.RequestAborted);
    }

    private static string Enrolling(Guid invitation) => $"staff-enrol:{invitation:N}";

    private static string SigningIn(SecretToken browser) => $"staff:{browser.Hash}";
}
