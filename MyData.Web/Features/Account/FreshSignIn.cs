using System.Globalization;
using System.Security.Claims;
using MyData.Core.Citizens;
using MyData.Web.Features.SignIn;

namespace MyData.Web.Features.Account;

/// <summary>
/// Whether she has proved who she is a moment ago. A passkey or an address for notices set at an unattended screen would
/// outlive the session, and a closed account cannot be opened again: for these, the session alone is not enough.
/// </summary>
public sealed class FreshSignIn(CitizenSettings settings, TimeProvider time)
{
    public bool Is(HttpContext context) =>
        long.TryParse(
            context.User.FindFirstValue(SessionAuthenticationHandler.Time),
            CultureInfo.InvariantCulture,
            out var seconds
        )
        && time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds) < settings.FreshFor;
}
