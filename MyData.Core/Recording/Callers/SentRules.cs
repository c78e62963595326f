using System.Globalization;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What the log takes from another system beyond the record's form, however it came.</summary>
internal static class SentRules
{
    // A caller's clock may be a little fast; a record of tomorrow would be found by nobody who looks for today's.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    // No summer time since 1980.
    private static readonly TimeSpan Taipei = TimeSpan.FromHours(8);

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

    /// <summary>A day after today, in Taipei, at most a year ahead; from its beginning the content is displayed.</summary>
    /// <exception cref="LedgerException"><c>sent.held</c></exception>
    public static DisplayHold Hold(SentHold sent, LedgerRecord record, DateTimeOffset now)
    {
        if (record.Persons == 0 || TransferReport.IsOperation(record.Operation))
            throw Wrong("Held is what is about somebody, and is no side of a transfer that she asked for.");
        if (sent.By is not { } by || !SentCodes.IsCode(by))
            throw Wrong("held_by is the code of the law that delays the display.");
        var today = DateOnly.FromDateTime(now.ToOffset(Taipei).DateTime);
        if (
            !DateOnly.TryParseExact(
                sent.Until,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var day
            )
            || day <= today
            || day > today.AddYears(1)
        )
            throw Wrong("held_until is a day after today, such as 2027-05-31, and at most a year ahead.");
        return new DisplayHold(new DateTimeOffset(day, TimeOnly.MinValue, Taipei).ToUniversalTime(), by);
    }

    private static LedgerException Wrong(string why) => new("sent.held", why);

    // The tags come in the write, where a record that grows too long would be found too late.
    private static void RequireRoom(LedgerRecord record)
    {
        if (record.Persons == 0)
            return;
        var tag = new byte[PersonTag.Size];
        _ = (record with { Tags = [.. Enumerable.Repeat(tag, record.Persons)] }).ToBytes();
    }
}
