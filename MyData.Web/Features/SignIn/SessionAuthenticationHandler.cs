using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using MyData.Core.Citizens;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

/// <summary>Turns the session cookie into claims, afresh at each request, and sends whoever lacks them to sign in.</summary>
public sealed class SessionAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    Sessions sessions
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "session";

    /// <summary>The claim of each method that proved this session, in order.</summary>
    public const string Method = "amr";

    /// <summary>The code of a form whose session had ended: it was not sent.</summary>
    public const string NotSent = "signin.not_sent";

    /// <summary>The claim of the time of signing in, in Unix seconds.</summary>
    public const string Time = "auth_time";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (SessionCookie.Read(Context) is not { } cookie)
            return AuthenticateResult.NoResult();
        try
        {
            if (await sessions.FindAsync(cookie, Context.RequestAborted) is not { } session)
                return AuthenticateResult.NoResult();
            return AuthenticateResult.Success(new AuthenticationTicket(Principal(session), SchemeName));
        }
        catch (Exception failure) when (ProblemPages.IsWhatIsShown(Context, failure))
        {
            return AuthenticateResult.NoResult();
        }
    }

    /// <summary>A person goes to sign-in, and from a page back to it afterwards; what a script or a program asks for is told 401.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Context.GetEndpoint()?.Metadata.GetMetadata<ApiProblem>() is { } problem)
            return problem.Answer().ExecuteAsync(Context);
        if (!IsNavigation())
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }
        Response.StatusCode = StatusCodes.Status303SeeOther;
        // What a form held is gone with its session, and she is told so.
        Response.Headers.Location = HttpMethods.IsGet(Request.Method)
            ? SignInUrls.SignIn(back: Request.Path + Request.QueryString)
            : SignInUrls.Problem(NotSent);
        return Task.CompletedTask;
    }

    private bool IsNavigation() =>
        Request.Headers["Sec-Fetch-Mode"] is [{ } mode]
            ? mode == "navigate"
            : HttpMethods.IsGet(Request.Method)
                || Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static ClaimsPrincipal Principal(SessionInfo session)
    {
        var claims = new List<Claim>
        {
            new(CitizenClaims.CitizenId, session.CitizenId.ToString()),
            new(CitizenClaims.SessionId, session.Id.ToString()),
            new(CitizenClaims.Level, session.Level.ToString()),
            new(Time, session.SignedInAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        };
        claims.AddRange(session.Methods.Select(method => new Claim(Method, method)));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName));
    }
}
