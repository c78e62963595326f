using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Order (ledger.md, "Shape"): the write queue is the one writer, so a record gets its place in its write, and is stored with the others of
/// the batch and their root, in the transaction of the writes that they tell of. When that is durable the checkpoint is signed, and then the
/// callers hear.
/// </summary>
internal sealed partial class CommitSequencer(
    OpenLogs logs,
    LogOpening opening,
    PersonMarks marks,
    KnownConsents consents,
    SentEntries sent,
    IEnumerable<ISentFollower> followers,
    ILogger<CommitSequencer> log
) : ICommitLog
{
    private readonly NewEntries _new = new();
    private readonly List<(WriteScope Scope, SentRecord Record)> _sent = [];
    private MyDataDb? _db;
    private LedgerCommands? _commands;
    private OpenLog? _open;
    private TreeEdge? _next;

    public void Begin(MyDataDb db, WriterStatements statements, DateTimeOffset now)
    {
        if (logs.Stopped is { } stopped)
            throw stopped;
        _next = null;
        _new.Clear();
        _sent.Clear();
        _open = null;
        // What needs no record may be written meanwhile, above all what brings the log back.
        if (logs.Waiting is not null)
            return;
        _db = db;
        _commands = LedgerCommands.In(statements, _commands);
        _open = logs.Current;
        if (_open is null || _open.Year < now.Year)
            _open = opening.Open(db, now);
    }

    public void Record(WriteScope scope, IReadOnlyList<Event> events)
    {
        if (events.Count == 0 && scope.Sent.Count == 0)
            return;
        if (_open is null)
            throw Writing.Refused(logs.Waiting!);
        var before = _new.Count;
        try
        {
            foreach (var happened in events)
                _new.Add(Entry(scope, happened));
            foreach (var record in scope.Sent)
                SentEntries.Require(record);
            foreach (var closed in events.Where(e => e.Kind == EventKinds.AccountClosed))
                _commands!.Erase(closed.CitizenId!.Value);
            _sent.AddRange(scope.Sent.Select(record => (scope, record)));
        }
        catch
        {
            _new.UndoTo(before);
            throw;
        }
    }

    public void Seal()
    {
        if (_sent.Count > 0)
            AddSent();
        if (_new.Count == 0)
            return;
        _next = _open!.Tree.Edge.Append(_new.Hashes);
        _commands!.Store(_open.Id, _new.All, _next.Size, _next.Root.ToArray());
    }

    public void Committed()
    {
        if (_open is null)
            return;
        if (_next is not null)
        {
            _open.Recent.Add(_open.Tree.Edge.Size, [.. _new.All.Select(entry => entry.Bytes)]);
            _open.Tree.Accept(_next);
        }
        try
        {
            if (!_open.IsCurrent)
                _open.Sign();
        }
        catch (LedgerException failure)
        {
            // The records stand; without a signature there is no receipt, and the gate lets nothing out (ReleaseGate).
            NotSigned(failure);
        }
        logs.Take(_open);
    }

    public void Failed()
    {
        logs.Close();
        consents.Forget();
        _commands = null;
    }

    private void AddSent()
    {
        sent.Add(_db!, _commands!, _open!, [.. _sent.Select(one => one.Record)], _new, _open!.Tree.Edge.Size);
        var followed = false;
        foreach (var (scope, record) in _sent.Where(one => one.Record.Outcome == SentOutcome.Recorded))
        foreach (var follower in followers)
            followed |= follower.Follow(scope, record);
        // Rows alone, and all writes of a batch have one context: their events were recorded before.
        if (followed)
            _sent[0].Scope.Flush();
    }

    /// <summary>Of the next record.</summary>
    private long Place => _open!.Tree.Edge.Size + _new.Count;

    private NewEntry Entry(WriteScope scope, Event happened)
    {
        var id = Guid.CreateVersion7(happened.At);
        var person = happened.CitizenId is { } citizen ? marks.Next(scope.Db, _commands!, _open!, citizen, id) : null;
        var consent = happened.ConsentId is { } consentId ? consents.Find(scope, consentId) : null;
        var kid = $"{_open!.Signer.Verifier.Id:x8}";
        var bytes = EventRecord.Of(id, happened, consent, person, marks.Acting, kid).ToBytes();
        return new NewEntry(id, Place, bytes, happened.Id, person is null ? [] : [person.Tag]);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The ledger's checkpoint was not signed; nothing is released")]
    private partial void NotSigned(Exception failure);
}
