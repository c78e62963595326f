namespace MyData.Web.Features.Services;

/// <summary>The texts of the journey with an online service.</summary>
public sealed class ServicesText;
