namespace MyData.Web.Features.Help;

public static class HelpUrls
{
    public const string Help = "/help";
    public const string HowItWorks = "/how-it-works";
    public const string Privacy = "/privacy";
    public const string Terms = "/terms";

    /// <summary>What a code means, on the help page.</summary>
    public static string Code(string code) => $"{Help}#{code}";

    /// <summary>The page shown in place of an answer that has no body; <c>{0}</c> is its status.</summary>
    public const string Problem = "/problem/{0}";
}
