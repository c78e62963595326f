namespace MyData.Web.Features.Open;

/// <summary>The texts of these pages, and those that their modules get through the page's JSON block.</summary>
public sealed class OpenText;
