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

    /// <summary>The claim of a clerk's office.</summary>
    public const string Office = "staff-office";

    /// <summary>The policy of the help desk's pages.</summary>
    public const string HelpDesk = "help-desk";

    /// <summary>The policy of the counter's screen.</summary>
    public const string Clerk = "clerk";

    /// <summary>The policy of the auditor's room: auditors, and who runs the platform.</summary>
    public const string Audit = "audit";

    /// <summary>The policy of what an auditor alone may do.</summary>
    public const string Auditor = "auditor";

    /// <summary>The policy of what any of them may do: sign out.</summary>
    public const string Any = "any-staff";

    public static Guid GetStaffId(this ClaimsPrincipal user) => Guid.Parse(Required(user, StaffId));

    public static Guid GetStaffSessionId(this ClaimsPrincipal user) => Guid.Parse(Required(user, SessionId));

    /// <summary>One of <see cref="MyData.Core.Staff.StaffRoles"/>; null where nobody of the staff is signed in.</summary>
    public static string? GetStaffRole(this ClaimsPrincipal user) => user.FindFirstValue(Role);

    public static bool IsStaff(this ClaimsPrincipal user) => user.HasClaim(claim => claim.Type == StaffId);

    private static string Required(ClaimsPrincipal user, string type) =>
        user.FindFirstValue(type) ?? throw new InvalidOperationException("No member of staff is signed in here.");
}
