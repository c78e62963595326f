using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MyData.Core.Citizens;
using MyData.Web.Hosting;

namespace MyData.Tests.Support;

/// <summary>
/// Says who is asking by a plain cookie, for tests of pages that come after sign-in and care only about whose they are.
/// Who has no such cookie is handled by the portal's own sign-in.
/// </summary>
public sealed class TrustedCookie(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const string Name = "trusted-citizen";

    /// <summary>For <see cref="PortalOptions.Services"/>.</summary>
    public static void Add(IServiceCollection services)
    {
        var own = "";
        services.PostConfigure<AuthenticationOptions>(o =>
        {
            own = o.DefaultScheme ?? own;
            o.DefaultScheme = Name;
        });
        services
            .AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, TrustedCookie>(
                Name,
                o => o.ForwardDefaultSelector = context => context.Request.Cookies.ContainsKey(Name) ? null : own
            );
    }

    /// <summary>A browser in which this citizen is signed in.</summary>
    public static CitizenDriver SignedIn(Portal portal, Guid citizenId, string language = "zh-TW")
    {
        var driver = portal.Visitor(language);
        driver.Cookies.Set(portal.Origin, Name, citizenId.ToString());
        return driver;
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var identity = new ClaimsIdentity(
            [
                new Claim(CitizenClaims.CitizenId, Request.Cookies[Name]!),
                new Claim(CitizenClaims.SessionId, Request.Cookies[Name]!),
                new Claim(CitizenClaims.Level, nameof(AssuranceLevel.LoA2)),
            ],
            Name
        );
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(identity), Name);
        return Task.FromResult(AuthenticateResult.Success(ticket));
    }
}
