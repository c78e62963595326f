namespace MyData.Core.Ledger;

/// <summary>
/// Checks a whole log from index 0 with nothing but its published files and a policy. Trust comes down from the signature: the root is the
/// log's and the witnesses', the tiles at the right edge must give that root, each tile must have the hash that the tile above it says,
/// and each entry the hash in its tile. So a wrong file is named, and not one that only stands beside it.
/// </summary>
public sealed class LogAudit
{
    private readonly ILogReader _log;
    private readonly AuditReport _report = new();
    private readonly bool _records;
    private readonly IProgress<long>? _progress;

    private LogAudit(ILogReader log, bool records, IProgress<long>? progress) =>
        (_log, _records, _progress) = (log, records, progress);

    /// <param name="earlier">checkpoints that the caller has from before: the log must still begin with their trees</param>
    /// <param name="records">whether entries must be records of ours too; false for a stranger's log</param>
    /// <param name="progress">hears how many records have been verified, tile by tile</param>
    public static async Task<AuditReport> RunAsync(
        ILogReader log,
        WitnessPolicy policy,
        IReadOnlyCollection<Checkpoint> earlier,
        bool records,
        IProgress<long>? progress,
        CancellationToken ct
    )
    {
        var audit = new LogAudit(log, records, progress);
        if (await audit.CheckpointAsync(policy, ct) is not { } checkpoint)
            return audit._report;
        if (await new EdgeAudit(log, audit._report).ReadAsync(checkpoint, ct) is not { } edge)
            return audit._report;
        for (var level = TreeEdge.MaxLevels - 1; level > 0; level--)
        {
            if (edge.Partial(level) is { } tile)
                await audit.BelowAsync(tile, ct);
        }
        if (edge.Partial(0) is { } last)
            await audit.EntriesAsync(last, ct);
        await audit.EarlierAsync(TileTree.Over(log, edge), earlier, ct);
        return audit._report;
    }

    private async Task<Checkpoint?> CheckpointAsync(WitnessPolicy policy, CancellationToken ct)
    {
        const string file = ILogReader.Checkpoint;
        if (await _log.ReadAsync(file, ct) is not { } bytes)
        {
            _report.Add("audit.checkpoint_missing", file, null, "The log has no checkpoint.");
            return null;
        }
        try
        {
            _report.Outcome = policy.Judge(SignedNote.Parse(bytes), out var checkpoint);
            if (!_report.Outcome.HasQuorum)
                _report.Add("policy.quorum", file, null, "Too few witnesses of the policy have cosigned.");
            return _report.Checkpoint = checkpoint;
        }
        catch (LedgerException e)
        {
            _report.Add(e.Code, file, null, e.Message);
            return null;
        }
    }

    /// <summary>Every tile below this one, whose own hashes are known to be right.</summary>
    private async Task BelowAsync(Tile tile, CancellationToken ct)
    {
        for (var i = 0; i < tile.Width; i++)
        {
            var path = new TilePath(tile.Level - 1, (tile.Index << Tile.Height) + i);
            if (await FullAsync(path, tile.Bytes().Slice(i * Merkle.HashSize, Merkle.HashSize), ct) is not { } below)
                continue;
            if (below.Level == 0)
                await EntriesAsync(below, ct);
            else
                await BelowAsync(below, ct);
        }
    }

    /// <summary>The tile that has this root: as the file says, or as what is below it says where the file is wrong.</summary>
    private async Task<Tile?> FullAsync(TilePath path, ReadOnlyMemory<byte> root, CancellationToken ct)
    {
        var first = FirstIndex(path);
        try
        {
            var tile = await _log.ReadTileAsync(path, ct);
            if (tile.Root.SequenceEqual(root.Span))
                return tile;
            _report.Add("audit.tile", path.ToString(), first, "The tile has another hash than the one above it says.");
        }
        catch (LedgerException e)
        {
            _report.Add(e.Code, path.ToString(), first, e.Message);
        }
        var below = await TileBelow.ReadAsync(_log, path, ct);
        if (below is not null && below.Root.SequenceEqual(root.Span))
            return below;
        _report.Add(
            "audit.unprovable",
            path.ToString(),
            first,
            "What is below the tile does not have that hash either."
        );
        return null;
    }

    private async Task EntriesAsync(Tile tile, CancellationToken ct)
    {
        var path = new TilePath(TilePath.Entries, tile.Index, tile.Width);
        var first = FirstIndex(path);
        if (await TileBelow.ReadBundleAsync(_log, path, ct) is not { } bytes)
        {
            _report.Add("bundle.missing", path.ToString(), first, "The bundle is not there.");
            return;
        }
        var checkedBefore = _report.Verified;
        Entries(tile, path, bytes);
        if (checkedBefore != _report.Verified)
            _progress?.Report(_report.Verified);
    }

    private void Entries(Tile tile, TilePath path, byte[] bytes)
    {
        var first = FirstIndex(path);
        var at = 0;
        try
        {
            var bundle = new EntryBundle(bytes);
            Span<byte> hash = stackalloc byte[Merkle.HashSize];
            for (; at < tile.Width && bundle.TryNext(out var entry); at++)
            {
                Merkle.LeafHash(entry, hash);
                if (!hash.SequenceEqual(tile.Node(0, at)))
                    _report.Add(
                        "audit.entry",
                        path.ToString(),
                        first + at,
                        "The entry is not the one that was signed."
                    );
                else if (_records)
                    Record(entry, path, first + at);
                else
                    _report.Verified++;
            }
            if (at < tile.Width)
                _report.Add("bundle.length", path.ToString(), first + at, "The bundle ends before its tile.");
        }
        catch (LedgerException e)
        {
            _report.Add(e.Code, path.ToString(), first + at, e.Message);
        }
    }

    private void Record(ReadOnlySpan<byte> entry, TilePath path, long index)
    {
        _report.Verified++;
        try
        {
            LedgerRecord.Check(entry);
        }
        catch (LedgerException e)
        {
            _report.Add(e.Code, path.ToString(), index, "The log has signed what is no record: " + e.Message);
        }
    }

    private async Task EarlierAsync(TileTree tree, IEnumerable<Checkpoint> earlier, CancellationToken ct)
    {
        var now = _report.Checkpoint!;
        foreach (var before in earlier)
        {
            try
            {
                var same = before.Origin == now.Origin && before.Size <= now.Size;
                if (same && (await tree.RootAsync(0, before.Size, ct)).AsSpan().SequenceEqual(before.Root.Span))
                    continue;
                _report.Add(
                    "audit.fork",
                    ILogReader.Checkpoint,
                    before.Size,
                    "The log does not begin with an earlier tree."
                );
            }
            catch (LedgerException e)
            {
                _report.Add(e.Code, ILogReader.Checkpoint, before.Size, e.Message);
            }
        }
    }

    /// <summary>The index of the first record below a tile, or in a bundle.</summary>
    internal static long FirstIndex(TilePath path) => path.Index << (Tile.Height * (Math.Max(path.Level, 0) + 1));
}
