namespace MyData.Web.Features.Help;

/// <summary>The words of help, and of what is told when a page cannot be shown; HelpText.resx and HelpText.en.resx beside it.</summary>
public sealed class HelpText;
