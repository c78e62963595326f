using MyData.Core.Events;

namespace MyData.Core.Data;

/// <summary>
/// The log under every write: it records each write's events inside the write, and gives the whole batch its places and its root inside
/// the batch's transaction. Called by the write queue's thread alone, in the order of the members. No waiting inside; reading and adding
/// rows, hashing and HMAC are fine.
/// </summary>
/// <remarks>Not an <see cref="IEventFollower"/>: it stands behind all of them, when what they raised is known and rows have their ids.</remarks>
public interface ICommitLog
{
    /// <summary>A batch's transaction has begun.</summary>
    void Begin(MyDataDb db, WriterStatements statements, DateTimeOffset now);

    /// <summary>A write has stored its rows; when this throws, that write is undone and leaves nothing here.</summary>
    void Record(WriteScope scope, IReadOnlyList<Event> events);

    /// <summary>The last thing before the commit.</summary>
    void Seal();

    /// <summary>The batch is durable, and no caller has been told yet. Does not throw.</summary>
    void Committed();

    /// <summary>The batch is lost, or nobody knows: what is in memory is worth nothing now.</summary>
    void Failed();
}
