using System.Globalization;
using MyData.Core.Data;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

/// <summary>What there is to tell at one moment.</summary>
/// <param name="Checkpoint">the newest that the policy accepts; null before the first</param>
public sealed record NewsOfNow(ApiCheckpoint? Checkpoint, IReadOnlyList<Incident> Incidents);

/// <summary>What a listener knows: the id of a server-sent event, such as <c>2026.1042.1795000000123</c>.</summary>
/// <param name="IncidentsUntil">the newest incident that it was told</param>
public sealed record NewsMark(int Year, long Size, DateTimeOffset IncidentsUntil)
{
    /// <summary>Of somebody new, and of whoever says what we never said: everything that there is.</summary>
    public static NewsMark Parse(string? id)
    {
        var none = new NewsMark(0, 0, DateTimeOffset.UnixEpoch);
        if (id is not { Length: > 0 and < 64 } || id.Split('.') is not [var year, var size, var incidents])
            return none;
        const long Latest = 253_402_300_799_999;
        return
            int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var y)
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var s)
            && long.TryParse(incidents, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            && i <= Latest
            ? new NewsMark(y, s, DateTimeOffset.FromUnixTimeMilliseconds(i))
            : none;
    }

    public bool IsBefore((int Year, long Size) at) => at.Year > Year || (at.Year == Year && at.Size > Size);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Year}.{Size}.{IncidentsUntil.ToUnixTimeMilliseconds()}");
}

/// <summary>
/// One look a second for all who listen, and none while nobody does. A slow listener misses looks and no news: each finds what is newest.
/// </summary>
public sealed partial class LedgerNews(
    OpenLogs logs,
    LedgerIncidents incidents,
    LedgerPulse pulse,
    MyDataSettings settings,
    ILogger<LedgerNews> log
) : BackgroundLoop
{
    /// <summary>The stable code of a refusal.</summary>
    public const string TooMany = "events.too_many";

    private const int MostIncidents = 100;
    private readonly OpenCircuits _open = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _beats = new(0, 1);
    private Listener[] _listeners = [];
    private volatile NewsOfNow _newest = new(null, []);

    public NewsOfNow Newest => _newest;

    /// <summary>Begins to listen, until it is disposed; null where too many do.</summary>
    public Listener? Enter(string network)
    {
        IReadOnlyList<(string, int)> limits =
        [
            ("all", settings.Ledger.ListenersInAll),
            (network, settings.Ledger.ListenersPerNetwork),
        ];
        if (!_open.Enter(limits))
            return null;
        var listener = new Listener(this, limits);
        lock (_gate)
            _listeners = [.. _listeners, listener];
        Beat();
        return listener;
    }

    public override void Dispose()
    {
        _beats.Dispose();
        base.Dispose();
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var listening = pulse.Listen(Beat);
        while (true)
        {
            await _beats.WaitAsync(stopping);
            var all = Volatile.Read(ref _listeners);
            if (all.Length == 0)
                continue;
            try
            {
                if (!await LookAsync(stopping))
                    continue;
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                LookFailed(failure);
                continue;
            }
            foreach (var listener in all)
                listener.Tell();
        }
    }

    private async Task<bool> LookAsync(CancellationToken token)
    {
        var checkpoint = logs
            .All.Where(one => one.Proven is not null)
            .OrderByDescending(one => one.Year)
            .Select(one => (one.Year, Proven: one.Proven!))
            .Where(one => one.Proven.Checkpoint.Size > 0)
            .Select(one => new ApiCheckpoint(
                one.Year,
                one.Proven.Checkpoint.Origin,
                one.Proven.Checkpoint.Size,
                Convert.ToBase64String(one.Proven.Checkpoint.Root.Span),
                System.Text.Encoding.UTF8.GetString(one.Proven.Note.ToBytes())
            ))
            .FirstOrDefault();
        var all = await incidents.ListAsync(MostIncidents, token);
        var before = _newest;
        _newest = new NewsOfNow(checkpoint, all);
        return checkpoint != before.Checkpoint || all.Count != before.Incidents.Count || all.Count == MostIncidents;
    }

    private void Beat()
    {
        try
        {
            if (_beats.CurrentCount == 0)
                _beats.Release();
        }
        catch (Exception ended) when (ended is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else has, or the portal stops.
        }
    }

    private void Leave(Listener listener, IReadOnlyList<(string, int)> limits)
    {
        lock (_gate)
            _listeners = [.. _listeners.Where(other => other != listener)];
        _open.Leave(limits);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Listeners were told nothing; the next look tries again")]
    private partial void LookFailed(Exception failure);

    /// <summary>Somebody who listens.</summary>
    public sealed class Listener(LedgerNews owner, IReadOnlyList<(string, int)> limits) : IDisposable
    {
        private readonly SemaphoreSlim _told = new(0, 1);

        /// <summary>Until there is news, and no longer than this.</summary>
        public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken token)
        {
            using var limit = new CancellationTokenSource(longest, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, token);
            try
            {
                await _told.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                // A quiet while.
            }
        }

        internal void Tell()
        {
            try
            {
                if (_told.CurrentCount == 0)
                    _told.Release();
            }
            catch (Exception late) when (late is SemaphoreFullException or ObjectDisposedException)
            {
                // It was told, or has left.
            }
        }

        public void Dispose()
        {
            owner.Leave(this, limits);
            _told.Dispose();
        }
    }
}
