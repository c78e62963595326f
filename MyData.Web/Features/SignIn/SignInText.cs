namespace MyData.Web.Features.SignIn;

/// <summary>The texts of signing in and out; SignInText.resx and SignInText.en.resx beside it.</summary>
public sealed class SignInText;
