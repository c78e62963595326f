namespace MyData.Core.Data;

/// <summary>
/// What the database itself refuses, whoever asks: changing or deleting what the log has, setting a counter back. It stops a slip and a
/// careless hand; whoever may drop triggers is stopped by the checkpoints that others hold. A migration that rebuilds one of these tables must
/// create its triggers anew, and a trigger changes by another migration.
/// </summary>
internal static class LedgerTriggers
{
    /// <summary>The message of every refusal.</summary>
    public const string Refusal = "ledger.immutable";

    private static readonly FixedTable[] Log =
    [
        new("ledger_logs") { Same = "Id = NEW.Id OR Year = NEW.Year" },
        new("ledger_entries")
        {
            But = """
                OLD."Idx" IS NULL AND NEW."Idx" IS NOT NULL AND NEW."Id" = OLD."Id" AND NEW."Log" = OLD."Log"
                AND NEW."Bytes" = OLD."Bytes" AND NEW."EventId" IS NOT DISTINCT FROM OLD."EventId"
                """,
            Same = "Id = NEW.Id OR (Log = NEW.Log AND Idx = NEW.Idx) OR EventId = NEW.EventId OR rowid = NEW.rowid",
        },
        new("ledger_checkpoints")
        {
            But = """
                OLD."Note" IS NULL AND NEW."Note" IS NOT NULL AND NEW."Log" = OLD."Log" AND NEW."Size" = OLD."Size"
                AND NEW."Root" = OLD."Root"
                """,
            Same = "(Log = NEW.Log AND Size = NEW.Size) OR rowid = NEW.rowid",
        },
        new("ledger_tags") { Same = "Tag = NEW.Tag OR rowid = NEW.rowid" },
        // Erased people are not forgotten, and get no second key.
        new("ledger_people") { But = """NEW."Key" IS NULL AND NEW."CitizenId" = OLD."CitizenId" """ },
        new("ledger_counters")
        {
            But = """NEW."Next" > OLD."Next" AND NEW."CitizenId" = OLD."CitizenId" AND NEW."Log" = OLD."Log" """,
            MayGo = true,
        },
        new("ledger_incidents") { Same = "Digest = NEW.Digest OR rowid = NEW.rowid" },
    ];

    private static readonly FixedTable[] Callers =
    [
        new("ledger_client_keys")
        {
            But = """
                OLD."RevokedAt" IS NULL AND NEW."RevokedAt" IS NOT NULL AND NEW."Client" = OLD."Client" AND NEW."Kid" = OLD."Kid"
                AND NEW."Key" = OLD."Key" AND NEW."AddedAt" = OLD."AddedAt"
                """,
            Same = "(Client = NEW.Client AND Kid = NEW.Kid) OR rowid = NEW.rowid",
        },
    ];

    private static readonly FixedTable[] Held =
    [
        new("ledger_holds") { Same = "Entry = NEW.Entry OR rowid = NEW.rowid" },
    ];

    /// <summary>Of the log, for SQLite.</summary>
    public static IReadOnlyList<string> Create { get; } = [.. Log.SelectMany(table => table.Sqlite())];

    /// <summary>Of the callers' keys, for SQLite.</summary>
    public static IReadOnlyList<string> ClientKeys { get; } = [.. Callers.SelectMany(table => table.Sqlite())];

    /// <summary>Of all that there was when PostgreSQL's first migration was made, and the function that they call.</summary>
    public static IReadOnlyList<string> Postgres { get; } =
    [FixedTable.PostgresRefusal, .. Log.Concat(Callers).SelectMany(table => table.Postgres())];

    /// <summary>Of what is held, for SQLite.</summary>
    public static IReadOnlyList<string> Holds { get; } = [.. Held.SelectMany(table => table.Sqlite())];

    /// <summary>The same for PostgreSQL.</summary>
    public static IReadOnlyList<string> PostgresHolds { get; } = [.. Held.SelectMany(table => table.Postgres())];

    /// <summary>A table whose rows stay as they are. One that comes later stands in a list of its own, since shipped migrations read these.</summary>
    private sealed record FixedTable(string Name)
    {
        /// <summary>One function for all triggers: a migration makes it before the first of them.</summary>
        public const string PostgresRefusal =
            "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            + $"$$ BEGIN RAISE EXCEPTION '{Refusal}' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME; END $$;";

        /// <summary>The one change of a row that is no refusal.</summary>
        public string? But { get; init; }

        /// <summary>SQLite: which row an <c>INSERT OR REPLACE</c> would delete; it asks no other trigger.</summary>
        public string? Same { get; init; }

        /// <summary>Whether rows may be deleted.</summary>
        public bool MayGo { get; init; }

        public IEnumerable<string> Sqlite()
        {
            if (!MayGo)
                yield return Trigger("kept", "DELETE", null);
            yield return Trigger("fixed", "UPDATE", But is null ? null : $"NOT ({But})");
            if (Same is not null)
                yield return Trigger("once", "INSERT", $"EXISTS (SELECT 1 FROM {Name} WHERE {Same})");

            string Trigger(string name, string what, string? when) =>
                $"CREATE TRIGGER {Name}_{name} BEFORE {what} ON {Name} {(when is null ? "" : $"WHEN {when} ")}"
                + $"BEGIN SELECT RAISE(ABORT, '{Refusal}'); END;";
        }

        /// <summary>Also where a session calls itself a replica, which asks no ordinary trigger.</summary>
        public IEnumerable<string> Postgres()
        {
            if (!MayGo)
                yield return Trigger("kept", "DELETE", "ROW", "");
            yield return Trigger("fixed", "UPDATE", "ROW", But is null ? "" : $"WHEN (({But}) IS NOT TRUE) ");
            yield return Trigger("emptied", "TRUNCATE", "STATEMENT", "");

            string Trigger(string name, string what, string each, string when) =>
                $"CREATE TRIGGER {Name}_{name} BEFORE {what} ON {Name} FOR EACH {each} {when}EXECUTE FUNCTION ledger_refuse(); "
                + $"ALTER TABLE {Name} ENABLE ALWAYS TRIGGER {Name}_{name};";
        }
    }
}
