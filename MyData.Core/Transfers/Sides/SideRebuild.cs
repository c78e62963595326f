using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Transfers;

/// <summary>
/// Makes the sides anew from the events and the log, where there are none: after a loss of the table, and in a database that is older than it.
/// What only the moment of the report knew is taken as good: whom it named, and when it came is its own time.
/// </summary>
public sealed class SideRebuild(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    Catalogue catalogue,
    OnlineServices services,
    Consents consents,
    ICallerRoster roster,
    ISentRecords records,
    TransferSettings settings
)
{
    private const int Slice = 200;

    private static readonly string[] Ends =
    [
        EventKinds.TransferReady,
        EventKinds.TransferEmpty,
        EventKinds.TransferFailed,
    ];

    /// <returns>How many were made.</returns>
    public async Task<int> WhereEmptyAsync(CancellationToken token)
    {
        await using (var db = await databases.CreateDbContextAsync(token))
            if (await db.Set<TransferSide>().AnyAsync(token))
                return 0;
        return await RunAsync(token);
    }

    private async Task<int> RunAsync(CancellationToken token)
    {
        var made = 0;
        var last = 0L;
        while (true)
        {
            var called = await CalledAsync(last, token);
            if (called.Count == 0)
                return made + await ServicesAsync(token);
            last = called[^1].Id;
            var sides = new List<TransferSide>();
            foreach (var first in called.DistinctBy(happened => happened.TransferId))
                if (await SideAsync(first, token) is { } side)
                    sides.Add(side);
            made += await StoreAsync(sides, token);
        }
    }

    // As they were told: what a service fetched first, then what it said of it.
    private async Task<int> ServicesAsync(CancellationToken token)
    {
        var (made, last) = (0, 0L);
        while (true)
        {
            List<Event> told;
            await using (var db = await databases.CreateDbContextAsync(token))
                told = await db.Set<Event>()
                    .Where(e => e.Id > last && ServiceSides.Kinds.Contains(e.Kind) && e.TransferId != null)
                    .OrderBy(e => e.Id)
                    .Take(Slice)
                    .ToListAsync(token);
            if (told.Count == 0)
                return made;
            last = told[^1].Id;
            var national = await NationalAsync(told, token);
            await writer.WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    foreach (var one in told)
                        ServiceSides.Follow(scope, one, settings, national.Contains(one));
                },
                token
            );
            made += told.Count(one => one.Kind == EventKinds.ServiceFetched);
        }
    }

    // A service speaks one wire, and as what it was listed it stays known.
    private async Task<HashSet<Event>> NationalAsync(List<Event> told, CancellationToken token)
    {
        var found = new HashSet<Event>();
        foreach (var one in told)
            if (
                ServiceSides.ServiceOf(one) is { } service
                && await services.FindAnyAsync(service, token) is { National: not null }
            )
                found.Add(one);
        return found;
    }

    private async Task<List<Event>> CalledAsync(long after, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Event>()
            .Where(e => e.Id > after && e.Kind == EventKinds.TransferCalled && e.TransferId != null)
            .OrderBy(e => e.Id)
            .Take(Slice)
            .ToListAsync(token);
    }

    // Null where nobody is left to ask: the data set is gone from the catalogue, or the account.
    private async Task<TransferSide?> SideAsync(Event called, CancellationToken token)
    {
        if (called is not { TransferId: { } transfer, CitizenId: { } citizen, ConsentId: { } consentId })
            return null;
        if (await catalogue.FindAsync(called.DataSetId!, token) is not { } dataSet)
            return null;
        var consent = await consents.FindAsync(citizen, consentId, token);
        var item = consent is null
            ? null
            : consents.Items(consent).FirstOrDefault(item => item.DataSet == called.DataSetId);
        if (item is null)
            return null;
        var client = dataSet.Provider.ClientId;
        return new TransferSide
        {
            ReportId = TransferReport.IdOf(transfer, TransferReport.Sent, client),
            TransferId = transfer,
            CitizenId = citizen,
            ConsentId = consentId,
            Operation = TransferReport.Sent,
            Client = client,
            DataSetId = called.DataSetId,
            From = $"{item.Provider}/{item.DataSet}@{item.SchemaVersion}",
            Fields = string.Join(' ', item.Fields),
            Seals = dataSet.SealedByProvider,
            Reports = await roster.SinceAsync(client, token) <= called.At,
            CalledAt = called.At,
        };
    }

    private async Task<int> StoreAsync(List<TransferSide> sides, CancellationToken token)
    {
        var reports = (await records.FindAsync([.. sides.Select(side => side.ReportId)], token)).ToDictionary(report =>
            report.Id
        );
        return await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var made = 0;
                foreach (var side in sides)
                {
                    if (scope.Db.Set<TransferSide>().Find(side.ReportId) is not null)
                        continue;
                    var end = scope
                        .Db.Set<Event>()
                        .Where(e => e.ConsentId == side.ConsentId && e.TransferId == side.TransferId)
                        .Where(e => Ends.Contains(e.Kind))
                        .OrderByDescending(e => e.Id)
                        .FirstOrDefault();
                    if (end is not null)
                        SideFollower.End(side, end, SideFollower.ResultOf(end)!, settings);
                    if (reports.TryGetValue(side.ReportId, out var report))
                        SideFollower.Report(side, report, report.Time, hers: true);
                    SideDifferences.Judge(side);
                    scope.Db.Add(side);
                    made++;
                }
                return made;
            },
            token
        );
    }
}
