namespace MyData.Core.Data;

/// <summary>
/// What a feature does when another system's record is new in the log, inside the very write that stores it: both are durable, or neither.
/// Like the write it holds no waiting, I/O or cryptography; and it raises nothing, since the write's events are recorded already.
/// </summary>
public interface ISentFollower
{
    /// <returns>Whether it changed rows.</returns>
    bool Follow(WriteScope scope, SentRecord sent);
}

/// <summary>Since when a system may record here: who cannot report must not look like one who does not.</summary>
public interface ICallerRoster
{
    /// <summary>Null where no key of this name is good now.</summary>
    ValueTask<DateTimeOffset?> SinceAsync(string client, CancellationToken token);
}

/// <summary>Which reports of a transfer stand on a consent, as the platform's own side of the same transfer says.</summary>
public interface IPairedReports
{
    /// <param name="reports">ids of records</param>
    Task<IReadOnlySet<Guid>> FindAsync(IReadOnlyCollection<Guid> reports, CancellationToken token);
}

/// <summary>What other systems recorded, by the records' ids, for those who pair them with their own rows.</summary>
public interface ISentRecords
{
    /// <summary>Those of these ids that are in the log.</summary>
    Task<IReadOnlyList<Ledger.LedgerRecord>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken token);
}
