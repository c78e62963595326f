using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MyData.Core.Recording;

/// <summary>What came of one sender's messages since the portal's start.</summary>
/// <param name="Client">the name under which it is registered; <see cref="SyslogFigures.Stranger"/> for who is not</param>
/// <param name="Connections">that are open now</param>
/// <param name="Taken">messages that stand in the log, repeats too</param>
/// <param name="Refused">how many by code</param>
/// <param name="Last">when it last sent something</param>
public sealed record SenderFigures(
    string Client,
    int Connections,
    long Taken,
    IReadOnlyDictionary<string, long> Refused,
    DateTimeOffset? Last
);

/// <summary>
/// Syslog has no answers, so what became of messages stands here and in the portal's log: a sender and a code, never content. One that is
/// refused again and again is logged ever more rarely: at 1, 2, 4, 8, …
/// </summary>
public sealed partial class SyslogFigures(TimeProvider time, ILogger<SyslogFigures> log)
{
    /// <summary>Who shows no certificate that is registered.</summary>
    public const string Stranger = "(unknown)";

    private readonly ConcurrentDictionary<string, Sender> _senders = new(StringComparer.Ordinal);

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<SenderFigures> All =>
        [
            .. _senders
                .OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => new SenderFigures(
                    one.Key,
                    Volatile.Read(ref one.Value.Connections),
                    Interlocked.Read(ref one.Value.Taken),
                    one.Value.Refused.ToDictionary(),
                    one.Value.Last
                )),
        ];

    /// <returns>how many are open now</returns>
    public int Opened(string client) => Interlocked.Increment(ref Of(client).Connections);

    public void Closed(string client) => Interlocked.Decrement(ref Of(client).Connections);

    public void Taken(string client, int messages)
    {
        var sender = Of(client);
        Interlocked.Add(ref sender.Taken, messages);
        sender.Last = time.GetUtcNow();
    }

    public void Refused(string client, string code)
    {
        var sender = Of(client);
        sender.Last = time.GetUtcNow();
        var count = sender.Refused.AddOrUpdate(code, 1, (_, before) => before + 1);
        if (long.IsPow2(count))
            RefusedSoFar(client, code, count);
    }

    private Sender Of(string client) => _senders.GetOrAdd(client, _ => new Sender());

    [LoggerMessage(Level = LogLevel.Warning, Message = "Syslog of {Client} refused: {Code}, {Count} so far")]
    private partial void RefusedSoFar(string client, string code, long count);

    private sealed class Sender
    {
        public int Connections;
        public long Taken;

        public ConcurrentDictionary<string, long> Refused { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset? Last { get; set; }
    }
}
