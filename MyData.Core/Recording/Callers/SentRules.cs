using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What the log takes from another system beyond the record's form, however it came.</summary>
internal static class SentRules
{
    // A caller's clock may be a little fast; a record of tomorrow would be found by nobody who looks for today's.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <exception cref="LedgerException"><c>sent.time</c>, <c>sent.text</c>, <c>record.too_large</c></exception>
    public static void Require(LedgerRecord record, DateTimeOffset now, LedgerSettings settings)
    {
        if (record.Time > now + Ahead)
            throw new LedgerException("sent.time", "The record tells of a time that has not come.");
        if (record.Time < now - settings.IntakeOldest)
            throw new LedgerException("sent.time", "The record tells of a time too long ago.");
        SentCodes.Require(record);
        RequireRoom(record);
    }

    // The tags come in the write, where a record that grows too long would be found too late.
    private static void RequireRoom(LedgerRecord record)
    {
        if (record.Persons == 0)
            return;
        var tag = new byte[PersonTag.Size];
        _ = (record with { Tags = [.. Enumerable.Repeat(tag, record.Persons)] }).ToBytes();
    }
}
