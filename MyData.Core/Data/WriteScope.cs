using MyData.Core.Events;

namespace MyData.Core.Data;

/// <summary>What a write may touch: the database, the time, and the events that tell of it.</summary>
public sealed class WriteScope
{
    private readonly IReadOnlyList<IEventFollower> _followers;
    private readonly List<Event> _events = [];
    private readonly List<SentRecord> _sent = [];
    private readonly long _changed;
    private int _stored;
    private bool _bookkeeping;

    internal WriteScope(
        MyDataDb db,
        WriterStatements statements,
        DateTimeOffset now,
        IReadOnlyList<IEventFollower> followers
    ) => (Db, Statements, Now, _followers, _changed) = (db, statements, now, followers, statements.Changed);

    internal bool Erases { get; private set; }

    public MyDataDb Db { get; }

    internal WriterStatements Statements { get; }

    /// <summary>The time of this write, whole milliseconds UTC.</summary>
    public DateTimeOffset Now { get; }

    internal IReadOnlyList<Event> Events => _events;

    internal IReadOnlyList<SentRecord> Sent => _sent;

    /// <summary>Adds the event that tells of this change; it, and what others do upon it, is stored in the same transaction.</summary>
    public void Raise(Event happened)
    {
        happened.At = Now;
        _events.Add(happened);
        foreach (var follower in _followers)
            follower.Follow(this, happened);
    }

    /// <summary>Has the log take another system's record in this transaction; what became of it stands there afterwards.</summary>
    public void Take(SentRecord sent) => _sent.Add(sent);

    /// <summary>
    /// Says that this write tells nobody anything: bytes on the relay, a sample of health, a mark that a mail went out.
    /// A change of what a person or organisation may see or do is never bookkeeping.
    /// </summary>
    public void Bookkeeping() => _bookkeeping = true;

    /// <summary>
    /// Says that what this write deletes must soon be in no file any more: a package, a person. In the database its bytes
    /// are overwritten at once; the write-ahead log, which still holds them, is emptied some seconds later.
    /// </summary>
    public void Erase() => Erases = true;

    /// <summary>Stores what was added so far, where the ids that the database gives are wanted inside the write.</summary>
    internal void Flush()
    {
        var (events, changes) = (_events[_stored..], Db.ChangeTracker.HasChanges());
        if (!changes && events is [var alone])
            alone.Insert(Statements);
        else if (changes || events.Count > 0)
        {
            Db.AddRange(events);
            Db.SaveChanges();
        }
        _stored += events.Count;
    }

    internal void Save()
    {
        if (_events.Count == 0 && !_bookkeeping && (Statements.Changed > _changed || Db.ChangeTracker.HasChanges()))
            throw new InvalidOperationException("A write without an event: raise one, or say that it is bookkeeping.");
        Flush();
    }
}
