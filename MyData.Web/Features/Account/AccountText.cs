namespace MyData.Web.Features.Account;

/// <summary>The texts of "my account"; AccountText.resx and AccountText.en.resx beside it.</summary>
public sealed class AccountText;
