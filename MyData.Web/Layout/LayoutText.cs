namespace MyData.Web.Layout;

/// <summary>The texts around every page; LayoutText.resx and LayoutText.en.resx beside it.</summary>
public sealed class LayoutText;
