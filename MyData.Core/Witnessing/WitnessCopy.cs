using System.Text;
using Microsoft.Extensions.Logging;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// One log at a witness: takes its checkpoints in turn, each only if it continues the last, and serves the copy as C2SP's static paths. It
/// never signs two inconsistent states: what it takes is on the disk before it signs.
/// </summary>
internal sealed partial class WitnessCopy(
    string folder,
    VerifierKey log,
    Uri? site,
    NoteSigner signer,
    WitnessMemory memory,
    TimeProvider time,
    ILogger logger
) : ILogReader, IDisposable
{
    private const long LongestJournal = 16 * 1024 * 1024;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _pulling = new(1);
    private volatile HeldLog? _held;
    private volatile SignedNote? _cosigned;

    // Why nothing is signed yet, though others may know what it was; null where that is known.
    private volatile string? _unsure;
    private SignedNote? _published;

    public string Origin => log.Name;

    public VerifierKey Log => log;

    public Uri? Site => site;

    /// <summary>The newest checkpoint with the log's signature and this witness's; null before the first.</summary>
    public SignedNote? Cosigned => _cosigned;

    public long Size => _held?.Size ?? 0;

    /// <summary>The copy, and the checkpoint of it that was cosigned last.</summary>
    public (HeldLog Held, Checkpoint? Cosigned)? Now =>
        (_held, _cosigned) is ({ } held, var note)
            ? (held, note is null ? null : Checkpoint.Parse(note.Text.Span))
            : null;

    /// <summary>Where the index of tags and ids is kept; it is made anew where it is missing.</summary>
    public string LookupFolder { get; } = Path.Combine(folder, "lookup");

    /// <summary>A stable code while nothing is signed; null while all is well.</summary>
    public string? Unsure => _unsure;

    /// <summary>Whether what is asked for may be here, and cannot be shown now.</summary>
    public bool IsAway => _held is null && _unsure is not null;

    public long JournalLength => _held?.JournalLength ?? 0;

    public Checkpoint? Checkpoint => _held?.Checkpoint;

    public FsyncTimes Fsyncs { get; } = new();

    /// <summary>When every file was last held against the tree, and how many there were.</summary>
    public (DateTimeOffset At, long Files)? Scrubbed { get; private set; }

    /// <summary>Reads the folder, before the first request.</summary>
    /// <exception cref="LedgerException">see <see cref="HeldLog.Open"/></exception>
    public void Open()
    {
        try
        {
            _ = Held();
        }
        catch (LedgerException damaged) when (memory.HasOthers(site))
        {
            Damaged(damaged, Origin);
        }
    }

    /// <summary>What can be said before the entries are there; null where nothing is against it so far.</summary>
    /// <param name="add">with the log's signature, which has been verified</param>
    public WitnessAnswer? Refuse(AddCheckpoint add, Checkpoint next)
    {
        if (add.OldSize > next.Size)
            return WitnessAnswer.Refused(400, "witness.old_size");
        if (_unsure is { } why)
            return WitnessAnswer.Refused(503, why);
        return _held is { } held && add.OldSize != held.Size ? WitnessAnswer.Size(held.Size) : null;
    }

    /// <summary>The whole question but for the entries: that the checkpoint follows the one that is held. Null where it does.</summary>
    public Task<WitnessAnswer?> CheckAsync(AddCheckpoint add, Checkpoint next, CancellationToken token) =>
        InTurnAsync(held => Against(held, add, next), token);

    /// <summary>
    /// The entries that a checkpoint lacks, from the log's own site, as a bundle; null where they are not to be had, or are being read.
    /// </summary>
    /// <exception cref="HttpRequestException">the site does not answer</exception>
    /// <exception cref="LedgerException"><c>bundle.length</c></exception>
    public async Task<byte[]?> PullAsync(ILogReader from, long size, CancellationToken token)
    {
        if (!await _pulling.WaitAsync(0, token))
            return null;
        try
        {
            return await PulledEntries.ReadAsync(from, Size, size, token);
        }
        finally
        {
            _pulling.Release();
        }
    }

    /// <summary>Takes a checkpoint whose form and signature are right, with the entries since the old size.</summary>
    public async Task<WitnessAnswer> AddAsync(
        AddCheckpoint add,
        Checkpoint next,
        byte[] bundle,
        CancellationToken token
    ) => (await InTurnAsync(held => Add(held, add, next, bundle), token))!;

    private async Task<WitnessAnswer?> InTurnAsync(Func<HeldLog, WitnessAnswer?> work, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            var held = Held();
            return _unsure is { } why ? WitnessAnswer.Refused(503, why) : work(held);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Whether it is on the disk nobody knows: the next request reads the folder again.
            Close();
            NotWritten(failure, Origin);
            return WitnessAnswer.Refused(503, "witness.unavailable");
        }
        catch (LedgerException damaged) when (damaged.Code is "witness.damaged" or "witness.rollback")
        {
            Damaged(damaged, Origin);
            return WitnessAnswer.Refused(503, damaged.Code);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes full tiles, and the newest cosigned checkpoint, behind the answers.</summary>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public async Task StoreAsync(CancellationToken token)
    {
        if (_held is not { } held)
            return;
        var cosigned = _cosigned;
        held.Store();
        if (cosigned is not null && cosigned != _published)
            held.Publish(cosigned);
        _published = cosigned;
        if (held.JournalLength < LongestJournal)
            return;
        await _turn.WaitAsync(token);
        try
        {
            if (_held == held)
                held.Shorten();
        }
        catch
        {
            Close();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    internal HeldLog? HeldNow => _held;

    /// <summary>Makes the folder whole by what others remember, and reads it again. Nothing is taken meanwhile.</summary>
    /// <exception cref="LedgerException"><c>witness.damaged</c>, <c>witness.rollback</c></exception>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    internal async Task RescueAsync(
        IReadOnlyList<SignedNote> remembered,
        IReadOnlyList<LogSource> places,
        WitnessIncidents incidents,
        CancellationToken token
    )
    {
        await _turn.WaitAsync(token);
        try
        {
            Close();
            await new CopyRescue(folder, log, signer.Verifier, incidents, time).RunAsync(remembered, places, token);
            _ = Held();
            _unsure = null;
            Sure(Origin, Size);
        }
        finally
        {
            _turn.Release();
        }
    }

    internal async Task ScrubJournalAsync(CopyMending mending, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            if (_held is not { } held || held.JournalFits())
                return;
            mending.Add(WitnessIncidents.Healed, WitnessJournal.FileName, null, CopyMending.Self, null);
            held.KeepJournal(time.GetUtcNow());
            held.Shorten();
        }
        catch
        {
            Close();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    internal async Task ScrubCheckpointAsync(CopyMending mending, CancellationToken token)
    {
        if (_held is not { } held || _published is not { } published)
            return;
        var there = await held.Files.ReadAsync(ILogReader.Checkpoint, token);
        // Not by its bytes: a newer one may just have been put there.
        if (there is not null && await held.IsSignedAsync(there, log, signer.Verifier, token))
            return;
        var wrong = there?[..Math.Min(there.Length, Differences.MostBytes)];
        mending.Add(WitnessIncidents.Healed, ILogReader.Checkpoint, null, CopyMending.Self, wrong);
        held.Files.SetAside(ILogReader.Checkpoint, time.GetUtcNow());
        held.Publish(published);
    }

    /// <summary>Keeps what another witness cosigned and this copy does not begin with.</summary>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    internal void KeepFork(SignedNote shown, string peer)
    {
        if (_held is { } held)
            Split(Origin, peer, RefusedNotes.Keep(folder, held, shown));
    }

    internal void Looked(long files) => Scrubbed = (time.GetUtcNow(), files);

    public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct)
    {
        if (_held is not { } held || _cosigned is not { } cosigned)
            return null;
        if (path == ILogReader.Checkpoint)
            return cosigned.ToBytes();
        if (path == ILogReader.Policy)
            return Encoding.UTF8.GetBytes($"log {log}\nwitness this {signer.Verifier}\nquorum this\n");
        if (!TilePath.TryParse(path, out var tile))
            return null;
        if (tile.Level != TilePath.Entries)
            return (await held.Tree.ReadAsync(tile, ct))?.ToArray();
        return tile.Index > held.Size / Tile.FullWidth ? null : held.Bundle(tile.Index, tile.Width);
    }

    public void Dispose()
    {
        Close();
        _turn.Dispose();
        _pulling.Dispose();
    }

    private WitnessAnswer Add(HeldLog held, AddCheckpoint add, Checkpoint next, byte[] bundle)
    {
        if (Against(held, add, next) is { } refusal)
            return refusal;
        IReadOnlyList<byte[]> entries;
        byte[] hashes;
        try
        {
            entries = AddEntries.Read(bundle, next.Size - held.Size, out hashes);
        }
        catch (LedgerException refused)
        {
            return Refused(held, add, refused);
        }
        // The same once more: it is on the disk, and only the time is new.
        if (next.Size == held.Size && held.Note is not null)
            return Sign(held);
        var edge = held.With(hashes);
        if (!edge.Root.Span.SequenceEqual(next.Root.Span))
            return WitnessAnswer.Refused(422, "witness.entries");
        // Before the first signature under a log the key's own folder says that there was one.
        memory.HasSigned(Origin);
        var start = time.GetTimestamp();
        held.Take(add.Checkpoint, next, edge, entries, bundle);
        Fsyncs.Add(time.GetElapsedTime(start));
        return Sign(held);
    }

    private WitnessAnswer? Against(HeldLog held, AddCheckpoint add, Checkpoint next)
    {
        if (add.OldSize != held.Size)
            return WitnessAnswer.Size(held.Size);
        try
        {
            add.RequireConsistent(next, held.Checkpoint is { } last ? last.Root.Span : Merkle.EmptyRoot);
            return null;
        }
        catch (LedgerException refused)
        {
            return Refused(held, add, refused);
        }
    }

    private WitnessAnswer Sign(HeldLog held)
    {
        var cosignature = signer.Cosign(held.Note!.Text.Span, time.GetUtcNow());
        _cosigned = OnlyTheLogs(held.Note).With([cosignature]);
        return WitnessAnswer.Cosigned(cosignature);
    }

    private WitnessAnswer Refused(HeldLog held, AddCheckpoint add, LedgerException refused)
    {
        switch (refused.Code)
        {
            case "witness.fork":
                Forked(Origin, held.Size, RefusedNotes.Keep(folder, held, add));
                return WitnessAnswer.Size(held.Size);
            case "witness.inconsistent":
                Inconsistent(Origin, held.Size, RefusedNotes.Keep(folder, held, add));
                return WitnessAnswer.Refused(422, refused.Code);
            default:
                return WitnessAnswer.Refused(400, refused.Code);
        }
    }

    private HeldLog Held()
    {
        if (_held is { } open)
            return open;
        HeldLog held;
        try
        {
            held = HeldLog.Open(folder, log, signer.Verifier);
        }
        catch (LedgerException damaged) when (memory.HasOthers(site))
        {
            _unsure = damaged.Code;
            throw;
        }
        // A frame that is not whole was torn, or was signed and is bent; and an empty folder of a key that has signed was emptied.
        if (memory.HasPeers && (held.WasTorn || (held.Note is null && memory.HadSigned(Origin))))
            _unsure = "witness.unheard";
        if (held.Note is not null)
            _ = Sign(held);
        return _held = held;
    }

    private void Close()
    {
        _held?.Dispose();
        _held = null;
    }

    // A note may carry other signatures; what is served is the log's word and this witness's.
    private SignedNote OnlyTheLogs(SignedNote note) =>
        new(note.Text.ToArray(), [.. note.Signatures.Where(signature => signature.IsBy(log))]);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Origin}: what came was not written; the copy is read again")]
    private partial void NotWritten(Exception failure, string origin);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Origin}: the copy is whole, {Size} entries, and is cosigned again"
    )]
    private partial void Sure(string origin, long size);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Origin}: the copy is damaged, and nothing is cosigned")]
    private partial void Damaged(Exception failure, string origin);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "{Origin} signed two trees of {Size} entries; kept in {Evidence}"
    )]
    private partial void Forked(string origin, long size, string evidence);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Origin}: a checkpoint that does not continue the tree of {Size} entries; kept in {Evidence}"
    )]
    private partial void Inconsistent(string origin, long size, string evidence);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "{Origin} shows {Peer} another log than this witness; kept in {Evidence}"
    )]
    private partial void Split(string origin, string peer, string evidence);
}
