using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Holds the portal's own files of a log against the tree. A wrong one is set aside as it is, and made anew.</summary>
internal sealed class FileMending(OpenLogs logs, LedgerIncidents incidents, TimeProvider time)
{
    /// <summary>The bundle and the tile of these entries, and each tile above that ends with them.</summary>
    /// <param name="entries">256, as they were signed</param>
    public async Task MendAsync(
        OpenLog open,
        CaredLog log,
        long number,
        IReadOnlyList<byte[]> entries,
        Found found,
        CancellationToken token
    )
    {
        var bundle = EntryBundle.Write(entries.Select(entry => new ReadOnlyMemory<byte>(entry)));
        await MendAsync(open, new TilePath(TilePath.Entries, number), bundle, LogRecovery.Own, found, token);
        for (var (level, index) = (0, number); ; (level, index) = (level + 1, index >> Tile.Height))
        {
            var (tile, from) = await log.Tree.TileAsync(level, index, token);
            if (!tile.IsFull)
                return;
            await MendAsync(open, tile.Path, tile.Bytes(), from ?? LogRecovery.Own, found, token);
            if ((index & (Tile.FullWidth - 1)) != Tile.FullWidth - 1)
                return;
        }
    }

    /// <summary>The newest checkpoint: signed by the log's key, and of its tree.</summary>
    /// <param name="began">the log as it was open when the round began</param>
    public async Task MendCheckpointAsync(OpenLog began, Found found, CancellationToken token)
    {
        var there = await began.Files.ReadAsync(ILogReader.Checkpoint, token);
        // A commit that nobody confirmed (another node took the writes over) opens the log afresh, and the file then goes on with that one,
        // past the tree that the round began with. Asked for after the file is read: no file is newer than the log that is open now.
        var open = logs.ById(began.Id) ?? began;
        if (open.Proven is not { Checkpoint.Size: > 0 } proven)
            return;
        found.Files++;
        // It is written a second behind: where there is none yet, that is no fault.
        if (there is null || await IsOfAsync(open, there, token))
            return;
        await found.AddAsync(
            incidents,
            Healed(ILogReader.Checkpoint, null, there, proven.Note.ToBytes(), LogRecovery.Own),
            token
        );
        open.Files.SetAside(ILogReader.Checkpoint, time.GetUtcNow());
        open.Files.Publish(proven.Note.ToBytes());
    }

    private async Task MendAsync(
        OpenLog open,
        TilePath path,
        ReadOnlyMemory<byte> right,
        string from,
        Found found,
        CancellationToken token
    )
    {
        var wanted = path.Level == TilePath.Entries ? path with { Level = 0 } : path;
        if (open.Tree.Pending.Any(tile => tile.Level == wanted.Level && tile.Index == wanted.Index))
            return;
        found.Files++;
        var there = await open.Files.ReadAsync(path.ToString(), token);
        if (there is not null && there.AsSpan().SequenceEqual(right.Span))
            return;
        var (index, wrong) = Differences.Of(path, there, right.Span);
        // Said first: a crash before the file is whole finds it wrong once more, and says it once more.
        await found.AddAsync(incidents, Healed(path.ToString(), index, wrong, null, from), token);
        open.Files.SetAside(path, time.GetUtcNow());
        open.Files.Store(path, right.Span);
        open.Tree.Forget(path);
    }

    private static async Task<bool> IsOfAsync(OpenLog open, byte[] bytes, CancellationToken token)
    {
        try
        {
            var note = SignedNote.Parse(bytes);
            var said = Checkpoint.Parse(note.Text.Span);
            if (said.Origin != open.Origin || said.Size > open.Tree.Edge.Size)
                return false;
            var root = await open.Tree.RootAsync(0, said.Size, token);
            return note.SignedBy(open.Signer.Verifier).Count > 0 && said.Root.Span.SequenceEqual(root);
        }
        catch (LedgerException)
        {
            return false;
        }
    }

    private static Incident Healed(string place, long? index, byte[]? wrong, byte[]? right, string from) =>
        new(LedgerIncidents.Healed, wrong is null ? "The file was gone, or ended early." : "The file had other bytes.")
        {
            Place = place,
            Index = index,
            From = from,
            Ours = wrong,
            Theirs = right,
        };
}
