using MyData.Core.Data;

namespace MyData.Core.Recording;

/// <summary>By the log's own incidents, which nobody takes away. The incident stands before anything else is written again.</summary>
internal sealed class Recoveries : IRecoveries
{
    public DateTimeOffset? Last(MyDataDb db) =>
        db.Set<LedgerIncidentRow>()
            .Where(row => row.Code == LedgerIncidents.Recovered)
            .Max(row => (DateTimeOffset?)row.At);
}
