using System.Data.Common;
using MyData.Core.Data;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>Records that somebody changed, or put there himself, and that stay so: named, and never sealed once more.</summary>
public abstract class BentEntryTests(Engine engine) : BentRows(engine, endsBent: true)
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(299)]
    public async Task Entry_WithAByteFlipped_IsNamedByTheAudit(int index)
    {
        await WriteAsync(300);
        Flip(index);
        var finding = Assert.Single((await Host.AuditAsync()).Findings);
        Assert.Equal(("audit.entry", (long?)index), (finding.Code, finding.Index));
    }

    [Fact]
    public async Task Entry_BehindTheTiles_WithAByteFlipped_StopsTheStart()
    {
        await WriteAsync(300);
        await StoreAsync();
        Flip(290);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(Host.RestartAsync);
        Assert.Contains("(ledger.entry): A record from 290 to 290", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sql_ThatGivesAWaitingEntryItsPlace_IsTakenOnce()
    {
        const string Waiting = "0190B000-0000-7000-8000-00000000000F";
        var bytes = Engine == Engine.Sqlite ? "x'00'" : @"'\x00'";
        await WriteAsync(1);
        Run($"""INSERT INTO ledger_entries ("Id", "Log", "Bytes") VALUES ('{Waiting}', 1, {bytes})""");
        Run($"""UPDATE ledger_entries SET "Idx" = 1 WHERE "Id" = '{Waiting}'""");
        Assert.ThrowsAny<DbException>(() => Run($"""UPDATE ledger_entries SET "Idx" = 2 WHERE "Id" = '{Waiting}'"""));
    }
}

public sealed class SqliteBentEntryTests() : BentEntryTests(Engine.Sqlite);

public sealed class PostgresBentEntryTests() : BentEntryTests(Engine.Postgres);
