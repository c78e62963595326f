using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.Report;

/// <summary>Everything that the report says in figures, as the running system had it at one moment.</summary>
public sealed record ReportFacts
{
    public required DateTimeOffset At { get; init; }
    public required string Address { get; init; }
    public required string Version { get; init; }
    public required int Year { get; init; }
    public required string Origin { get; init; }

    /// <summary>The log's public key, as <c>name+id+base64</c>.</summary>
    public required string Key { get; init; }
    public required long Size { get; init; }
    public required string Root { get; init; }

    /// <summary>When the newest record of the checkpoint happened.</summary>
    public required DateTimeOffset? CheckpointAt { get; init; }
    public required IReadOnlyList<NodeView> Nodes { get; init; }

    /// <summary>Witnesses of the policy, how many of them a checkpoint needs, and how many may be away.</summary>
    public required int Witnesses { get; init; }
    public required int Needed { get; init; }
    public required int MayFail { get; init; }

    /// <summary>Names of those whose cosignatures stand under the newest checkpoint.</summary>
    public required IReadOnlyList<string> Signers { get; init; }

    /// <summary>What the audit found that ran for this report; null where the log was too long for it.</summary>
    public required AuditReport? Audit { get; init; }
    public required TimeSpan AuditTook { get; init; }

    /// <summary>The newest record, verified by its receipt for this report.</summary>
    public required bool ReceiptHolds { get; init; }
    public required IReadOnlyDictionary<string, int> Incidents { get; init; }

    /// <summary>Alarms of the last 30 days by code: all, and those still open.</summary>
    public required IReadOnlyDictionary<string, (int All, int Open)> Alarms { get; init; }

    /// <summary>Records of each of the last 24 hours, oldest first.</summary>
    public required IReadOnlyList<long> Hours { get; init; }
    public required long Week { get; init; }
    public required TimeSpan HalfAnswers { get; init; }
    public required TimeSpan MostAnswers { get; init; }
    public required long AnswersCounted { get; init; }

    /// <summary>Other systems with a key that is good, and keys in all, revoked ones too.</summary>
    public required int Callers { get; init; }
    public required int CallerKeys { get; init; }
    public required int Agencies { get; init; }
    public required int DataSets { get; init; }

    /// <summary>Members of staff by role, who work here now.</summary>
    public required IReadOnlyDictionary<string, int> Staff { get; init; }

    /// <summary>Bytes; null where the database is elsewhere.</summary>
    public required long? DiskUsed { get; init; }
    public required long? DiskFree { get; init; }

    public bool IsAlone => Witnesses == 0;

    public long Day => Hours.Sum();
}
