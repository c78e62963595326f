namespace MyData.Web.Features.Members;

/// <summary>The texts of signing in at a service.</summary>
public sealed class MembersText;
