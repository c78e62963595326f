using System.Collections.Concurrent;
using System.Text.Json;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Load.Running;

namespace MyData.Load.Services;

/// <summary>One provider's side of the comparison: its process, the clients that it has, and the rounds so far.</summary>
/// <param name="process">whose processor time is counted</param>
/// <param name="path">of its token endpoint</param>
public sealed class ExchangeSide(string name, int process, IReadOnlyList<ServiceCaller> callers, string path)
{
    private const int MostLooks = 300;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly List<(CrowdResult Result, TimeSpan Work)> _rounds = [];

    /// <summary>
    /// Exchanges all the codes, all clients at once, from rest. What a client signs is signed before: it is a client's work, and the machine has
    /// only so many cores.
    /// </summary>
    /// <param name="counts">false: it is run for the warmth alone</param>
    /// <param name="told">a client's number and what it was answered</param>
    public async Task RoundAsync(
        IReadOnlyCollection<string> codes,
        string redirect,
        string verifier,
        bool counts,
        Action<int, JsonElement> told,
        CancellationToken token
    )
    {
        foreach (var caller in callers)
            await caller.KnowNonceAsync(path, token);
        await QuietAsync(process, token);
        var ready = new ConcurrentQueue<(int Caller, HttpRequestMessage Request)>(
            codes.Select(
                (code, at) => (at % callers.Count, callers[at % callers.Count].Exchange(path, code, redirect, verifier))
            )
        );
        var before = ProcessTime.Of(process);
        var result = await Crowd.RunAsync(
            callers.Count,
            codes.Count,
            async (number, stop) =>
            {
                ready.TryDequeue(out var one);
                using (one.Request)
                    told(one.Caller, await callers[number].SendAsync(one.Request, stop));
            },
            token
        );
        result.Tell(name);
        if (counts)
            _rounds.Add((result, ProcessTime.Of(process) - before));
    }

    /// <summary>Of the rounds that count; milliseconds of processor time for each code.</summary>
    public (CrowdResult Result, double Work) Total()
    {
        var result = CrowdResult.Of(_rounds.Select(round => round.Result));
        return (result, _rounds.Sum(round => round.Work.TotalMilliseconds) / result.Seconds.Count);
    }

    /// <summary>What making the codes set off (notices, events) is no part of exchanging them.</summary>
    private static async Task QuietAsync(int process, CancellationToken token)
    {
        for (var look = 0; look < MostLooks; look++)
        {
            var before = ProcessTime.Of(process);
            await Task.Delay(Look, token);
            if (ProcessTime.Of(process) - before <= Look / 10)
                return;
        }
        throw new LoadException("It does not come to rest.");
    }
}
