namespace MyData.Web.Features.Help;

/// <summary>The versions of the privacy statement and the terms that are in force; consent receipts name them.</summary>
public static class PolicyVersions
{
    public const string Privacy = "1.0";
    public const string Terms = "1.0";

    /// <summary>The day from which these versions hold.</summary>
    public static readonly DateOnly InForceFrom = new(2026, 11, 21);
}
