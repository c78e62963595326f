using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Citizens;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

/// <summary>Proof by a sign-in at another provider: bound to one check, answered once.</summary>
public sealed partial class UpstreamSignIn(
    IdentityChecks checks,
    SignInChecks running,
    Challenges challenges,
    CitizenSettings life,
    Visitor visitor,
    SignInAnswer answer,
    SignInLimits limits,
    MyDataSettings settings,
    TimeProvider time
)
{
    public const string Cancelled = "oidc.cancelled";
    public const string Failed = "oidc.failed";
    public const string Unavailable = "oidc.unavailable";
    public const string Incomplete = "oidc.incomplete";

    private const string CheckItem = "check";

    public async Task<IResult> StartAsync(HttpContext context, string? back, string? level, ILogger<UpstreamSignIn> log)
    {
        // A link elsewhere must not begin a sign-in here (RFC 9700 §4.7): she begins it on our page.
        if (context.Request.Headers["Sec-Fetch-Site"] is ["cross-site"])
            return SignInAnswer.See(SignInUrls.SignIn(back));
        var cookie = await running.BeginAsync(context, back, SignInChecks.Level(level));
        if (await checks.FindAsync(cookie, context.RequestAborted) is not { } check)
            return SignInAnswer.See(SignInUrls.Problem(IdentityChecks.Gone));
        var nonce = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        await challenges.PutAsync(Owner(check.Id), nonce, life.CheckLife, context.RequestAborted);
        var properties = new AuthenticationProperties
        {
            IssuedUtc = time.GetUtcNow(),
            Items = { [CheckItem] = check.Id.ToString(), [UpstreamLoginHandler.Nonce] = nonce },
        };
        try
        {
            await context.ChallengeAsync(UpstreamLoginHandler.SchemeName, properties);
            return Results.Empty;
        }
        catch (InvalidOperationException failure)
        {
            NoProvider(log, failure);
            return SignInAnswer.See(SignInUrls.Problem(Unavailable));
        }
    }

    /// <summary>The provider's answer, its token checked.</summary>
    public async Task ReceivedAsync(TicketReceivedContext received)
    {
        received.HandleResponse();
        var context = received.HttpContext;
        var address = await ProveAsync(context, received.Principal!);
        await SignInAnswer.See(address).ExecuteAsync(context);
    }

    /// <summary>An answer that does not hold: recorded, so that an attack on her sign-in is seen.</summary>
    public async Task RefusedAsync(RemoteFailureContext refused)
    {
        refused.HandleResponse();
        var context = refused.HttpContext;
        var code = refused.Failure is AnswerNotAwaitedException ? IdentityChecks.Gone : Failed;
        // Anybody can call the address: beyond so many of one network there is nothing new to tell.
        var told = DocumentSignIn.OfNetwork(context, "upstream ", settings.SignIn.Rate);
        if (await limits.TakeAsync(told, context.RequestAborted) is null)
        {
            var check = await checks.FindAsync(SessionCookie.ReadCheck(context), context.RequestAborted);
            var (method, origin) = (IdentityMethod.Upstream, visitor.Origin(context));
            await checks.RefusedAsync(method, check?.CitizenId, code, origin, context.RequestAborted);
        }
        await SignInAnswer.See(SignInUrls.Problem(code)).ExecuteAsync(context);
    }

    /// <summary>Whether this browser's check asked, and waits still; it waits for one answer.</summary>
    public async Task<bool> IsAwaitedAsync(HttpContext context, AuthenticationProperties asked)
    {
        var check = await checks.FindAsync(SessionCookie.ReadCheck(context), context.RequestAborted);
        return check is not null
            && check.Id.ToString() == asked.Items[CheckItem]
            && await challenges.TakeAsync(Owner(check.Id), context.RequestAborted) is { } nonce
            && nonce == asked.Items[UpstreamLoginHandler.Nonce];
    }

    private async Task<string> ProveAsync(HttpContext context, ClaimsPrincipal person)
    {
        var cookie = SessionCookie.ReadCheck(context);
        var origin = visitor.Origin(context);
        if (Read(person) is not { } proof)
        {
            var method = IdentityMethod.Upstream;
            await checks.RefusedAsync(method, citizenId: null, Incomplete, origin, context.RequestAborted);
            return SignInUrls.Problem(Incomplete);
        }
        var result = await checks.ProveAsync(cookie, proof, origin, context.RequestAborted);
        return answer.Apply(context, result, proof.Method.Code);
    }

    private IdentityProof? Read(ClaimsPrincipal person)
    {
        if (
            !NationalId.TryParse(person.FindFirstValue("uid"), out var id)
            || person.FindFirstValue("name") is not { Length: > 0 and <= 200 } name
            || !DateOnly.TryParseExact(
                person.FindFirstValue("birthdate"),
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var birthdate
            )
        )
            return null;
        return new IdentityProof
        {
            Method = IdentityMethod.Upstream,
            Level = LevelOf(person.FindFirstValue(UpstreamLoginHandler.Acr)),
            Id = id,
            Name = name,
            Birthdate = birthdate,
            Gender = person.FindFirstValue("gender"),
        };
    }

    // What it does not say counts for the least.
    private AssuranceLevel LevelOf(string? acr)
    {
        var said = Enum.TryParse<AssuranceLevel>(acr, out var level) && Enum.IsDefined(level) ? (int)level : 1;
        return (AssuranceLevel)Math.Clamp(said, 1, settings.SignIn.Upstream.MostLevel);
    }

    private static string Owner(Guid checkId) => $"oidc:{checkId:N}";

    [LoggerMessage(1, LogLevel.Warning, "The upstream identity provider does not answer.")]
    private static partial void NoProvider(ILogger log, Exception failure);
}
