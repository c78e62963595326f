namespace MyData.Core.Ledger;

/// <summary>One thing that is wrong with a log.</summary>
/// <param name="Code">such as <c>audit.entry</c>; of what could not even be read, the reader's own code</param>
/// <param name="File">the path below the log, such as <c>tile/entries/000</c></param>
/// <param name="Index">of the first record concerned; null where it concerns the log as a whole</param>
public sealed record AuditFinding(string Code, string File, long? Index, string Message);

/// <summary>What an audit from index 0 found.</summary>
public sealed class AuditReport
{
    /// <summary>Findings that are kept; of more there is the number only.</summary>
    public const int Kept = 100;

    private readonly List<AuditFinding> _findings = [];

    /// <summary>Of the log; null where it has none, or one that no key of the policy signed.</summary>
    public Checkpoint? Checkpoint { get; internal set; }

    /// <summary>Who signed it.</summary>
    public PolicyOutcome? Outcome { get; internal set; }

    /// <summary>Records whose bytes are those that were signed.</summary>
    public long Verified { get; internal set; }

    public long Count { get; private set; }

    /// <summary>In the order of the audit: the checkpoint, the right edge, then records from the left.</summary>
    public IReadOnlyList<AuditFinding> Findings => _findings;

    public bool IsGood => Count == 0;

    internal void Add(string code, string file, long? index, string message)
    {
        Count++;
        if (_findings.Count < Kept)
            _findings.Add(new AuditFinding(code, file, index, message));
    }
}
