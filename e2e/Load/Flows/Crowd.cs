using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Flows;

/// <summary>What a crowd did: the time of every flow that ended well, the whole time, and what was lost.</summary>
public sealed record CrowdResult(Samples Seconds, TimeSpan Took, IReadOnlyCollection<string> Lost)
{
    public double PerSecond => Seconds.Count / Took.TotalSeconds;

    /// <summary>Several turns of one crowd, without what was between them.</summary>
    public static CrowdResult Of(IEnumerable<CrowdResult> turns)
    {
        var all = turns.ToList();
        return new CrowdResult(
            new Samples(all.SelectMany(turn => turn.Seconds.Values)),
            TimeSpan.FromTicks(all.Sum(turn => turn.Took.Ticks)),
            [.. all.SelectMany(turn => turn.Lost)]
        );
    }

    /// <summary>Says it as it comes; the table is at the end.</summary>
    public CrowdResult Tell(string what)
    {
        Bench.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {PerSecond:0.0}/s, mean {Seconds.Mean * 1000:0} ms, lost {Lost.Count} {Lost.FirstOrDefault()}"
            )
        );
        return this;
    }
}

/// <summary>So many at once, each beginning again as soon as she has ended, until enough was done.</summary>
public static class Crowd
{
    /// <param name="total">flows in all, over all of the crowd</param>
    /// <param name="flow">one flow of one of the crowd, by her number</param>
    public static Task<CrowdResult> RunAsync(
        int size,
        int total,
        Func<int, CancellationToken, Task> flow,
        CancellationToken token
    )
    {
        var begun = 0;
        return RunAsync(size, () => Interlocked.Increment(ref begun) <= total, flow, token);
    }

    /// <summary>The same for a time: nobody begins after it, and who has begun ends.</summary>
    public static Task<CrowdResult> RunForAsync(
        int size,
        TimeSpan time,
        Func<int, CancellationToken, Task> flow,
        CancellationToken token
    )
    {
        var start = Stopwatch.GetTimestamp();
        return RunAsync(size, () => Stopwatch.GetElapsedTime(start) < time, flow, token);
    }

    private static async Task<CrowdResult> RunAsync(
        int size,
        Func<bool> goesOn,
        Func<int, CancellationToken, Task> flow,
        CancellationToken token
    )
    {
        var seconds = new ConcurrentBag<double>();
        var lost = new ConcurrentBag<string>();
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, size).Select(number => Task.Run(() => GoOnAsync(number), token)));
        return new CrowdResult(new Samples(seconds), Stopwatch.GetElapsedTime(start), lost);

        async Task GoOnAsync(int number)
        {
            while (goesOn())
            {
                var began = Stopwatch.GetTimestamp();
                try
                {
                    await flow(number, token);
                    seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
                }
                catch (Exception failure) when (!token.IsCancellationRequested)
                {
                    lost.Add($"{failure.GetType().Name}: {failure.Message}");
                }
            }
        }
    }
}
