using System.Security.Claims;
using MyData.Core.Citizens;

namespace MyData.Web.Hosting;

/// <summary>What the session cookie stands for. Set by the sign-in feature's handler, afresh from the database at each request.</summary>
public static class CitizenClaims
{
    public const string CitizenId = "citizen";
    public const string SessionId = "session";
    public const string Level = "level";

    /// <summary>The policy of every page about her own data: a session whose two-step identity check is complete.</summary>
    public const string Policy = "citizen";

    public static Guid GetCitizenId(this ClaimsPrincipal user) => Guid.Parse(Required(user, CitizenId));

    public static Guid GetSessionId(this ClaimsPrincipal user) => Guid.Parse(Required(user, SessionId));

    public static AssuranceLevel GetLevel(this ClaimsPrincipal user) =>
        Enum.Parse<AssuranceLevel>(user.FindFirstValue(Level) ?? nameof(AssuranceLevel.None));

    public static bool IsCitizen(this ClaimsPrincipal user) => user.HasClaim(claim => claim.Type == CitizenId);

    private static string Required(ClaimsPrincipal user, string type) =>
        user.FindFirstValue(type) ?? throw new InvalidOperationException("No citizen is signed in here.");
}
