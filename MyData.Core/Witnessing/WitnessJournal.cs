using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>What a witness took in one request.</summary>
/// <param name="First">the place of the first entry</param>
/// <param name="Note">the checkpoint with the log's signature, behind the last entry; empty before the first</param>
internal sealed record JournalFrame(long First, byte[] Note, byte[] Entries);

/// <summary>
/// The file that a witness writes before it signs: entries and checkpoint of a request in one append and one fsync. Each frame is magic (4
/// bytes), length (4), SHA-256 of the rest; then the first place (8), the note's length (4), the note, the entries as a bundle.
/// </summary>
/// <remarks>
/// A crash tears the last frame only, and that one was not signed. So it is left out; a frame that is wrong before one that is right is
/// damage, and nothing is signed upon it.
/// </remarks>
internal sealed class WitnessJournal : IDisposable
{
    public const string FileName = "journal";

    private const int HeadSize = 4 + sizeof(int) + SHA256.HashSizeInBytes;
    private const int FrontSize = sizeof(long) + sizeof(int);
    private static ReadOnlySpan<byte> Magic => "mdwj"u8;

    private readonly SafeFileHandle _file;

    private WitnessJournal(SafeFileHandle file) => (_file, Length) = (file, RandomAccess.GetLength(file));

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>The frames that are whole; none where there is no file.</summary>
    /// <param name="torn">what stands behind them</param>
    /// <exception cref="LedgerException"><c>witness.damaged</c>: a frame is wrong, and a right one stands behind it</exception>
    public static IReadOnlyList<JournalFrame> Read(string file, out ReadOnlyMemory<byte> torn)
    {
        torn = default;
        var frames = new List<JournalFrame>();
        if (!File.Exists(file))
            return frames;
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(file);
        while (TryRead(rest.Span, out var frame, out var length))
        {
            frames.Add(frame);
            rest = rest[length..];
        }
        torn = rest;
        for (var at = 1; at < rest.Length; at++)
        {
            var next = rest.Span[at..].IndexOf(Magic);
            if (next < 0)
                break;
            at += next;
            if (TryRead(rest.Span[at..], out _, out _))
                throw new LedgerException("witness.damaged", $"{file}: a wrong frame stands before a right one.");
        }
        return frames;
    }

    /// <summary>The notes of all frames that are whole, whatever stands between them: what a damaged journal still remembers.</summary>
    public static IEnumerable<byte[]> Notes(string file)
    {
        if (!File.Exists(file))
            yield break;
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(file);
        while (rest.Span.IndexOf(Magic) is >= 0 and var at)
        {
            rest = rest[at..];
            if (!TryRead(rest.Span, out var frame, out var length))
                length = 1;
            else if (frame.Note.Length > 0)
                yield return frame.Note;
            rest = rest[length..];
        }
    }

    /// <summary>Whether the file ends in this checkpoint, and has these entries before its end, and nothing behind it.</summary>
    public static bool Fits(string file, SignedNote note, long size, IReadOnlyList<byte[]> tail)
    {
        try
        {
            var frames = Read(file, out var torn);
            if (frames.Count == 0 || torn.Length > 0 || SignedNote.Parse(frames[^1].Note) is not { } last)
                return false;
            var entries = frames.SelectMany(Entries).ToList();
            return last.Text.Span.SequenceEqual(note.Text.Span)
                && frames[0].First + entries.Count == size
                && entries.Count >= tail.Count
                && entries.TakeLast(tail.Count).Zip(tail).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        }
        catch (LedgerException)
        {
            return false;
        }
    }

    /// <summary>Keeps the file as it is now, as evidence; it stays where it is until another takes its place.</summary>
    public static void KeepCopy(string file, DateTimeOffset at)
    {
        if (!File.Exists(file))
            return;
        var folder = Path.GetDirectoryName(file)!;
        var evidence = Path.Combine(folder, "evidence");
        DurableFolder.Create(evidence, folder);
        File.Copy(
            file,
            Path.Combine(evidence, $"{LogText.Decimal(at.ToUnixTimeMilliseconds())}-{FileName}"),
            overwrite: true
        );
        DurableFolder.Sync(evidence);
    }

    /// <summary>Puts a journal of one frame in the place of what was there, durably: whole, or not at all.</summary>
    public static WitnessJournal Replace(string file, JournalFrame frame)
    {
        var beside = file + ".new";
        using (var created = File.OpenHandle(beside, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(created, Bytes(frame), 0);
            RandomAccess.FlushToDisk(created);
        }
        File.Move(beside, file, overwrite: true);
        DurableFolder.Sync(Path.GetDirectoryName(file)!);
        return new WitnessJournal(File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.Read));
    }

    /// <summary>Durable when it returns. When it throws nobody knows, and the file must be read again.</summary>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public void Append(JournalFrame frame)
    {
        var bytes = Bytes(frame);
        RandomAccess.Write(_file, bytes, Length);
        RandomAccess.FlushToDisk(_file);
        Length += bytes.Length;
    }

    public void Dispose() => _file.Dispose();

    public static IEnumerable<byte[]> Entries(JournalFrame frame)
    {
        var entries = new List<byte[]>();
        var bundle = new EntryBundle(frame.Entries);
        while (bundle.TryNext(out var entry))
            entries.Add(entry.ToArray());
        return entries;
    }

    private static byte[] Bytes(JournalFrame frame)
    {
        var bytes = new byte[HeadSize + FrontSize + frame.Note.Length + frame.Entries.Length];
        var payload = bytes.AsSpan(HeadSize);
        BinaryPrimitives.WriteInt64BigEndian(payload, frame.First);
        BinaryPrimitives.WriteInt32BigEndian(payload[sizeof(long)..], frame.Note.Length);
        frame.Note.CopyTo(payload[FrontSize..]);
        frame.Entries.CopyTo(payload[(FrontSize + frame.Note.Length)..]);
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(Magic.Length), payload.Length);
        SHA256.HashData(payload, bytes.AsSpan(Magic.Length + sizeof(int)));
        return bytes;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, out JournalFrame frame, out int length)
    {
        (frame, length) = (null!, 0);
        if (bytes.Length < HeadSize + FrontSize || !bytes.StartsWith(Magic))
            return false;
        var size = BinaryPrimitives.ReadInt32BigEndian(bytes[Magic.Length..]);
        if (size < FrontSize || size > bytes.Length - HeadSize)
            return false;
        var payload = bytes.Slice(HeadSize, size);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload, hash);
        var note = BinaryPrimitives.ReadInt32BigEndian(payload[sizeof(long)..]);
        if (!hash.SequenceEqual(bytes.Slice(Magic.Length + sizeof(int), hash.Length)) || note > size - FrontSize)
            return false;
        frame = new JournalFrame(
            BinaryPrimitives.ReadInt64BigEndian(payload),
            payload.Slice(FrontSize, note).ToArray(),
            payload[(FrontSize + note)..].ToArray()
        );
        length = HeadSize + size;
        return true;
    }
}
