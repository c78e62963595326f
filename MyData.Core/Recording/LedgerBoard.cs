using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What a node does for the log.</summary>
public enum NodeRole
{
    /// <summary>Gives the order, and signs.</summary>
    Sequencer,

    /// <summary>Keeps its own copy, and cosigns what continues it.</summary>
    Witness,
}

/// <summary>A node as the viewer shows it.</summary>
public sealed record NodeView
{
    public required string Name { get; init; }
    public required NodeRole Role { get; init; }

    /// <summary>Records that it has signed for.</summary>
    public required long Size { get; init; }

    /// <summary>Of the tree that it has signed; empty where none was seen.</summary>
    public ReadOnlyMemory<byte> Root { get; init; }

    /// <summary>When its last signature was made; null where none was seen.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>Records that it has not signed for yet.</summary>
    public required long Lag { get; init; }

    /// <summary>A stable code; null while it answers.</summary>
    public string? Error { get; init; }

    /// <summary>Its own word on its machine; null where it says nothing.</summary>
    public NodeReport? Report { get; init; }
}

/// <summary>A checkpoint as the viewer draws it.</summary>
/// <param name="Records">since the one before</param>
/// <param name="At">when its last record happened</param>
/// <param name="Signers">the log, and the witnesses who cosigned it, by name</param>
public sealed record LedgerBlock(
    long Size,
    long Records,
    DateTimeOffset? At,
    ReadOnlyMemory<byte> Root,
    IReadOnlyList<string> Signers
);

/// <summary>What the first page of the viewer shows.</summary>
public sealed record LedgerBoardView
{
    public required int Year { get; init; }
    public required string Origin { get; init; }
    public required WitnessPolicy Policy { get; init; }
    public required IReadOnlyList<NodeView> Nodes { get; init; }

    /// <summary>The database of each node; none where it is one.</summary>
    public required IReadOnlyList<NodeDatabase> Databases { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<LedgerBlock> Blocks { get; init; }

    public long Size => Nodes[0].Size;

    /// <summary>Nobody but the platform has signed, nor need anybody.</summary>
    public bool IsAlone => Policy.Quorum == WitnessPolicy.NoQuorum;
}

/// <summary>Nodes and newest checkpoints, for the viewer. The checkpoints are read once for all who look, and again when the log has grown.</summary>
public sealed class LedgerBoard(
    OpenLogs logs,
    LedgerNodes nodes,
    LedgerRecords records,
    NodeReports reports,
    NodeDatabases nodeDatabases,
    IDbContextFactory<MyDataDb> databases
)
{
    public const int MostBlocks = 12;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Read? _last;

    /// <summary>The years that have a log here, newest first.</summary>
    public IReadOnlyList<int> Years => [.. logs.All.Select(log => log.Year).OrderDescending()];

    /// <summary>Whether the policy asks for no witness at all.</summary>
    public bool IsAlone => nodes.Policy.Quorum == WitnessPolicy.NoQuorum;

    /// <summary>Null before the first record that is proven.</summary>
    public async Task<LedgerBoardView?> ReadAsync(CancellationToken token)
    {
        var log = Years is [var year, ..] ? logs.Find(year) : null;
        if (log?.Proven is not { } proven)
            return null;
        var newest = (log.Published ?? proven).Checkpoint;
        var last = _last?.Of == proven ? _last : await ReadOnceAsync(log, proven, token);
        return new LedgerBoardView
        {
            Year = log.Year,
            Origin = log.Origin,
            Policy = log.Policy,
            Blocks = last.Blocks,
            Databases = nodeDatabases.All,
            Nodes =
            [
                new NodeView
                {
                    Name = log.Origin,
                    Role = NodeRole.Sequencer,
                    Size = newest.Size,
                    Root = newest.Root,
                    SignedAt = last.Blocks is [var block, ..] ? block.At : null,
                    Lag = 0,
                    Error = nodes.Stopped?.Code,
                    Report = reports.Own(),
                },
                .. nodes.All.Select(witness => new NodeView
                {
                    Name = witness.Name,
                    Role = NodeRole.Witness,
                    Size = witness.Size,
                    Root = witness.Last?.Root ?? default,
                    SignedAt = witness.CosignedAt,
                    Lag = witness.Lag,
                    Error = witness.Error,
                    Report = reports.Find(witness.Name),
                }),
            ],
        };
    }

    private async Task<Read> ReadOnceAsync(OpenLog log, PublishedCheckpoint proven, CancellationToken token)
    {
        await _reading.WaitAsync(token);
        try
        {
            // Whoever waited behind another takes what that one read, the same or a newer one.
            if (
                _last is { } last
                && last.Of.Checkpoint.Origin == log.Origin
                && last.Of.Checkpoint.Size >= proven.Checkpoint.Size
            )
                return last;
            return _last = new Read(proven, await BlocksAsync(log, proven, token));
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<IReadOnlyList<LedgerBlock>> BlocksAsync(
        OpenLog log,
        PublishedCheckpoint proven,
        CancellationToken token
    )
    {
        List<LedgerCheckpointRow> rows;
        await using (var db = await databases.CreateDbContextAsync(token))
            rows = await db.Set<LedgerCheckpointRow>()
                .Where(c => c.Log == log.Id && c.Size <= proven.Checkpoint.Size)
                .OrderByDescending(c => c.Size)
                .Take(MostBlocks + 1)
                .ToListAsync(token);
        var last = await records.AtAsync(log, [.. rows.Select(row => row.Size - 1)], token);
        var times = last.ToDictionary(one => one.Index + 1, one => one.Record?.Time);
        var seen = nodes.Recent.Append(proven).ToLookup(one => (one.Checkpoint.Origin, one.Checkpoint.Size));
        var blocks = new List<LedgerBlock>(rows.Count);
        for (var at = 0; at < Math.Min(rows.Count, MostBlocks); at++)
        {
            var (row, before) = (rows[at], at + 1 < rows.Count ? rows[at + 1].Size : 0);
            var notes = seen[(log.Origin, row.Size)].Select(one => one.Note);
            if (row.Note is { } kept)
                notes = notes.Append(SignedNote.Parse(kept));
            var cosigners = notes.SelectMany(log.Policy.Cosigners).Select(one => one.Name).Distinct();
            blocks.Add(
                new LedgerBlock(
                    row.Size,
                    row.Size - before,
                    times.GetValueOrDefault(row.Size),
                    row.Root,
                    [log.Origin, .. cosigners]
                )
            );
        }
        return blocks;
    }

    private sealed record Read(PublishedCheckpoint Of, IReadOnlyList<LedgerBlock> Blocks);
}
