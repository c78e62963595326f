namespace MyData.Web.Hosting;

/// <summary>Marks the few pages that hold a circuit. All others are plain HTML, and do not load Blazor's script.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LivePageAttribute : Attribute;
