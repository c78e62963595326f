using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Gives other systems' records their tags and their places, in the batch that brings them; once for each id, and all in few questions.</summary>
internal sealed class SentEntries(PersonMarks marks)
{
    /// <summary>Whether it can be recorded with the tags that it will have: later its failure would be everybody's.</summary>
    /// <exception cref="LedgerException"><c>record.too_large</c></exception>
    public static void Require(SentRecord sent)
    {
        if (sent.Persons.Count > 0)
            _ = WithTags(sent, [.. sent.Persons.Select(_ => new byte[PersonTag.Size])]);
    }

    /// <summary>Adds those that are new in the log to those of the batch; of the others <see cref="SentRecord.Outcome"/> says why not.</summary>
    public void Add(
        MyDataDb db,
        LedgerCommands commands,
        OpenLog log,
        IReadOnlyList<SentRecord> all,
        NewEntries batch,
        long first
    )
    {
        var known = commands.Look(
            new SentQuestion(
                [.. all.Select(sent => sent.Record.Id).Distinct()],
                [.. all.Select(sent => (sent.Record.Via, sent.Record.Kid)).Distinct()],
                [.. all.SelectMany(sent => sent.Persons).Distinct(StringComparer.Ordinal)],
                [.. all.Where(sent => sent.Hold is not null).Select(sent => sent.Record.Via).Distinct()]
            )
        );
        var seen = new HashSet<Guid>();
        var taken = all.Where(sent =>
                !known.Entries.ContainsKey(sent.Record.Id)
                && known.Keys.Contains((sent.Record.Via, sent.Record.Kid))
                && (sent.Hold is null || known.Holders.Contains(sent.Record.Via))
                && seen.Add(sent.Record.Id)
            )
            .ToHashSet();
        var persons = all.Where(taken.Contains).SelectMany(sent => sent.Persons.Select(p => (p, sent.Record.Id)));
        var next = 0;
        var tags = marks.NextNamed(db, commands, log, known.People, [.. persons]);
        foreach (var sent in all)
        {
            var id = sent.Record.Id;
            if (taken.Contains(sent))
            {
                IReadOnlyList<byte[]> own = [.. tags.Skip(next).Take(sent.Persons.Count).Select(mark => mark.Tag)];
                next += own.Count;
                var entry = new NewEntry(id, first + batch.Count, WithTags(sent, own), EventId: null, own);
                batch.Add(entry);
                (sent.Log, sent.Index, sent.Entry, sent.Outcome) = (
                    log.Id,
                    entry.Index,
                    entry.Bytes,
                    SentOutcome.Recorded
                );
            }
            else if (known.Entries.TryGetValue(id, out var before))
                Compare(sent, before);
            else if (batch.Find(id) is { } same)
                Compare(sent, (log.Id, same.Index, same.Bytes));
            else
                sent.Outcome = known.Keys.Contains((sent.Record.Via, sent.Record.Kid))
                    ? SentOutcome.HoldForbidden
                    : SentOutcome.Revoked;
        }
    }

    private static byte[] WithTags(SentRecord sent, IReadOnlyList<byte[]> tags) =>
        (sent.Record with { Tags = tags }).ToBytes();

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
