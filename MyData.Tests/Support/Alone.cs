namespace MyData.Tests.Support;

/// <summary>For tests that measure: they run one by one, when the others are through.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
