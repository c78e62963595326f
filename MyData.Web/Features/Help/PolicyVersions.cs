namespace MyData.Web.Features.Help;

/// <summary>The versions of the privacy statement and the terms that are in force; consent receipts name them.</summary>
public static class PolicyVersions
{
    /// <summary>Of the words with the usual times; <see cref="PrivacyStatement.Version"/> is what a portal shows and receipts name.</summary>
    public const string Privacy = "1.10";
    public const string Terms = "1.0";

    /// <summary>The day from which that version holds.</summary>
    public static readonly DateOnly PrivacyFrom = new(2026, 11, 30);

    /// <inheritdoc cref="PrivacyFrom"/>
    public static readonly DateOnly TermsFrom = new(2026, 11, 21);
}
