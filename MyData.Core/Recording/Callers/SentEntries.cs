using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Gives another system's record its tags and its place, in the write that brings it; once for each id.</summary>
internal sealed class SentEntries(PersonMarks marks)
{
    /// <returns>Whether it is new in the log; else <see cref="SentRecord.Outcome"/> says why not.</returns>
    public bool Add(MyDataDb db, LedgerCommands commands, OpenLog log, SentRecord sent, long index)
    {
        var record = sent.Record;
        if (commands.FindEntry(record.Id) is { } there)
        {
            Compare(sent, there);
            return false;
        }
        if (!commands.IsGood(record.Via, record.Kid))
        {
            sent.Outcome = SentOutcome.Revoked;
            return false;
        }
        var tags = sent.Persons.Select(person => marks.NextNamed(db, commands, log, person, record.Id).Tag).ToList();
        var entry = (record with { Tags = tags }).ToBytes();
        commands.AddEntry(record.Id, log.Id, index, entry, eventId: null);
        foreach (var tag in tags)
            commands.AddTag(tag, record.Id);
        (sent.Log, sent.Index, sent.Entry, sent.Outcome) = (log.Id, index, entry, SentOutcome.Recorded);
        return true;
    }

    private static void Compare(SentRecord sent, (int Log, long Index, byte[] Bytes) there)
    {
        var before = LedgerRecord.Parse(there.Bytes).ToSentBytes();
        if (!before.AsSpan().SequenceEqual(sent.Record.ToSentBytes()))
        {
            sent.Outcome = SentOutcome.Conflict;
            return;
        }
        (sent.Log, sent.Index, sent.Entry, sent.Outcome) = (there.Log, there.Index, there.Bytes, SentOutcome.Repeated);
    }
}
