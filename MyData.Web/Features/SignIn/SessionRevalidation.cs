using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using MyData.Core.Citizens;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

/// <summary>A circuit outlives the request that opened it: whether its session still lives is asked again and again.</summary>
public sealed class SessionRevalidation(ILoggerFactory log, Sessions sessions)
    : RevalidatingServerAuthenticationStateProvider(log)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(20);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    ) =>
        authenticationState.User.IsCitizen()
        && await sessions.IsLiveAsync(authenticationState.User.GetSessionId(), cancellationToken);
}
