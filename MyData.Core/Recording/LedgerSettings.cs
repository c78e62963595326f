namespace MyData.Core.Recording;

/// <summary>What the platform's own log is called, and where its files are.</summary>
public sealed record LedgerSettings
{
    /// <summary>Begins the log's name: the portal's host.</summary>
    public string Host { get; init; } = "mydata.localhost";

    /// <summary>Where full tiles are kept; empty: <c>ledger</c> beside the database.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The name of a year's log.</summary>
    public string Origin(int year) => FormattableString.Invariant($"{Host}/ledger/{year}");
}
