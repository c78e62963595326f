using MyData.Core.Staff;
using MyData.Web.Features.Counter;
using MyData.Web.Features.Desk;
using MyData.Web.Features.Watch;

namespace MyData.Web.Features.Staff;

public static class StaffUrls
{
    public const string SignIn = "/staff/signin";
    public const string SignInOptions = "/staff/signin/options";
    public const string Enrol = "/staff/enrol";
    public const string EnrolOptions = "/staff/enrol/options";
    public const string SignOut = "/staff/signout";

    /// <summary>Signs in a made-up member of staff; there in the sandbox alone.</summary>
    public const string Sandbox = "/staff/sandbox";

    /// <summary>Where this role's work begins.</summary>
    public static string Home(string? role) =>
        role switch
        {
            StaffRoles.Auditor or StaffRoles.Operator => WatchUrls.Alarms,
            StaffRoles.Clerk => CounterUrls.Desk,
            _ => DeskUrls.Complaints,
        };

    public static string Refused(string code) => $"{SignIn}?problem={Uri.EscapeDataString(code)}";

    /// <summary>The invitation stands behind the "#": browsers do not send it, so no log has it.</summary>
    public static string Invitation(string origin, string token) => $"{origin.TrimEnd('/')}{Enrol}#{token}";
}
