using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// Makes a witness's folder whole again, before it signs anything: where its files do not fit together, or it has forgotten what it
/// cosigned. The tree that it must hold is the largest that it remembers itself, in the frames of its journal and its published checkpoint,
/// or that others remember for it; all of these must be one tree. Killed at any moment it is begun again, and ends in the same.
/// </summary>
internal sealed class CopyRescue(
    string folder,
    VerifierKey log,
    VerifierKey own,
    WitnessIncidents incidents,
    TimeProvider time
)
{
    private readonly LogFolder _files = new(folder);

    /// <param name="remembered">by others</param>
    /// <param name="places">where records can be read, besides this folder</param>
    /// <exception cref="LedgerException">
    /// <c>witness.damaged</c>: nobody who answers has what must be there, or what is remembered is not one tree
    /// </exception>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public async Task RunAsync(
        IReadOnlyList<SignedNote> remembered,
        IReadOnlyList<LogSource> places,
        CancellationToken token
    )
    {
        var notes = (await OwnNotesAsync(token))
            .Concat(remembered)
            .Select(note => (Note: note, At: Said(note)))
            .ToList();
        if (notes.Count == 0)
            return;
        var (note, target) = notes.MaxBy(one => one.At.Size);
        if (target.Size == 0)
            return;
        var tree =
            await RootedLog.FindAsync(target, [new LogSource(CopyMending.Self, _files), .. places], token)
            ?? throw Damaged($"Nobody who answers has the tree of {target.Size} entries that was signed.");
        foreach (var (_, at) in notes)
            if (!(await RootAsync(tree, at.Size, token)).AsSpan().SequenceEqual(at.Root.Span))
                throw Damaged($"Two trees were signed: of {at.Size} entries, and of {target.Size}.");
        var mending = new CopyMending(_files, log.Name, incidents, time);
        var full = target.Size / Tile.FullWidth;
        for (var number = 0L; number < full; number++)
            if (!await mending.BundleAsync(tree, number, token))
                throw Damaged($"Nobody who answers has bundle {number}.");
        await JournalAsync(tree, note, full, mending, token);
    }

    private async Task JournalAsync(
        RootedLog tree,
        SignedNote note,
        long full,
        CopyMending mending,
        CancellationToken token
    )
    {
        var tail = full * Tile.FullWidth < tree.Size ? await EntriesAsync(tree, full, token) : [];
        var file = Path.Combine(folder, WitnessJournal.FileName);
        if (WitnessJournal.Fits(file, note, tree.Size, tail))
            return;
        mending.Add(WitnessIncidents.Healed, WitnessJournal.FileName, null, CopyMending.Self, null);
        WitnessJournal.KeepCopy(file, time.GetUtcNow());
        var onlyTheLogs = new SignedNote(
            note.Text.ToArray(),
            [.. note.Signatures.Where(signature => signature.IsBy(log))]
        );
        var bundle = EntryBundle.Write(tail.Select(entry => new ReadOnlyMemory<byte>(entry)));
        WitnessJournal.Replace(file, new JournalFrame(full * Tile.FullWidth, onlyTheLogs.ToBytes(), bundle)).Dispose();
    }

    private static async Task<IReadOnlyList<byte[]>> EntriesAsync(RootedLog tree, long number, CancellationToken token)
    {
        try
        {
            return (await tree.EntriesAsync(number, token)).Entries;
        }
        catch (LedgerException missing)
        {
            throw Damaged(missing.Message);
        }
    }

    private static async Task<byte[]> RootAsync(RootedLog tree, long size, CancellationToken token)
    {
        try
        {
            return await tree.RootAsync(size, token);
        }
        catch (LedgerException missing)
        {
            throw Damaged(missing.Message);
        }
    }

    /// <summary>What this folder remembers, as far as it is the log's word.</summary>
    private async Task<IReadOnlyList<SignedNote>> OwnNotesAsync(CancellationToken token)
    {
        var found = WitnessJournal.Notes(Path.Combine(folder, WitnessJournal.FileName)).ToList();
        // Without its own signature the checkpoint's file could be anybody's.
        if (
            await _files.ReadAsync(ILogReader.Checkpoint, token) is { } published
            && Parse(published) is { } one
            && Signed(one, own)
        )
            found.Add(published);
        return
        [
            .. found
                .Select(Parse)
                .OfType<SignedNote>()
                .Where(note => Signed(note, log) && Said(note).Origin == log.Name),
        ];
    }

    private static SignedNote? Parse(byte[] bytes)
    {
        try
        {
            var note = SignedNote.Parse(bytes);
            _ = Said(note);
            return note;
        }
        catch (LedgerException)
        {
            return null;
        }
    }

    private static bool Signed(SignedNote note, VerifierKey key)
    {
        try
        {
            return note.SignedBy(key).Count > 0;
        }
        catch (LedgerException)
        {
            return false;
        }
    }

    private static Checkpoint Said(SignedNote note) => Checkpoint.Parse(note.Text.Span);

    private static LedgerException Damaged(string message) => new("witness.damaged", message);
}
