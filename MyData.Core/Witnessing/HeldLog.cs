using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// A witness's copy of one log, as it was read from its folder: full tiles and bundles are files, what is behind them stands in the
/// journal and here. One caller adds, one stores; readers are free.
/// </summary>
internal sealed class HeldLog : IDisposable
{
    private readonly LogFolder _files;
    private readonly string _folder;
    private readonly Lock _lock = new();
    private readonly List<byte[]> _pending;
    private long _firstPending;
    private WitnessJournal _journal;

    private HeldLog(string folder, LogFolder files, TileTree tree, long first, List<byte[]> pending, SignedNote? note)
    {
        (_folder, _files, Tree, _firstPending, _pending, Note) = (folder, files, tree, first, pending, note);
        Checkpoint = note is null ? null : Checkpoint.Parse(note.Text.Span);
        _journal = Rewrite();
    }

    public TileTree Tree { get; }

    /// <summary>The checkpoint that was taken last, with the log's signature; null before the first.</summary>
    public SignedNote? Note { get; private set; }

    public Checkpoint? Checkpoint { get; private set; }

    public long Size => Checkpoint?.Size ?? 0;

    /// <summary>Whether something stood behind the journal's last whole frame: what a crash tore, or what was signed and is bent now.</summary>
    public bool WasTorn { get; private init; }

    public long JournalLength => _journal.Length;

    /// <summary>Reads the folder. The journal is written anew, so that nothing is believed that only a cache has.</summary>
    /// <param name="own">this witness: what it cosigned and published is the least that must be there</param>
    /// <exception cref="LedgerException">
    /// <c>witness.damaged</c>: journal, tiles and the checkpoint that was taken do not fit together. <c>witness.rollback</c>: it has cosigned
    /// a larger tree than is there, or another one.
    /// </exception>
    public static HeldLog Open(string folder, VerifierKey log, VerifierKey own)
    {
        DurableFolder.Create(folder, folder);
        var files = new LogFolder(folder);
        files.Sweep();
        var journal = Path.Combine(folder, WitnessJournal.FileName);
        var published = Published(files, own);
        if (!File.Exists(journal) && (published is not null || Directory.Exists(Path.Combine(folder, "tile"))))
            throw new LedgerException("witness.rollback", $"{folder} has a copy, and no journal.");
        var frames = WitnessJournal.Read(journal, out var torn);
        var first = frames is [var oldest, ..] ? oldest.First : 0;
        var entries = new List<byte[]>();
        foreach (var frame in frames)
        {
            if (frame.First != first + entries.Count)
                throw new LedgerException("witness.damaged", $"{journal}: a frame does not follow the one before.");
            entries.AddRange(WitnessJournal.Entries(frame));
        }
        var note = frames is [.., { Note.Length: > 0 } newest] ? SignedNote.Parse(newest.Note) : null;
        var size = first + entries.Count;
        if (note is null ? size > 0 : note.SignedBy(log).Count == 0 || Checkpoint.Parse(note.Text.Span).Size != size)
            throw new LedgerException(
                "witness.damaged",
                $"{journal}: its last checkpoint is not that of {size} entries."
            );
        var tree = Load(files, first, entries);
        Compare(tree, note is null ? null : Checkpoint.Parse(note.Text.Span), "witness.damaged");
        Compare(tree, published, "witness.rollback");
        var stored = tree.Edge.Size - tree.Pending.Count(tile => tile.Level == 0) * Tile.FullWidth;
        stored -= stored % Tile.FullWidth;
        return new HeldLog(folder, files, tree, stored, entries[(int)(stored - first)..], note)
        {
            WasTorn = torn.Length > 0,
        };
    }

    /// <summary>The tree with these entries; changes nothing.</summary>
    public TreeEdge With(ReadOnlySpan<byte> leafHashes) => Tree.Edge.Append(leafHashes);

    /// <summary>Durable when it returns. When it throws nobody knows, and this copy must be opened again.</summary>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public void Take(
        SignedNote note,
        Checkpoint checkpoint,
        TreeEdge edge,
        IReadOnlyList<byte[]> entries,
        byte[] bundle
    )
    {
        _journal.Append(new JournalFrame(Size, note.ToBytes(), bundle));
        lock (_lock)
            _pending.AddRange(entries);
        if (entries.Count > 0)
            Tree.Accept(edge);
        (Note, Checkpoint) = (note, checkpoint);
    }

    /// <summary>Full tiles become files, those above before the one that completes them.</summary>
    public void Store()
    {
        foreach (var tile in Tree.Pending)
        {
            if (tile.Level == 0)
                _files.Store(new TilePath(TilePath.Entries, tile.Index), Bundle(tile.Index, Tile.FullWidth)!);
            _files.Store(tile.Path, tile.Bytes().Span);
            Tree.Stored([tile]);
            if (tile.Level == 0)
                Forget((tile.Index + 1) * Tile.FullWidth);
        }
    }

    public void Publish(SignedNote cosigned) => _files.Publish(cosigned.ToBytes());

    /// <summary>The copy's files, to be held against its tree.</summary>
    public LogFolder Files => _files;

    /// <summary>Bundles that are files, with their tiles.</summary>
    public long StoredBundles
    {
        get
        {
            lock (_lock)
                return _firstPending / Tile.FullWidth;
        }
    }

    /// <summary>Whether the journal on the disk says what this copy has. Not while something is taken.</summary>
    public bool JournalFits()
    {
        lock (_lock)
            return Note is null
                || WitnessJournal.Fits(Path.Combine(_folder, WitnessJournal.FileName), Note, Size, _pending);
    }

    /// <summary>Whether a checkpoint is of this tree, and signed by the log and by this witness.</summary>
    public async Task<bool> IsSignedAsync(byte[] bytes, VerifierKey log, VerifierKey own, CancellationToken token)
    {
        try
        {
            var note = SignedNote.Parse(bytes);
            var said = Checkpoint.Parse(note.Text.Span);
            if (note.SignedBy(own).Count == 0 || note.SignedBy(log).Count == 0 || said.Size > Size)
                return false;
            var root = await Tree.RootAsync(0, said.Size, token);
            return said.Root.Span.SequenceEqual(root);
        }
        catch (LedgerException)
        {
            return false;
        }
    }

    /// <summary>Keeps the journal as it stands there, as evidence.</summary>
    public void KeepJournal(DateTimeOffset at) =>
        WitnessJournal.KeepCopy(Path.Combine(_folder, WitnessJournal.FileName), at);

    /// <summary>Leaves out of the journal what is in files. Not while something is taken.</summary>
    public void Shorten()
    {
        var before = _journal;
        _journal = Rewrite();
        before.Dispose();
    }

    /// <summary>The bytes of a bundle, from memory or from its file; null where there are not so many entries.</summary>
    public byte[]? Bundle(long number, int width)
    {
        var from = number * Tile.FullWidth;
        lock (_lock)
        {
            if (from >= _firstPending)
                return from + width > _firstPending + _pending.Count
                    ? null
                    : EntryBundle.Write(
                        _pending.Skip((int)(from - _firstPending)).Take(width).Select(e => new ReadOnlyMemory<byte>(e))
                    );
        }
        return FromFile(number, width);
    }

    /// <summary>The same, taken apart.</summary>
    /// <exception cref="LedgerException"><c>bundle.length</c></exception>
    public List<byte[]>? Entries(long number, int width)
    {
        if (Bundle(number, width) is not { } bytes)
            return null;
        var entries = new List<byte[]>(width);
        var bundle = new EntryBundle(bytes);
        while (bundle.TryNext(out var entry))
            entries.Add(entry.ToArray());
        return entries;
    }

    public void Dispose() => _journal.Dispose();

    private byte[]? FromFile(long number, int width)
    {
        var path = new TilePath(TilePath.Entries, number);
        var whole = _files.ReadAsync(path.ToString(), CancellationToken.None).GetAwaiter().GetResult();
        if (whole is null || width == Tile.FullWidth)
            return whole;
        var entries = new List<ReadOnlyMemory<byte>>();
        var bundle = new EntryBundle(whole);
        while (entries.Count < width && bundle.TryNext(out var entry))
            entries.Add(entry.ToArray());
        return EntryBundle.Write(entries);
    }

    private void Forget(long before)
    {
        lock (_lock)
        {
            _pending.RemoveRange(0, (int)Math.Max(before - _firstPending, 0));
            _firstPending = Math.Max(before, _firstPending);
        }
    }

    private WitnessJournal Rewrite()
    {
        long first;
        byte[] entries;
        lock (_lock)
            (first, entries) = (_firstPending, EntryBundle.Write(_pending.Select(e => new ReadOnlyMemory<byte>(e))));
        var frame = new JournalFrame(first, Note?.ToBytes() ?? [], entries);
        return WitnessJournal.Replace(Path.Combine(_folder, WitnessJournal.FileName), frame);
    }

    private static TileTree Load(LogFolder files, long first, List<byte[]> entries)
    {
        try
        {
            return TileTree
                .LoadAsync(files, first + entries.Count, (start, _) => new(Hashes(start)), CancellationToken.None)
                .GetAwaiter()
                .GetResult();
        }
        catch (LedgerException missing)
        {
            throw new LedgerException("witness.damaged", missing.Message, missing);
        }

        ReadOnlyMemory<byte> Hashes(long start)
        {
            if (start < first)
                throw new LedgerException(
                    "tile.missing",
                    $"The tiles end at {start}, and the journal begins at {first}."
                );
            var hashes = new byte[(first + entries.Count - start) * Merkle.HashSize];
            for (var at = 0; at < hashes.Length / Merkle.HashSize; at++)
                Merkle.LeafHash(
                    entries[(int)(start - first) + at],
                    hashes.AsSpan(at * Merkle.HashSize, Merkle.HashSize)
                );
            return hashes;
        }
    }

    private static Checkpoint? Published(LogFolder files, VerifierKey own)
    {
        var bytes = files.ReadAsync(ILogReader.Checkpoint, CancellationToken.None).GetAwaiter().GetResult();
        if (bytes is null)
            return null;
        var note = SignedNote.Parse(bytes);
        return note.SignedBy(own).Count > 0 ? Checkpoint.Parse(note.Text.Span) : null;
    }

    private static void Compare(TileTree tree, Checkpoint? said, string code)
    {
        if (said is null)
            return;
        if (said.Size > tree.Edge.Size)
            throw new LedgerException(code, $"{said.Size} entries were cosigned, and {tree.Edge.Size} are there.");
        var root = tree.RootAsync(0, said.Size, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (!root.AsSpan().SequenceEqual(said.Root.Span))
            throw new LedgerException(code, $"The copy is not the tree of {said.Size} entries that was signed.");
    }
}
