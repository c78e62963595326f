using System.Security.Cryptography;
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
    TimeProvider time,
    ILogger logger
) : ILogReader, IDisposable
{
    private const long LongestJournal = 16 * 1024 * 1024;

    // What a log that is behind a plain add-checkpoint may be ahead.
    private const long MostPulled = 64 * 1024;
    private const int MostEvidence = 200;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _pulling = new(1);
    private volatile HeldLog? _held;
    private volatile SignedNote? _cosigned;
    private SignedNote? _published;

    public string Origin => log.Name;

    public VerifierKey Log => log;

    public Uri? Site => site;

    /// <summary>The newest checkpoint with the log's signature and this witness's; null before the first.</summary>
    public SignedNote? Cosigned => _cosigned;

    public long Size => _held?.Size ?? 0;

    /// <summary>Reads the folder, before the first request.</summary>
    /// <exception cref="LedgerException">see <see cref="HeldLog.Open"/></exception>
    public void Open() => _ = Held();

    /// <summary>What can be said before the entries are there; null where nothing is against it so far.</summary>
    /// <param name="add">with the log's signature, which has been verified</param>
    public WitnessAnswer? Refuse(AddCheckpoint add, Checkpoint next)
    {
        if (add.OldSize > next.Size)
            return WitnessAnswer.Refused(400, "witness.old_size");
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
            return await ReadAsync(from, Size, size, token);
        }
        finally
        {
            _pulling.Release();
        }
    }

    private static async Task<byte[]?> ReadAsync(ILogReader from, long at, long size, CancellationToken token)
    {
        if (size - at > MostPulled)
            return null;
        var entries = new List<ReadOnlyMemory<byte>>();
        while (at < size)
        {
            var (number, skip) = (at / Tile.FullWidth, (int)(at % Tile.FullWidth));
            var width = (int)Math.Min(Tile.FullWidth, size - number * Tile.FullWidth);
            var bytes = await TileBelow.ReadBundleAsync(from, new TilePath(TilePath.Entries, number, width), token);
            if (bytes is null)
                return null;
            var taken = Pick(bytes, skip, width);
            if (taken.Count != width - skip)
                return null;
            entries.AddRange(taken);
            at += taken.Count;
        }
        return EntryBundle.Write(entries);
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
            return work(Held());
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
        held.Take(add.Checkpoint, next, edge, entries, bundle);
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
                Forked(Origin, held.Size, Keep(held, add));
                return WitnessAnswer.Size(held.Size);
            case "witness.inconsistent":
                Inconsistent(Origin, held.Size, Keep(held, add));
                return WitnessAnswer.Refused(422, refused.Code);
            default:
                return WitnessAnswer.Refused(400, refused.Code);
        }
    }

    /// <summary>Both notes as files, once for each that was sent.</summary>
    private string Keep(HeldLog held, AddCheckpoint add)
    {
        var all = Path.Combine(folder, "evidence");
        DurableFolder.Create(all, folder);
        var name = Convert.ToHexStringLower(SHA256.HashData(add.Checkpoint.Text.Span).AsSpan(0, 8));
        var one = Path.Combine(all, name);
        if (Directory.Exists(one) || Directory.EnumerateDirectories(all).Count() >= MostEvidence)
            return one;
        DurableFolder.Create(one, all);
        File.WriteAllBytes(Path.Combine(one, "sent"), add.ToBytes());
        File.WriteAllBytes(Path.Combine(one, "held"), held.Note?.ToBytes() ?? []);
        return one;
    }

    private HeldLog Held()
    {
        if (_held is { } open)
            return open;
        var held = HeldLog.Open(folder, log, signer.Verifier);
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

    private static List<ReadOnlyMemory<byte>> Pick(byte[] bytes, int skip, int width)
    {
        var picked = new List<ReadOnlyMemory<byte>>();
        var bundle = new EntryBundle(bytes);
        for (var at = 0; at < width && bundle.TryNext(out var entry); at++)
        {
            if (at >= skip)
                picked.Add(entry.ToArray());
        }
        return picked;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Origin}: what came was not written; the copy is read again")]
    private partial void NotWritten(Exception failure, string origin);

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
}
