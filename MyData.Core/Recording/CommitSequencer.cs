using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Order on SQLite (ledger.md, "Shape"): the write queue is the one writer, so a record gets its place where it is stored, and the batch
/// its root, in the transaction of the writes that they tell of. When that is durable the checkpoint is signed, and then the callers hear.
/// </summary>
internal sealed partial class CommitSequencer(
    OpenLogs logs,
    LogOpening opening,
    PersonMarks marks,
    KnownConsents consents,
    SentEntries sent,
    ILogger<CommitSequencer> log
) : ICommitLog
{
    private readonly List<byte> _hashes = [];
    private readonly List<byte[]> _entries = [];
    private LedgerCommands? _commands;
    private OpenLog? _open;
    private TreeEdge? _next;

    public void Begin(MyDataDb db, DateTimeOffset now)
    {
        if (logs.Stopped is { } stopped)
            throw stopped;
        _next = null;
        _hashes.Clear();
        _entries.Clear();
        _commands = LedgerCommands.In(db, _commands);
        _open = logs.Current;
        if (_open is null || _open.Year < now.Year)
            _open = opening.Open(db, now);
    }

    public void Record(WriteScope scope, IReadOnlyList<Event> events)
    {
        if (events.Count == 0 && scope.Sent.Count == 0)
            return;
        var entries = new List<byte[]>(events.Count + scope.Sent.Count);
        var first = _open!.Tree.Edge.Size + _hashes.Count / Merkle.HashSize;
        foreach (var happened in events)
            entries.Add(Add(scope, happened, first + entries.Count));
        foreach (var record in scope.Sent)
        {
            if (sent.Add(scope.Db, _commands!, _open, record, first + entries.Count))
                entries.Add(record.Entry);
        }
        var hashes = new byte[entries.Count * Merkle.HashSize];
        for (var at = 0; at < entries.Count; at++)
            Merkle.LeafHash(entries[at], hashes.AsSpan(at * Merkle.HashSize, Merkle.HashSize));
        foreach (var closed in events.Where(e => e.Kind == EventKinds.AccountClosed))
            _commands!.Erase(closed.CitizenId!.Value);
        _hashes.AddRange(hashes);
        _entries.AddRange(entries);
    }

    public void Seal()
    {
        if (_hashes.Count == 0)
            return;
        _next = _open!.Tree.Edge.Append(_hashes.ToArray());
        _commands!.AddCheckpoint(_open.Id, _next.Size, _next.Root.ToArray());
    }

    public void Committed()
    {
        if (_next is not null)
        {
            _open!.Recent.Add(_open.Tree.Edge.Size, _entries);
            _open.Tree.Accept(_next);
        }
        try
        {
            if (!_open!.IsCurrent)
                _open.Sign();
        }
        catch (LedgerException failure)
        {
            // The records stand; without a signature there is no receipt, and the gate lets nothing out (ReleaseGate).
            NotSigned(failure);
        }
        logs.Take(_open!);
    }

    public void Failed()
    {
        logs.Close();
        consents.Forget();
        _commands = null;
    }

    private byte[] Add(WriteScope scope, Event happened, long index)
    {
        var id = Guid.CreateVersion7(happened.At);
        var person = happened.CitizenId is { } citizen ? marks.Next(scope.Db, _commands!, _open!, citizen, id) : null;
        var consent = happened.ConsentId is { } consentId ? consents.Find(scope, consentId) : null;
        var kid = $"{_open!.Signer.Verifier.Id:x8}";
        var entry = EventRecord.Of(id, happened, consent, person, marks.Acting, kid).ToBytes();
        _commands!.AddEntry(id, _open.Id, index, entry, happened.Id);
        if (person is not null)
            _commands.AddTag(person.Tag, id);
        return entry;
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The ledger's checkpoint was not signed; nothing is released")]
    private partial void NotSigned(Exception failure);
}
