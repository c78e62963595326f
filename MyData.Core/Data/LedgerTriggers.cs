namespace MyData.Core.Data;

/// <summary>
/// What SQLite itself refuses, whoever asks: changing or deleting what the log has, setting a counter back. It stops a slip and a careless
/// hand; whoever may drop triggers is stopped by the checkpoints that others hold. A migration that rebuilds one of these tables must
/// create its triggers anew, and a trigger changes by another migration.
/// </summary>
internal static class LedgerTriggers
{
    /// <summary>The message of every refusal.</summary>
    public const string Refusal = "ledger.immutable";

    public static IReadOnlyList<string> Create { get; } =
    [
        Kept("ledger_logs"),
        Fixed("ledger_logs"),
        Once("ledger_logs", "Id = NEW.Id OR Year = NEW.Year"),
        Kept("ledger_entries"),
        Fixed(
            "ledger_entries",
            "OLD.Idx IS NULL AND NEW.Idx IS NOT NULL AND NEW.Id = OLD.Id AND NEW.Log = OLD.Log AND NEW.Bytes = OLD.Bytes AND NEW.EventId IS OLD.EventId"
        ),
        Once(
            "ledger_entries",
            "Id = NEW.Id OR (Log = NEW.Log AND Idx = NEW.Idx) OR EventId = NEW.EventId OR rowid = NEW.rowid"
        ),
        Kept("ledger_checkpoints"),
        Fixed(
            "ledger_checkpoints",
            "OLD.Note IS NULL AND NEW.Note IS NOT NULL AND NEW.Log = OLD.Log AND NEW.Size = OLD.Size AND NEW.Root = OLD.Root"
        ),
        Once("ledger_checkpoints", "(Log = NEW.Log AND Size = NEW.Size) OR rowid = NEW.rowid"),
        Kept("ledger_tags"),
        Fixed("ledger_tags"),
        Once("ledger_tags", "Tag = NEW.Tag OR rowid = NEW.rowid"),
        // Erased people are not forgotten, and get no second key.
        Kept("ledger_people"),
        Fixed("ledger_people", "NEW.Key IS NULL AND NEW.CitizenId = OLD.CitizenId"),
        Fixed("ledger_counters", "NEW.Next > OLD.Next AND NEW.CitizenId = OLD.CitizenId AND NEW.Log = OLD.Log"),
        Kept("ledger_incidents"),
        Fixed("ledger_incidents"),
        Once("ledger_incidents", "Digest = NEW.Digest OR rowid = NEW.rowid"),
    ];

    /// <summary>Of the callers' keys.</summary>
    public static IReadOnlyList<string> ClientKeys { get; } =
    [
        Kept("ledger_client_keys"),
        Fixed(
            "ledger_client_keys",
            "OLD.RevokedAt IS NULL AND NEW.RevokedAt IS NOT NULL AND NEW.Client = OLD.Client AND NEW.Kid = OLD.Kid AND NEW.Key = OLD.Key AND NEW.AddedAt = OLD.AddedAt"
        ),
        Once("ledger_client_keys", "(Client = NEW.Client AND Kid = NEW.Kid) OR rowid = NEW.rowid"),
    ];

    private static string Kept(string table) => Trigger(table, "kept", "DELETE", null);

    private static string Fixed(string table, string? but = null) =>
        Trigger(table, "fixed", "UPDATE", but is null ? null : $"NOT ({but})");

    // INSERT OR REPLACE deletes what is in its way without asking the other triggers.
    private static string Once(string table, string same) =>
        Trigger(table, "once", "INSERT", $"EXISTS (SELECT 1 FROM {table} WHERE {same})");

    private static string Trigger(string table, string name, string what, string? when) =>
        $"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} {(when is null ? "" : $"WHEN {when} ")}"
        + $"BEGIN SELECT RAISE(ABORT, '{Refusal}'); END;";
}
