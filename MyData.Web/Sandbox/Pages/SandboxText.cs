namespace MyData.Web.Sandbox.Pages;

/// <summary>The sandbox's texts; SandboxText.resx and SandboxText.en.resx beside it.</summary>
public sealed class SandboxText;
