using System.Data.Common;

namespace MyData.Core.Data;

/// <summary>
/// What differs between SQLite and PostgreSQL; the write queue, the readers and the log stand above it, once for both. One connection writes
/// and belongs to the queue's thread; readers are anybody's.
/// </summary>
internal interface IDatabaseEngine
{
    /// <summary>Takes the database for this process alone, and brings it to this version. Before anything is served.</summary>
    /// <exception cref="StartRefusedException">another process has it; it is not there; it would lose what it was given</exception>
    void Prepare();

    /// <summary>A context to read with.</summary>
    MyDataDb OpenReader(Func<MyDataDb, bool> takeBack);

    /// <summary>Whether a reader that came back can be lent again.</summary>
    bool IsFresh(MyDataDb reader);

    /// <summary>Whether the database answers right now: it can be opened anew, and read.</summary>
    Task<bool> AnswersAsync(CancellationToken token);

    /// <summary>One for all writes: making a context costs more than most writes do.</summary>
    MyDataDb WritingDb { get; }

    /// <summary>Sees to it that the writing connection stands, and that the database is this process's alone.</summary>
    /// <returns>True where it is a new one: what another process may have written since is not in memory.</returns>
    bool Connect();

    DbTransaction Begin();

    /// <summary>What follows is one write, to be kept or undone without the others of its transaction.</summary>
    void Mark(WriterStatements statements);

    /// <summary>The write since <see cref="Mark"/> went well.</summary>
    void Keep(WriterStatements statements);

    /// <summary>It did not, and leaves nothing.</summary>
    void Undo(WriterStatements statements);

    void Disconnect();

    /// <param name="inQueue">has <see cref="IErasure.Run"/> called by the queue's thread, between two batches</param>
    IErasure NewErasure(Action inQueue);
}

/// <summary>Has what a write deleted leave the database's files soon after.</summary>
internal interface IErasure : IDisposable
{
    /// <summary>Something was erased just now.</summary>
    void Soon();

    void Run();
}
