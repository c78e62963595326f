using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Transfers;

/// <summary>Tells her, once, of a report that did not come in time, and of one that tells something else.</summary>
public sealed class SideSweep(IDbContextFactory<MyDataDb> databases, IWriter writer, TimeProvider time)
{
    private const int Most = 100;

    private static readonly JsonSerializerOptions Short = new()
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <returns>How many she, or others, were told of.</returns>
    public async Task<int> SweepAsync(CancellationToken token)
    {
        var told = 0;
        while (await AnyAsync(token))
            told += await writer.WriteAsync(Tell, token);
        return told;
    }

    private async Task<bool> AnyAsync(CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(token);
        return await Untold(db, now).AnyAsync(token);
    }

    private static int Tell(WriteScope scope)
    {
        var sides = Untold(scope.Db, scope.Now).OrderBy(side => side.ReportId).Take(Most).ToList();
        // Another round may have been first.
        scope.Bookkeeping();
        foreach (var side in sides)
        {
            if (side.State == SideState.Waiting)
                side.State = SideState.Missing;
            else
                side.Told = true;
            scope.Raise(Happened(side));
        }
        return sides.Count;
    }

    private static IQueryable<TransferSide> Untold(MyDataDb db, DateTimeOffset now) =>
        db.Set<TransferSide>()
            .Where(side =>
                (side.State == SideState.Waiting && side.DueAt <= now)
                || (side.State == SideState.Differs && !side.Told)
            );

    private static Event Happened(TransferSide side)
    {
        var missing = side.State == SideState.Missing;
        return new()
        {
            Kind = missing ? EventKinds.SideMissing : EventKinds.SideDiffers,
            Actor = "platform",
            CitizenId = side.CitizenId,
            ConsentId = side.ConsentId,
            TransferId = side.TransferId,
            DataSetId = side.DataSetId,
            Code = missing ? "side.missing" : $"side.{side.Differences.Split(' ')[0]}",
            Details = JsonSerializer.Serialize(
                new
                {
                    to = side.Client,
                    differences = side.Differences,
                    service = side.Operation == TransferReport.Received ? side.Client : null,
                },
                Short
            ),
        };
    }
}
