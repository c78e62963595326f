using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Transfers;

/// <summary>The reports of transfers that the platform began on a consent, by who was called and about her.</summary>
internal sealed class PairedReports(IDbContextFactory<MyDataDb> databases) : IPairedReports
{
    public async Task<IReadOnlySet<Guid>> FindAsync(IReadOnlyCollection<Guid> reports, CancellationToken token)
    {
        if (reports.Count == 0)
            return new HashSet<Guid>();
        var asked = reports.ToArray();
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<TransferSide>()
            .Where(side => asked.Contains(side.ReportId) && side.ConsentId != null)
            .Where(side => !side.Found.Contains(SideDifferences.Sender) && !side.Found.Contains(SideDifferences.Person))
            .Select(side => side.ReportId)
            .ToHashSetAsync(token);
    }
}
