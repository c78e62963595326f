using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.Citizens;

/// <summary>Who is signed in. Looked up at every request, so live sessions are kept in memory for a few seconds.</summary>
public sealed class Sessions : IDisposable
{
    private const int MostInMemory = 20_000;

    private readonly Func<MyDataDb, string, CancellationToken, Task<Session?>> _byToken = EF.CompileAsyncQuery(
        (MyDataDb db, string hash, CancellationToken _) =>
            db.Set<Session>().AsNoTracking().FirstOrDefault(s => s.TokenHash == hash && s.EndedAt == null)
    );

    private readonly IDbContextFactory<MyDataDb> _dbs;
    private readonly IWriter _writer;
    private readonly TimeProvider _time;
    private readonly CitizenSettings _settings;
    private readonly INotices _notices;
    private readonly IDisposable _listening;
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private long _endings;

    public Sessions(
        IDbContextFactory<MyDataDb> dbs,
        IWriter writer,
        CommittedEvents committed,
        TimeProvider time,
        CitizenSettings settings,
        INotices notices
    )
    {
        (_dbs, _writer, _time, _settings, _notices) = (dbs, writer, time, settings, notices);
        _listening = committed.Listen(Forget);
    }

    /// <summary>The live session of this cookie; null for an unknown, ended, idle or expired one.</summary>
    public async Task<SessionInfo?> FindAsync(string? cookie, CancellationToken cancellationToken = default)
    {
        if (!SecretToken.TryParse(cookie, out var token))
            return null;
        if (await LoadAsync(token.Hash, cancellationToken) is not { } session || !IsLive(session))
            return null;
        if (_time.GetUtcNow() - session.LastSeenAt >= _settings.LastSeenGrain)
            await TouchAsync(session, cancellationToken);
        return session.ToInfo();
    }

    /// <summary>Whether this session is live now; for circuits, which outlast the request that carried the cookie.</summary>
    public async Task<bool> IsLiveAsync(Guid sessionId, CancellationToken cancellationToken = default)
    {
        await using var db = await _dbs.CreateDbContextAsync(cancellationToken);
        return await db.Set<Session>().FirstOrDefaultAsync(s => s.Id == sessionId, cancellationToken) is { } session
            && IsLive(session);
    }

    /// <summary>Her live sessions, the last used one first.</summary>
    public async Task<IReadOnlyList<SessionView>> ListAsync(
        Guid citizenId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await _dbs.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<Session>()
            .Where(s => s.CitizenId == citizenId && s.EndedAt == null)
            .OrderByDescending(s => s.LastSeenAt)
            .ToListAsync(cancellationToken);
        return rows.FindAll(IsLive)
            .ConvertAll(s => new SessionView(s.Id, s.Device, s.SignedInAt, s.LastSeenAt, s.Level));
    }

    /// <summary>Ends one session of hers; false where it is not hers or has ended.</summary>
    public Task<bool> EndAsync(Guid citizenId, Guid sessionId, string reason, CancellationToken token = default) =>
        _writer.WriteAsync(scope => End(scope, s => s.CitizenId == citizenId && s.Id == sessionId, reason) > 0, token);

    /// <summary>Ends all her sessions but one, and says how many.</summary>
    public Task<int> EndOthersAsync(Guid citizenId, Guid keep, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(
            scope => End(scope, s => s.CitizenId == citizenId && s.Id != keep, SessionEnds.EndedFromAccount),
            cancellationToken
        );

    public void Dispose() => _listening.Dispose();

    /// <summary>Opens a session in a write that has accepted her proof.</summary>
    internal Session Begin(WriteScope scope, SecretToken token, Guid citizenId, SignedInBy by, SignInOrigin origin)
    {
        var session = new Session
        {
            CitizenId = citizenId,
            TokenHash = token.Hash,
            Level = by.Level,
            Methods = string.Join(' ', by.Methods),
            Device = origin.Device,
            SignedInAt = scope.Now,
            LastSeenAt = scope.Now,
            ExpiresAt = scope.Now + _settings.SessionLife,
        };
        scope.Db.Add(session);
        scope.Raise(
            new Event
            {
                Kind = EventKinds.SignInSucceeded,
                CitizenId = citizenId,
                SessionId = session.Id,
                Actor = "citizen",
                Details = SignInDetails.Json(string.Join(' ', by.Methods), by.Level, origin),
            }
        );
        if (!by.IsFirstUse && origin.KnownTo != citizenId)
            _notices.Queue(scope, citizenId, NoticeKinds.SignInNewDevice, new { when = scope.Now });
        return session;
    }

    internal static int End(
        WriteScope scope,
        System.Linq.Expressions.Expression<Func<Session, bool>> which,
        string reason
    )
    {
        var ending = scope.Db.Set<Session>().Where(s => s.EndedAt == null).Where(which).ToList();
        foreach (var session in ending)
        {
            session.EndedAt = scope.Now;
            session.EndReason = reason;
            scope.Raise(
                new Event
                {
                    Kind = EventKinds.SessionEnded,
                    CitizenId = session.CitizenId,
                    SessionId = session.Id,
                    Actor = "citizen",
                    Code = reason,
                }
            );
        }
        return ending.Count;
    }

    internal bool IsLive(Session session)
    {
        var now = _time.GetUtcNow();
        return session.EndedAt is null && now < session.ExpiresAt && now - session.LastSeenAt < _settings.SessionIdle;
    }

    private async Task<Session?> LoadAsync(string hash, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(hash, out var kept) && _time.GetElapsedTime(kept.Since) < _settings.SessionCache)
            return kept.Session;
        var endings = Volatile.Read(ref _endings);
        await using var db = await _dbs.CreateDbContextAsync(cancellationToken);
        if (await _byToken(db, hash, cancellationToken) is not { } session)
            return null;
        Keep(session, endings);
        return session;
    }

    // A session that ended while its row was read must not come back from memory: keep it only if none ended meanwhile.
    private void Keep(Session session, long endings)
    {
        if (_kept.Count >= MostInMemory)
            _kept.Clear();
        var kept = new Kept(session, _time.GetTimestamp());
        _kept[session.TokenHash] = kept;
        if (Volatile.Read(ref _endings) != endings)
            _kept.TryRemove(KeyValuePair.Create(session.TokenHash, kept));
    }

    private void Forget(Event happened)
    {
        if (happened.Kind != EventKinds.SessionEnded)
            return;
        Interlocked.Increment(ref _endings);
        foreach (var (hash, kept) in _kept)
            if (kept.Session.Id == happened.SessionId)
                _kept.TryRemove(hash, out _);
    }

    private async Task TouchAsync(Session session, CancellationToken cancellationToken)
    {
        session.LastSeenAt = _time.GetUtcNow().TrimToMilliseconds();
        await _writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<Session>()
                    .Where(s => s.Id == session.Id && s.LastSeenAt < session.LastSeenAt)
                    .ExecuteUpdate(set => set.SetProperty(s => s.LastSeenAt, session.LastSeenAt));
            },
            cancellationToken
        );
    }

    private sealed record Kept(Session Session, long Since);
}

/// <summary>A live session in her list.</summary>
/// <param name="Device">Such as "Chrome, Windows"; empty where the browser did not say.</param>
/// <param name="LastSeenAt">Within a minute.</param>
public sealed record SessionView(
    Guid Id,
    string Device,
    DateTimeOffset SignedInAt,
    DateTimeOffset LastSeenAt,
    AssuranceLevel Level
);

/// <summary>The methods and the level that a session stands on.</summary>
/// <param name="IsFirstUse">She has just been there herself: no need to tell her.</param>
internal sealed record SignedInBy(IReadOnlyList<string> Methods, AssuranceLevel Level, bool IsFirstUse = false);
