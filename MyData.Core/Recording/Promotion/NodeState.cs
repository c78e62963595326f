using NpgsqlTypes;

namespace MyData.Core.Recording;

/// <summary>What one node's PostgreSQL said of itself, or that it said nothing.</summary>
public sealed record NodeState
{
    public required string Name { get; init; }

    /// <summary>Why it was not heard; null where it was.</summary>
    public string? Silence { get; init; }

    public bool IsHeard => Silence is null;

    /// <summary>It takes writes.</summary>
    public bool IsPrimary { get; init; }

    /// <summary>Which database this is a copy of.</summary>
    public ulong System { get; init; }

    /// <summary>Grows with each promotion that it has followed.</summary>
    public long Timeline { get; init; }

    /// <summary>What is on its disk.</summary>
    public NpgsqlLogSequenceNumber Received { get; init; }

    /// <summary>What its tables show.</summary>
    public NpgsqlLogSequenceNumber Replayed { get; init; }

    /// <summary>
    /// It waits for more: its tables show every whole record that is on its disk. The last one there may be half a record.
    /// </summary>
    public bool IsReplayed { get; init; }

    /// <summary>Somebody has told it not to show what comes.</summary>
    public bool IsPaused { get; init; }

    /// <summary>It receives from a node at this moment.</summary>
    public bool IsReceiving { get; init; }

    /// <summary>Whom it follows, as libpq writes it.</summary>
    public string Follows { get; init; } = "";

    /// <summary>Whose word its own commits would wait for.</summary>
    public string Synchronous { get; init; } = "";

    /// <summary>The ledger in it, by the log's name.</summary>
    public IReadOnlyDictionary<string, HeldSize> Logs { get; init; } = new Dictionary<string, HeldSize>();
}

/// <summary>How far a log goes in a node's database.</summary>
/// <param name="Key">the log's public key</param>
public sealed record HeldSize(string Key, long Size);

/// <summary>What one witness showed.</summary>
/// <param name="Name">in the policy</param>
/// <param name="Silence">why it does not count; null where it does</param>
/// <param name="Logs">by name: the checkpoint that it cosigned last</param>
public sealed record WitnessState(string Name, string? Silence, IReadOnlyDictionary<string, Ledger.Checkpoint> Logs);
