using System.Globalization;
using System.Security.Claims;
using MyData.Core.Citizens;

namespace MyData.Web.Hosting;

/// <summary>What the session cookie stands for. Set by the sign-in feature's handler, afresh from the database at each request.</summary>
public static class CitizenClaims
{
    public const string CitizenId = "citizen";
    public const string SessionId = "session";
    public const string Level = "level";

    /// <summary>The claim of each method that proved this session, in order.</summary>
    public const string Method = "amr";

    /// <summary>The claim of the time of signing in, in Unix seconds.</summary>
    public const string AuthTime = "auth_time";

    /// <summary>The policy of every page about her own data: a session whose two-step identity check is complete.</summary>
    public const string Policy = "citizen";

    public static Guid GetCitizenId(this ClaimsPrincipal user) => Guid.Parse(Required(user, CitizenId));

    public static Guid GetSessionId(this ClaimsPrincipal user) => Guid.Parse(Required(user, SessionId));

    public static AssuranceLevel GetLevel(this ClaimsPrincipal user) =>
        Enum.Parse<AssuranceLevel>(user.FindFirstValue(Level) ?? nameof(AssuranceLevel.None));

    /// <summary>The methods that proved this session, separated by spaces.</summary>
    public static string GetMethods(this ClaimsPrincipal user) =>
        string.Join(' ', user.FindAll(Method).Select(claim => claim.Value));

    public static DateTimeOffset GetAuthTime(this ClaimsPrincipal user) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(Required(user, AuthTime), CultureInfo.InvariantCulture));

    public static bool IsCitizen(this ClaimsPrincipal user) => user.HasClaim(claim => claim.Type == CitizenId);

    private static string Required(ClaimsPrincipal user, string type) =>
        user.FindFirstValue(type) ?? throw new InvalidOperationException("No citizen is signed in here.");
}
