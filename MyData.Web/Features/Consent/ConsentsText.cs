namespace MyData.Web.Features.Consent;

/// <summary>The texts of the page of all consents.</summary>
public sealed class ConsentsText;
