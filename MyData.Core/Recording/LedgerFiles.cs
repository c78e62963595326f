using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What the platform publishes of its logs.</summary>
public sealed class LedgerFiles(OpenLogs logs, LedgerSettings settings, IDbContextFactory<MyDataDb> databases)
{
    /// <summary>Null for a year that has no log here.</summary>
    public ILogReader? Find(int year) => logs.Find(year) is { } log ? new LedgerReading(log, databases) : null;

    /// <summary>Whom to believe, as the platform says it (c2sp.org/tlog-policy).</summary>
    public string? Policy(int year) => logs.Find(year) is { } log ? settings.PolicyOf(log.Signer.Verifier) : null;
}
