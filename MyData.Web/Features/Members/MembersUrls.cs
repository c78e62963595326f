namespace MyData.Web.Features.Members;

public static class MembersUrls
{
    public const string RequestRoute = "/members/requests/{id:guid}";
    public const string SignInRoute = RequestRoute + "/sign-in";
    public const string DeclineRoute = RequestRoute + "/decline";

    /// <summary>Where a service leads her that signs her out (OpenID Connect RP-Initiated Logout §2), and where her answer goes.</summary>
    public const string Logout = "/connect/logout";

    /// <summary>Asks whether she signs out here too.</summary>
    public const string SignOut = "/signout/service";

    public const string EndRoute = "/consents/sign-in/{id:guid}/end";

    public static string Request(Guid id) => $"/members/requests/{id}";

    public static string SignIn(Guid id) => $"{Request(id)}/sign-in";

    public static string Decline(Guid id) => $"{Request(id)}/decline";

    /// <summary>The plain second question, and where its answer goes.</summary>
    public static string End(Guid membershipId) => $"/consents/sign-in/{membershipId}/end";

    /// <summary>All that she agreed to, saying that this one has ended.</summary>
    public static string Ended(Guid membershipId) => $"{Consent.ConsentsUrls.Page}?left={membershipId}";
}
