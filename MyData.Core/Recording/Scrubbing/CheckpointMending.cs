using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Holds the kept sizes, their roots and notes, and the log's own row, against the tree.</summary>
internal sealed class CheckpointMending(RowRepairs repairs, IDbContextFactory<MyDataDb> databases)
{
    private const string Table = "ledger_checkpoints";
    private const string Logs = "ledger_logs";

    /// <summary>Sizes from behind one to another, which is in the tree.</summary>
    public async Task MendAsync(CaredLog log, long from, long to, Found found, CancellationToken token)
    {
        List<LedgerCheckpointRow> rows;
        await using (var db = await databases.CreateDbContextAsync(token))
            rows = await db.Set<LedgerCheckpointRow>()
                .Where(c => c.Log == log.Id && c.Size > from && c.Size <= to)
                .ToListAsync(token);
        foreach (var row in rows)
        {
            var root = await log.Tree.RootAsync(row.Size, token);
            if (!root.AsSpan().SequenceEqual(row.Root))
                await repairs.RunAsync(found, Table, scope => PutRoot(scope, log.Id, row.Size, row.Root, root), token);
            if (row.Note is { } note && !IsOf(log, row.Size, root, note))
                await repairs.RunAsync(found, Table, scope => ForgetNote(scope, log.Id, row.Size, note), token);
        }
    }

    /// <summary>The size of the whole tree must be among the rows.</summary>
    public async Task MendNewestAsync(CaredLog log, Found found, CancellationToken token)
    {
        if (log.Tree.Size == 0)
            return;
        await using (var db = await databases.CreateDbContextAsync(token))
            if (await db.Set<LedgerCheckpointRow>().AnyAsync(c => c.Log == log.Id && c.Size == log.Tree.Size, token))
                return;
        var root = await log.Tree.RootAsync(log.Tree.Size, token);
        await repairs.RunAsync(found, Table, scope => PutRoot(scope, log.Id, log.Tree.Size, null, root), token);
    }

    public async Task MendLogAsync(CaredLog log, Found found, CancellationToken token)
    {
        LedgerLogRow? row;
        await using (var db = await databases.CreateDbContextAsync(token))
            row = await db.Set<LedgerLogRow>().FirstOrDefaultAsync(r => r.Id == log.Id, token);
        if (row is null || row.Key != log.Key.ToString() || row.Origin != log.Key.Name || row.Year != log.Year)
            await repairs.RunAsync(found, Logs, scope => PutLog(scope, log, row), token);
    }

    private static Incident PutRoot(WriteScope scope, int log, long size, byte[]? wrong, byte[] root)
    {
        var row = scope.Db.Set<LedgerCheckpointRow>().Where(c => c.Log == log && c.Size == size);
        if (row.ExecuteUpdate(set => set.SetProperty(c => c.Root, root)) == 0)
            scope.Db.Add(
                new LedgerCheckpointRow
                {
                    Log = log,
                    Size = size,
                    Root = root,
                }
            );
        return Healed(Table, wrong is null ? "The row was gone." : "The row had another root.", size - 1, wrong, root);
    }

    // The witnesses' signatures do not come back; the root stands, and every later note covers it.
    private static Incident ForgetNote(WriteScope scope, int log, long size, byte[] note)
    {
        scope
            .Db.Set<LedgerCheckpointRow>()
            .Where(c => c.Log == log && c.Size == size)
            .ExecuteUpdate(set => set.SetProperty(c => c.Note, (byte[]?)null));
        return Healed(Table, "The row had a note that nobody signed; it has none now.", size - 1, note, null);
    }

    private static Incident PutLog(WriteScope scope, CaredLog log, LedgerLogRow? wrong)
    {
        var (year, origin, key) = (log.Year, log.Key.Name, log.Key.ToString());
        var changed = scope
            .Db.Set<LedgerLogRow>()
            .Where(r => r.Id == log.Id)
            .ExecuteUpdate(set =>
                set.SetProperty(r => r.Year, year).SetProperty(r => r.Origin, origin).SetProperty(r => r.Key, key)
            );
        if (changed == 0)
            scope.Db.Database.ExecuteSql(
                $"INSERT INTO ledger_logs (\"Id\", \"Year\", \"Origin\", \"Key\") VALUES ({log.Id}, {year}, {origin}, {key})"
            );
        return Healed(
            Logs,
            wrong is null ? "The row was gone." : "The row was another.",
            null,
            wrong is null ? null : Encoding.UTF8.GetBytes($"{wrong.Year}\n{wrong.Origin}\n{wrong.Key}\n"),
            Encoding.UTF8.GetBytes($"{year}\n{origin}\n{key}\n")
        );
    }

    private static Incident Healed(string table, string what, long? index, byte[]? wrong, byte[]? right) =>
        new(LedgerIncidents.Healed, what)
        {
            Place = table,
            Index = index,
            From = LogRecovery.Own,
            Ours = wrong,
            Theirs = right,
        };

    private static bool IsOf(CaredLog log, long size, byte[] root, byte[] bytes)
    {
        try
        {
            var note = SignedNote.Parse(bytes);
            var said = Checkpoint.Parse(note.Text.Span);
            return said.Origin == log.Key.Name
                && said.Size == size
                && said.Root.Span.SequenceEqual(root)
                && note.SignedBy(log.Key).Count > 0;
        }
        catch (LedgerException)
        {
            return false;
        }
    }
}
