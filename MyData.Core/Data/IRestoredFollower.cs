using MyData.Core.Ledger;

namespace MyData.Core.Data;

/// <summary>
/// Closes again what an older database has brought back open: sessions, keys, people who had left. In the very write in which the records
/// come back, so nothing is recorded between.
/// </summary>
public interface IRestoredFollower
{
    /// <param name="records">of the platform's own, that the database lacked; each once</param>
    void Follow(WriteScope scope, IReadOnlyList<LedgerRecord> records);
}
