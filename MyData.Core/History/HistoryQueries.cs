using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.History;

/// <summary>Reads the events about a citizen for herself. Every query names whose they are; there is no other way in.</summary>
public sealed class HistoryQueries(IDbContextFactory<MyDataDb> databases)
{
    /// <summary>Lines of one consent on a page.</summary>
    public const int MostSteps = 200;

    private const int PageSize = 20;
    private const int ExportBatch = 500;

    // No summer time since 1980.
    private static readonly TimeSpan Taipei = TimeSpan.FromHours(8);

    /// <summary>
    /// A page of entries. What came of one consent stands together, at the place of its first line; but each item that a service fetches again by a
    /// standing one stands at its own.
    /// </summary>
    /// <param name="citizenId">Whose.</param>
    /// <param name="filter">Which lines.</param>
    /// <param name="cursor">Where the page begins: <see cref="HistoryPage.Next"/> of the one before; null: at the start.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<HistoryPage> PageAsync(
        Guid citizenId,
        HistoryFilter filter,
        long? cursor = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hers = Hers(db, citizenId);
        var lines = Narrow(hers, filter);
        var heads = lines.Where(e =>
            e.ConsentId == null
            || e.Kind == EventKinds.StandingUsed
            || !lines.Any(other => other.ConsentId == e.ConsentId && other.Id < e.Id)
        );
        if (cursor is { } last)
            heads = filter.OldestFirst ? heads.Where(e => e.Id > last) : heads.Where(e => e.Id < last);
        heads = filter.OldestFirst ? heads.OrderBy(e => e.Id) : heads.OrderByDescending(e => e.Id);
        var found = await WithPurpose(heads.Take(PageSize + 1), hers).ToListAsync(cancellationToken);

        var entries = new List<HistoryEntry>(PageSize);
        foreach (var row in found.Take(PageSize))
            entries.Add(
                row.Event.ConsentId is { } consent
                    ? await TogetherAsync(consent, Of(row.Event, lines), hers, cancellationToken)
                    : new HistoryEntry(null, [Line(row)])
            );
        return new HistoryPage(entries, found.Count > PageSize ? found[PageSize - 1].Event.Id : null);
    }

    // A consent's lines without those of the fetches that stand at their own place; or those of one such fetch.
    private static IQueryable<Event> Of(Event head, IQueryable<Event> lines)
    {
        var all = lines.Where(e => e.ConsentId == head.ConsentId);
        if (head.Kind == EventKinds.StandingUsed)
            return all.Where(e => e.TransferId == head.TransferId);
        var fetches = all.Where(e => e.Kind == EventKinds.StandingUsed).Select(e => e.TransferId);
        return all.Where(e => e.TransferId == null || !fetches.Contains(e.TransferId));
    }

    // What an agency asked of her token gives way first: its number is the agency's choice, that of every other step is not.
    private static async Task<HistoryEntry> TogetherAsync(
        Guid consent,
        IQueryable<Event> all,
        IQueryable<Event> hers,
        CancellationToken cancellationToken
    )
    {
        var first = all.OrderBy(e => e.Kind == EventKinds.SubjectIntrospected || e.Kind == EventKinds.SubjectRead)
            .ThenBy(e => e.Id)
            .Take(MostSteps + 1);
        var rows = await WithPurpose(first, hers).ToListAsync(cancellationToken);
        var more = rows.Count > MostSteps ? await all.CountAsync(cancellationToken) - MostSteps : 0;
        return new(consent, [.. rows.Take(MostSteps).OrderBy(row => row.Event.Id).Select(Line)], more);
    }

    /// <summary>Every line, in the order in which they happened, read as they are consumed.</summary>
    public async IAsyncEnumerable<HistoryLine> ExportAsync(
        Guid citizenId,
        HistoryFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var last = 0L;
        List<Row> batch;
        do
        {
            await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            {
                var hers = Hers(db, citizenId);
                var next = Narrow(hers, filter).Where(e => e.Id > last).OrderBy(e => e.Id).Take(ExportBatch);
                batch = await WithPurpose(next, hers).ToListAsync(cancellationToken);
            }
            foreach (var row in batch)
                yield return Line(row);
            if (batch.Count > 0)
                last = batch[^1].Event.Id;
        } while (batch.Count == ExportBatch);
    }

    /// <summary>One of her lines; null where there is none of hers with this number.</summary>
    public async Task<HistoryLine?> FindAsync(
        Guid citizenId,
        long lineId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hers = Hers(db, citizenId);
        var found = await WithPurpose(hers.Where(e => e.Id == lineId), hers).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : Line(found);
    }

    /// <summary>The data sets that her history speaks of.</summary>
    public async Task<IReadOnlyList<string>> DataSetsAsync(
        Guid citizenId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Hers(db, citizenId)
            .Where(e => e.DataSetId != null)
            .Select(e => e.DataSetId!)
            .Distinct()
            .OrderBy(id => id)
            .ToListAsync(cancellationToken);
    }

    private static IQueryable<Event> Hers(MyDataDb db, Guid citizenId) =>
        db.Set<Event>().Where(e => e.CitizenId == citizenId);

    // Only the decision names the purpose; every step that came of it was for the same.
    private static IQueryable<Row> WithPurpose(IQueryable<Event> lines, IQueryable<Event> hers) =>
        lines.Select(e => new Row(
            e,
            e.Purpose
                ?? hers.Where(other =>
                        other.ConsentId != null && other.ConsentId == e.ConsentId && other.Purpose != null
                    )
                    .Select(other => other.Purpose)
                    .FirstOrDefault()
        ));

    private static HistoryLine Line(Row row) => HistoryLine.Of(row.Event) with { Purpose = row.Purpose };

    private static IQueryable<Event> Narrow(IQueryable<Event> hers, HistoryFilter filter)
    {
        var lines = hers;
        if (filter.Topic is { } topic)
            lines = lines.About(topic);
        if (filter.Result is { } result)
            lines = lines.Ending(result);
        if (filter.From is { } from)
            lines = lines.Where(e => e.At >= Start(from));
        if (filter.To is { } to)
            lines = lines.Where(e => e.At < Start(to.AddDays(1)));
        // A consent to several data sets names none itself: it belongs to each that its transfers name.
        if (filter.DataSetId is { } dataSet)
            lines = lines.Where(e =>
                e.DataSetId == dataSet
                || (
                    e.DataSetId == null
                    && e.ConsentId != null
                    && hers.Any(other => other.ConsentId == e.ConsentId && other.DataSetId == dataSet)
                )
            );
        return lines;
    }

    private static DateTimeOffset Start(DateOnly day) => new(day, TimeOnly.MinValue, Taipei);

    private sealed record Row(Event Event, string? Purpose);
}
