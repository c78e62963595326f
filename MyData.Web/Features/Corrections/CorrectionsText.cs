namespace MyData.Web.Features.Corrections;

/// <summary>The texts of corrections.</summary>
public sealed class CorrectionsText;
