namespace MyData.Web.Features.Ledger;

/// <summary>The texts of the public ledger; LedgerText.resx and LedgerText.en.resx beside it.</summary>
public sealed class LedgerText;
