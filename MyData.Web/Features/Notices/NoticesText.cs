namespace MyData.Web.Features.Notices;

/// <summary>The words around the notices; those of each kind stand in Core, because mails are written there.</summary>
public sealed class NoticesText;
