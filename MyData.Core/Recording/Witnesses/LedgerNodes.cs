using System.Collections.Concurrent;
using System.Text;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A witness of the policy, as this process met it last.</summary>
/// <param name="Name">in the policy</param>
/// <param name="Last">that it cosigned; null before the first cosignature</param>
/// <param name="CosignedAt">by its own clock; null before the first</param>
/// <param name="Lag">entries that are signed and that it has not cosigned</param>
/// <param name="Error">a stable code; null while it answers</param>
/// <param name="FailingSince">null while it answers</param>
public sealed record LedgerNode(
    string Name,
    VerifierKey Key,
    Uri Url,
    Checkpoint? Last,
    DateTimeOffset? CosignedAt,
    long Lag,
    string? Error,
    DateTimeOffset? FailingSince
)
{
    /// <summary>The log's origin; null before the first cosignature.</summary>
    public string? Log => Last?.Origin;

    /// <summary>That it cosigned last.</summary>
    public long Size => Last?.Size ?? 0;
}

/// <summary>The health of the witnesses and the newest checkpoints that they made count: in memory, for whoever shows it.</summary>
public sealed class LedgerNodes
{
    private const int MostRecent = 64;
    private readonly ConcurrentQueue<PublishedCheckpoint> _recent = new();
    private readonly OpenLogs _logs;

    public LedgerNodes(LedgerSettings settings, OpenLogs logs)
    {
        _logs = logs;
        Policy = WitnessPolicy.Parse(Encoding.UTF8.GetBytes(settings.Policy));
        Links =
        [
            .. Policy
                .Witnesses.Where(witness => witness.Url is not null)
                .Select(witness => new WitnessLink(witness.Name, witness.Key!, new Uri(witness.Url!))),
        ];
    }

    /// <summary>Witnesses, groups and quorum; the logs are not in it.</summary>
    public WitnessPolicy Policy { get; }

    /// <summary>Every witness in the order of the policy; none where nobody witnesses.</summary>
    public IReadOnlyList<LedgerNode> All => [.. Links.Select(See)];

    /// <summary>Whether the witnesses that answer now are enough for the policy.</summary>
    public bool HasQuorum =>
        Policy.HasQuorum(Links.Where(link => link.Error is null).Select(link => link.Name).ToHashSet());

    /// <summary>The newest checkpoints that the policy accepted since this process began, oldest first, with who cosigned them by then.</summary>
    public IReadOnlyList<PublishedCheckpoint> Recent => [.. _recent];

    /// <summary>Why the ledger stands still until an operator has looked; null while it runs.</summary>
    public LedgerException? Stopped => _logs.Stopped;

    internal IReadOnlyList<WitnessLink> Links { get; }

    internal void Accepted(PublishedCheckpoint checkpoint)
    {
        _recent.Enqueue(checkpoint);
        while (_recent.Count > MostRecent)
            _recent.TryDequeue(out _);
    }

    private LedgerNode See(WitnessLink link)
    {
        var (given, error) = (link.Last, link.Error);
        var last = given?.Checkpoint;
        var log = _logs.All.FirstOrDefault(one => one.Origin == last?.Origin) ?? _logs.Current;
        var lag = Math.Max((log?.Published?.Checkpoint.Size ?? 0) - (last?.Size ?? 0), 0);
        return new LedgerNode(link.Name, link.Key, link.Url, last, given?.At, lag, error?.Code, error?.Since);
    }
}
