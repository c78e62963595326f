namespace MyData.Web.Features.NationalService;

/// <summary>The texts of what is different with a service on the national wire.</summary>
public sealed class WireText;
