using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Transfers;

/// <summary>Both tellings of one transfer, for whoever may see it.</summary>
public sealed record SideView
{
    public required Guid ReportId { get; init; }

    /// <summary>Null where nobody here knows it.</summary>
    public required Guid? TransferId { get; init; }
    public required string Operation { get; init; }

    /// <summary>The name under which the other end records.</summary>
    public required string Client { get; init; }
    public required string? DataSetId { get; init; }
    public required SideState State { get; init; }
    public required DateTimeOffset? EndedAt { get; init; }
    public required DateTimeOffset? DueAt { get; init; }
    public required string? Result { get; init; }
    public required string? Seal { get; init; }
    public required DateTimeOffset? ReportedAt { get; init; }
    public required string? ReportedResult { get; init; }
    public required string? ReportedSeal { get; init; }

    /// <summary>Of <see cref="SideDifferences"/>.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    /// <summary>It was reported, and after its time.</summary>
    public bool IsLate => ReportedAt > DueAt;

    internal static SideView Of(TransferSide side) =>
        new()
        {
            ReportId = side.ReportId,
            TransferId = side.TransferId,
            Operation = side.Operation,
            Client = side.Client,
            DataSetId = side.DataSetId,
            State = side.State,
            EndedAt = side.EndedAt,
            DueAt = side.DueAt,
            Result = side.Result,
            Seal = side.Seal,
            ReportedAt = side.ReportedAt,
            ReportedResult = side.ReportedResult,
            ReportedSeal = side.ReportedSeal,
            Differences = side.Differences.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
}

/// <summary>Which of them; nothing chosen: all that are not as they should be.</summary>
public enum SideChoice
{
    /// <summary>Missing, differing, or of no transfer.</summary>
    Open,
    Missing,
    Differs,
    Unknown,

    /// <summary>Reported after its time.</summary>
    Late,

    /// <summary>Its time is not over yet.</summary>
    Waiting,

    All,
}

/// <summary>Newest first.</summary>
/// <param name="Next">The page before begins below this report; null on the last.</param>
public sealed record SidePage(IReadOnlyList<SideView> Sides, Guid? Next);

/// <summary>Reads how both ends of each transfer tell of it: for the person whose it is, for the other end, for the staff.</summary>
public sealed class TransferSides(IDbContextFactory<MyDataDb> databases)
{
    public const int PageSize = 100;

    /// <summary>Of these transfers.</summary>
    public async Task<IReadOnlyList<SideView>> OfAsync(IReadOnlyCollection<Guid> transfers, CancellationToken token)
    {
        if (transfers.Count == 0)
            return [];
        await using var db = await databases.CreateDbContextAsync(token);
        var wanted = transfers.Select(id => (Guid?)id).ToArray();
        var rows = await db.Set<TransferSide>().Where(side => wanted.Contains(side.TransferId)).ToListAsync(token);
        return [.. rows.Select(SideView.Of)];
    }

    /// <summary>The reports about somebody's transfers that are in the log.</summary>
    public async Task<IReadOnlyList<Guid>> ReportsAsync(Guid citizenId, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<TransferSide>()
            // A service's receipt stands in the platform's own record of it.
            .Where(side => side.CitizenId == citizenId && side.ReportedTime != null)
            .Select(side => side.ReportId)
            .ToListAsync(token);
    }

    /// <param name="choice">which</param>
    /// <param name="client">of this end alone; null: of all</param>
    /// <param name="before">only below this report</param>
    /// <param name="token">ends the query</param>
    public async Task<SidePage> PageAsync(SideChoice choice, string? client, Guid? before, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var rows = Chosen(db.Set<TransferSide>(), choice);
        if (client is not null)
            rows = rows.Where(side => side.Client == client);
        if (before is { } last)
            rows = rows.Where(side => side.ReportId < last);
        // The time of the transfer comes first in the id.
        var found = await rows.OrderByDescending(side => side.ReportId).Take(PageSize + 1).ToListAsync(token);
        var page = found.Take(PageSize).Select(SideView.Of).ToList();
        // Its hour, at least: within it the id's other bits say nothing.
        return new SidePage(
            [.. page.OrderByDescending(side => side.EndedAt ?? side.ReportedAt ?? DateTimeOffset.MaxValue)],
            found.Count > PageSize ? page[^1].ReportId : null
        );
    }

    /// <summary>How many there are of each kind that asks for somebody's eye.</summary>
    public async Task<IReadOnlyDictionary<SideState, int>> CountsAsync(CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        SideState[] open = [SideState.Missing, SideState.Differs, SideState.Unknown];
        return await db.Set<TransferSide>()
            .Where(side => open.Contains(side.State))
            .GroupBy(side => side.State)
            .Select(state => new { state.Key, Count = state.Count() })
            .ToDictionaryAsync(state => state.Key, state => state.Count, token);
    }

    private static IQueryable<TransferSide> Chosen(IQueryable<TransferSide> all, SideChoice choice) =>
        choice switch
        {
            SideChoice.Open => all.Where(side =>
                side.State == SideState.Missing || side.State == SideState.Differs || side.State == SideState.Unknown
            ),
            SideChoice.Missing => all.Where(side => side.State == SideState.Missing),
            SideChoice.Differs => all.Where(side => side.State == SideState.Differs),
            SideChoice.Unknown => all.Where(side => side.State == SideState.Unknown),
            SideChoice.Waiting => all.Where(side => side.State == SideState.Waiting),
            SideChoice.Late => all.Where(side => side.ReportedAt > side.DueAt),
            _ => all,
        };
}
