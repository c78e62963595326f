using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Notifications;

/// <summary>The notices of a citizen: queued by other features, read by her.</summary>
public sealed class Notices(IDbContextFactory<MyDataDb> databases, IWriter writer, PersonalDataVault vault) : INotices
{
    private const int PageSize = 20;

    // Compiled once, because every page asks.
    private readonly Func<MyDataDb, Guid, CancellationToken, Task<int>> _unread = EF.CompileAsyncQuery(
        (MyDataDb db, Guid citizenId, CancellationToken _) =>
            db.Set<Notice>().Count(n => n.CitizenId == citizenId && n.ReadAt == null)
    );

    /// <inheritdoc/>
    public void Queue(WriteScope scope, Guid citizenId, string kind, object parameters)
    {
        var notice = new Notice
        {
            Id = Ids.New(),
            CitizenId = citizenId,
            Kind = NoticeKinds.Find(kind).Name,
            Parameters = NoticeParameters.Write(parameters),
            CreatedAt = scope.Now,
            NextAttemptAt = scope.Now,
            ReadAt = NoticeKinds.Find(kind).NoNews ? scope.Now : null,
        };
        scope.Db.Add(notice);
        scope.Raise(
            new Event
            {
                Kind = EventKinds.NoticeQueued,
                CitizenId = citizenId,
                Actor = "platform",
                DataSetId = NoticeParameters.Find(notice.Parameters, "dataset"),
                ConsentId = IdIn(notice, "consent"),
                TransferId = IdIn(notice, "transfer"),
                Details = JsonSerializer.Serialize(new { notice = kind }),
            }
        );
    }

    /// <inheritdoc/>
    public SealedParameter Seal(Guid citizenId, string value) =>
        new(vault.Seal(value, NoticeParameters.SealPurpose, citizenId));

    /// <inheritdoc/>
    public void Forget(WriteScope scope, Guid citizenId) =>
        scope.Db.Set<Notice>().Where(n => n.CitizenId == citizenId).ExecuteDelete();

    /// <summary>How many notices she has not marked as read.</summary>
    public async Task<int> UnreadCountAsync(Guid citizenId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await _unread(db, citizenId, cancellationToken);
    }

    /// <summary>Her notices, newest first.</summary>
    /// <param name="citizenId">Whose.</param>
    /// <param name="before">The last notice of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<NoticePage> PageAsync(
        Guid citizenId,
        Guid? before = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hers = db.Set<Notice>().Where(n => n.CitizenId == citizenId);
        // Ids are UUID version 7: newest first is the order of the ids.
        if (before is { } last)
            hers = hers.Where(n => n.Id.CompareTo(last) < 0);
        var found = await hers.OrderByDescending(n => n.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        return new NoticePage(
            [.. found.Take(PageSize).Select(NoticeView.Of)],
            found.Count > PageSize ? found[PageSize - 1].Id : null
        );
    }

    /// <summary>Marks one of her notices as read; another person's stays as it is.</summary>
    /// <returns>False where she has no such unread notice.</returns>
    public Task<bool> MarkReadAsync(Guid citizenId, Guid noticeId, CancellationToken cancellationToken = default) =>
        MarkAsync(citizenId, notice => notice.Where(n => n.Id == noticeId), cancellationToken);

    /// <summary>Marks all of her notices as read.</summary>
    public Task<bool> MarkAllReadAsync(Guid citizenId, CancellationToken cancellationToken = default) =>
        MarkAsync(citizenId, notices => notices, cancellationToken);

    private Task<bool> MarkAsync(
        Guid citizenId,
        Func<IQueryable<Notice>, IQueryable<Notice>> which,
        CancellationToken cancellationToken
    ) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                return which(scope.Db.Set<Notice>().Where(n => n.CitizenId == citizenId && n.ReadAt == null))
                        .ExecuteUpdate(set => set.SetProperty(n => n.ReadAt, (DateTimeOffset?)scope.Now)) > 0;
            },
            cancellationToken
        );

    private static Guid? IdIn(Notice notice, string parameter) =>
        Guid.TryParse(NoticeParameters.Find(notice.Parameters, parameter), out var id) ? id : null;
}

/// <summary>A page of notices.</summary>
/// <param name="Notices">At most twenty.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record NoticePage(IReadOnlyList<NoticeView> Notices, Guid? Next);

/// <summary>A notice as its reader sees it; <see cref="NoticeWriting.LineAsync"/> puts it into words.</summary>
public sealed record NoticeView
{
    public required Guid Id { get; init; }

    /// <summary>One of <see cref="NoticeKinds"/>.</summary>
    public required string Kind { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required bool Read { get; init; }
    public required MailState Mail { get; init; }
    internal string Parameters { get; init; } = "{}";

    /// <summary>A parameter that is neither sealed nor in two languages, such as <c>consent</c>; or null.</summary>
    public string? this[string parameter] => NoticeParameters.Find(Parameters, parameter);

    internal static NoticeView Of(Notice notice) =>
        new()
        {
            Id = notice.Id,
            Kind = notice.Kind,
            CreatedAt = notice.CreatedAt,
            Read = notice.ReadAt is not null,
            Mail = notice.Mail,
            Parameters = notice.Parameters,
        };
}
