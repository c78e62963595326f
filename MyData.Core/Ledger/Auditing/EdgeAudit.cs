namespace MyData.Core.Ledger;

/// <summary>The partial tiles at the right edge: together they must give the signed root. Where they do not, the wrong one is looked for.</summary>
internal sealed class EdgeAudit(ILogReader log, AuditReport report)
{
    /// <summary>The edge that has the checkpoint's root; null where no reading of the files has it.</summary>
    public async Task<TreeEdge?> ReadAsync(Checkpoint checkpoint, CancellationToken ct)
    {
        var paths = TreeEdge.Paths(checkpoint.Size).ToList();
        var said = new Tile?[paths.Count];
        for (var i = 0; i < said.Length; i++)
            said[i] = await SaidAsync(paths[i], ct);
        if (said.All(tile => tile is not null) && Edge(said) is { } whole)
            return whole;

        // Each tile once more, by what is below it: one that then differs is wrong, if the root comes right with it.
        var below = new Tile?[paths.Count];
        for (var i = 0; i < below.Length; i++)
            below[i] = await TileBelow.ReadAsync(log, paths[i], ct) ?? said[i];
        if (below.Any(tile => tile is null) || Edge(below) is not { } edge)
        {
            report.Add("audit.root", ILogReader.Checkpoint, null, "The files do not have the root that was signed.");
            return null;
        }
        foreach (var (path, tile, right) in paths.Zip(said, below))
        {
            if (tile is not null && !tile.Bytes().Span.SequenceEqual(right!.Bytes().Span))
                report.Add("audit.tile", path.ToString(), LogAudit.FirstIndex(path), "The tile is not the one signed.");
        }
        return edge;

        TreeEdge? Edge(Tile?[] tiles)
        {
            var made = TreeEdge.Of(checkpoint.Size, tiles!);
            return made.Root.Span.SequenceEqual(checkpoint.Root.Span) ? made : null;
        }
    }

    private async Task<Tile?> SaidAsync(TilePath path, CancellationToken ct)
    {
        try
        {
            var bytes = await TileBelow.ReadBundleAsync(log, path, ct);
            if (bytes is { Length: Tile.FullBytes })
                bytes = bytes[..(path.Width * Merkle.HashSize)];
            return Tile.From(path, bytes ?? throw new LedgerException("tile.missing", $"{path} is not there."));
        }
        catch (LedgerException e)
        {
            report.Add(e.Code, path.ToString(), LogAudit.FirstIndex(path), e.Message);
            return null;
        }
    }
}
