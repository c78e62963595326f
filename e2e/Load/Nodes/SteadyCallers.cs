using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using MyData.Core.Ledger;

namespace MyData.Load.Nodes;

/// <summary>An access that was recorded, with the receipt that the caller holds.</summary>
/// <param name="At">when the answer was there</param>
/// <param name="Seconds">from the first try to the answer</param>
public sealed record Acknowledged(int Year, long Index, string Entry, string Proof, long At, double Seconds);

/// <summary>
/// Systems that record one access after another, and send each again until it is acknowledged, wherever the portal is by then. What they
/// hold in the end is what must be in the log.
/// </summary>
public sealed class SteadyCallers : IAsyncDisposable
{
    /// <summary>No status: the connection broke, or nobody listened.</summary>
    public const int Cut = 0;

    private const string Caller = "city-traffic";
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<Acknowledged> _acknowledged = new();
    private readonly ConcurrentDictionary<int, int> _refusals = new();
    private readonly ConcurrentDictionary<Guid, bool> _sent = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(15),
    };
    private readonly ECDsa _key = ECDsa.Create();
    private readonly Lock _signing = new();
    private readonly string _kid;
    private readonly Func<Uri> _portal;
    private readonly Task _work;

    /// <param name="portal">where it is now</param>
    /// <param name="sandboxKeys">the sandbox's folder of keys, which has this system's</param>
    public SteadyCallers(Func<Uri> portal, string sandboxKeys, int atOnce)
    {
        _portal = portal;
        _key.ImportFromPem(File.ReadAllText(Path.Combine(sandboxKeys, $"caller-{Caller}.pem")));
        _kid = CallerKey.Parse(_key.ExportSubjectPublicKeyInfo()).Kid;
        _work = Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(GoOnAsync)));
    }

    public IReadOnlyCollection<Acknowledged> Acknowledged => _acknowledged;

    /// <summary>Answers that were none, by status; <see cref="Cut"/> where the connection broke.</summary>
    public IReadOnlyDictionary<int, int> Refusals => _refusals;

    /// <summary>It bears this system's name, and this system never sent it.</summary>
    public bool IsForged(LedgerRecord record) => record.Via == Caller && !_sent.ContainsKey(record.Id);

    /// <summary>The longest time with no acknowledgement.</summary>
    public TimeSpan LongestGap
    {
        get
        {
            var times = _acknowledged.Select(one => one.At).Order().ToList();
            return times.Count < 2
                ? Timeout.InfiniteTimeSpan
                : Stopwatch.GetElapsedTime(0, times.Zip(times.Skip(1), (before, after) => after - before).Max());
        }
    }

    /// <summary>Waits until so many more are acknowledged.</summary>
    /// <exception cref="TimeoutException">They were not, within the limit.</exception>
    public async Task MoreAsync(int count, TimeSpan limit)
    {
        var goal = _acknowledged.Count + count;
        var start = Stopwatch.GetTimestamp();
        while (_acknowledged.Count < goal)
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                throw new TimeoutException(
                    $"{_acknowledged.Count} acknowledged, and not {goal}; refused: {string.Join(", ", _refusals)}"
                );
            await Task.Delay(Again);
        }
    }

    /// <summary>Waits until so many answers more were refusals of this status.</summary>
    /// <exception cref="TimeoutException">They were not, within the limit.</exception>
    public async Task RefusedAsync(int status, int count, TimeSpan limit)
    {
        var goal = _refusals.GetValueOrDefault(status) + count;
        var start = Stopwatch.GetTimestamp();
        while (_refusals.GetValueOrDefault(status) < goal)
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                throw new TimeoutException($"Not refused: {string.Join(", ", _refusals)}");
            await Task.Delay(Again);
        }
    }

    /// <summary>Ends; what is under way is tried no further.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _key.Dispose();
        _stop.Dispose();
    }

    private async Task GoOnAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var (body, start) = (Body(), Stopwatch.GetTimestamp());
            while (!_stop.IsCancellationRequested && !await SendAsync(body, start))
            {
                try
                {
                    await Task.Delay(Again, _stop.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private async Task<bool> SendAsync(string body, long start)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync(new Uri(_portal(), "/ledger/v1/records"), content, _stop.Token);
            if (!answer.IsSuccessStatusCode)
            {
                Refused((int)answer.StatusCode);
                return false;
            }
            var said = (await answer.Content.ReadFromJsonAsync<Answer>(_stop.Token))!;
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            _acknowledged.Enqueue(
                new Acknowledged(said.Year, said.Index, said.Entry, said.Proof, Stopwatch.GetTimestamp(), seconds)
            );
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
        {
            Refused(Cut);
            return false;
        }
    }

    private void Refused(int status) => _refusals.AddOrUpdate(status, 1, (_, count) => count + 1);

    private string Body()
    {
        var now = TimeProvider.System.GetUtcNow();
        var record = new LedgerRecord
        {
            Id = Guid.CreateVersion7(now),
            Time = now,
            From = "ris/household@3",
            To = Caller,
            Via = Caller,
            Kid = _kid,
            Operation = "household.read",
            Reason = "act-12.3",
            Result = "ok",
        };
        _sent[record.Id] = true;
        byte[] signature;
        lock (_signing)
            signature = _key.SignData(CallerSignature.Message(record.ToSignedBytes()), HashAlgorithmName.SHA256);
        var sent = record with { Signature = CallerSignature.Single(signature) };
        return $$"""{"record":{{Encoding.UTF8.GetString(sent.ToSentBytes())}}}""";
    }

    private sealed record Answer(int Year, long Index, string Entry, string Proof);
}
