using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using MyData.Core.Staff;

namespace MyData.Web.Features.Staff;

/// <summary>Turns the staff's cookie into claims, afresh at each request, and sends whoever lacks them to the staff's door.</summary>
public sealed class StaffAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    StaffSessions sessions
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (await sessions.FindAsync(StaffCookies.Session(Context), Context.RequestAborted) is not { } session)
            return AuthenticateResult.NoResult();
        var identity = new ClaimsIdentity(
            [
                new(StaffClaims.StaffId, session.StaffId.ToString()),
                new(StaffClaims.SessionId, session.Id.ToString()),
                new(StaffClaims.Name, session.Name),
                new(StaffClaims.Role, session.Role),
                new(StaffClaims.Office, session.Office ?? ""),
            ],
            StaffClaims.Scheme
        );
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), StaffClaims.Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status303SeeOther;
        Response.Headers.Location = StaffCookies.Session(Context) is null
            ? StaffUrls.SignIn
            : StaffUrls.Refused(StaffPasskeySteps.SignedOut);
        return Task.CompletedTask;
    }
}
