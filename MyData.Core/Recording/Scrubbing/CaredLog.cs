using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A log under repair: whose root is known, from memory or from a signed checkpoint that others hold.</summary>
/// <param name="Id">in the rows</param>
/// <param name="Tree">with every place where its right bytes may be</param>
internal sealed record CaredLog(int Id, int Year, VerifierKey Key, RootedLog Tree);
