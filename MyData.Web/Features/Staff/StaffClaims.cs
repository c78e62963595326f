using System.Security.Claims;

namespace MyData.Web.Features.Staff;

/// <summary>What the staff's session cookie stands for. No page takes it and a citizen's session for each other: they have schemes of their own.</summary>
public static class StaffClaims
{
    public const string Scheme = "staff";
    public const string StaffId = "staff";
    public const string SessionId = "staff-session";
    public const string Name = "staff-name";
    public const string Role = "staff-role";

    /// <summary>The policy of the help desk's pages.</summary>
    public const string HelpDesk = "help-desk";

    public static Guid GetStaffId(this ClaimsPrincipal user) => Guid.Parse(Required(user, StaffId));

    public static Guid GetStaffSessionId(this ClaimsPrincipal user) => Guid.Parse(Required(user, SessionId));

    public static bool IsStaff(this ClaimsPrincipal user) => user.HasClaim(claim => claim.Type == StaffId);

    private static string Required(ClaimsPrincipal user, string type) =>
        user.FindFirstValue(type) ?? throw new InvalidOperationException("No member of staff is signed in here.");
}
