using Microsoft.AspNetCore.Authentication;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

public static class SignInSetup
{
    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddAuthentication(SessionAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthenticationHandler>(
                SessionAuthenticationHandler.SchemeName,
                null
            );
    }
}
