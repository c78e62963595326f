using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Transfers;

/// <summary>
/// The reports of transfers that the platform began on a consent: by who was called, about her, of what was asked for, and dated within the
/// transfer or the time that there is to report it. An id that was left unused is good for no later reading.
/// </summary>
internal sealed class PairedReports(IDbContextFactory<MyDataDb> databases) : IPairedReports
{
    /// <summary>Allowed difference between two clocks.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    public async Task<IReadOnlySet<Guid>> FindAsync(IReadOnlyCollection<Guid> reports, CancellationToken token)
    {
        if (reports.Count == 0)
            return new HashSet<Guid>();
        var asked = reports.ToArray();
        await using var db = await databases.CreateDbContextAsync(token);
        var sides = await db.Set<TransferSide>()
            .Where(side => asked.Contains(side.ReportId) && side.ConsentId != null && side.Found == "")
            .ToListAsync(token);
        return sides.Where(IsWithin).Select(side => side.ReportId).ToHashSet();
    }

    private static bool IsWithin(TransferSide side) =>
        side is { CalledAt: { } called, ReportedTime: { } at }
        && at >= called - Skew
        && (side.DueAt is not { } due || at <= due + Skew);
}
