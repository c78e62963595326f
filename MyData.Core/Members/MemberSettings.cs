namespace MyData.Core.Members;

/// <summary>The section <c>MyData:Members</c>: lifetimes of sign-in alone (protocols.md A1). A request's own are those of other services' requests.</summary>
public sealed record MemberSettings
{
    /// <summary>Of the access token for userinfo.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Of an ID token: it says who has just signed in, and is no session.</summary>
    public TimeSpan IdTokenLife { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Answers of userinfo to one token.</summary>
    public int MostReads { get; init; } = 20;

    /// <summary>What is wrong with these settings, a sentence each, naming the setting.</summary>
    public IEnumerable<string> Problems()
    {
        if (TokenLife <= TimeSpan.Zero)
            yield return "MyData:Members:TokenLife is not a positive time.";
        if (IdTokenLife <= TimeSpan.Zero)
            yield return "MyData:Members:IdTokenLife is not a positive time.";
        if (MostReads < 1)
            yield return "MyData:Members:MostReads is at least 1.";
    }
}
