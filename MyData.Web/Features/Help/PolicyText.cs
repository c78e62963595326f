namespace MyData.Web.Features.Help;

/// <summary>
/// Privacy statement and terms; PolicyText.resx and PolicyText.en.resx beside it. Other words are another version: change
/// <see cref="PolicyVersions"/> with them, a test asks for it.
/// </summary>
public sealed class PolicyText;
