namespace MyData.Core.Catalog;

/// <summary>
/// What a service registers so that people sign in at it with the platform (OpenID Connect Core): which claims it may ask for, and where she
/// is led back to after signing out. Nothing is given that does not stand here.
/// </summary>
public sealed record SignInListing
{
    /// <summary>None: it learns its own name for her and how surely she is known, and nothing else.</summary>
    public required IReadOnlyList<SignInClaim> Claims { get; init; }

    /// <summary>
    /// Where she may be led back to after signing out, each compared as a whole (OpenID Connect RP-Initiated Logout §3.1): addresses, or paths
    /// of the sandbox.
    /// </summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>It may ask her to connect an account that she has there; each time she proves anew who she is.</summary>
    public bool Linking { get; init; }

    /// <summary>The claim as it is registered; null where it is not.</summary>
    public SignInClaim? Claim(string name) => Claims.FirstOrDefault(claim => claim.Name == name);
}

/// <summary>A claim that a service may ask for, and whether it is of use without it.</summary>
/// <param name="Name">one of <see cref="SignInClaims.All"/></param>
public sealed record SignInClaim(string Name, bool Required);

/// <summary>The claims about a person that the platform holds itself (OpenID Connect Core §5.1); what agencies hold is never among them.</summary>
public static class SignInClaims
{
    public const string Name = "name";

    /// <summary><c>yyyy-MM-dd</c>.</summary>
    public const string Birthdate = "birthdate";

    /// <summary>An address that she has proved to be hers, and <c>email_verified</c> with it.</summary>
    public const string Email = "email";

    public static IReadOnlyList<string> All { get; } = [Name, Birthdate, Email];
}
