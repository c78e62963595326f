using MyData.Core.Citizens;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

/// <summary>What the browser is told after a proof: its cookies, and where to go.</summary>
public sealed class SignInAnswer(Visitor visitor)
{
    /// <summary>The address to go to.</summary>
    public string Apply(HttpContext context, CheckResult result, string method)
    {
        if (result.IsRefused)
        {
            if (result.State == IdentityCheckState.Refused)
                SessionCookie.DeleteCheck(context);
            return SignInUrls.Problem(result.Code, result.Back);
        }
        if (result is not { SessionCookie: { } cookie, CitizenId: { } citizenId })
            return result.State == IdentityCheckState.Step2 ? SignInUrls.Welcome : SignInUrls.SignInPath;
        SessionCookie.Write(context, cookie);
        SessionCookie.DeleteCheck(context);
        visitor.Remember(context, citizenId, method);
        return result.Back;
    }

    /// <summary>303 (RFC 9110 §15.4.4): after a form comes a page.</summary>
    public static IResult See(string address) => new SeeOther(address);

    private sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}
