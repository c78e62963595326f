using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Brings a checkpoint to a witness, with the entries since the one that it cosigned last (c2sp.org/tlog-witness). One that is far behind
/// gets several steps, each with a checkpoint of its own.
/// </summary>
internal sealed class WitnessDelivery(
    WitnessHttp http,
    WitnessDispute dispute,
    LedgerScrub scrub,
    IDbContextFactory<MyDataDb> databases
)
{
    private const int MostCorrections = 3;
    private const string UnknownLog = "witness.unknown_log";

    /// <returns>its cosignature of the target</returns>
    /// <exception cref="LedgerException">
    /// <c>witness.unreachable</c>; <c>witness.unknown_log</c>, <c>witness.answer</c> (no answer of the standard); <c>witness.refused</c>,
    /// <c>ledger.fork</c>, <c>ledger.rollback</c> (<see cref="WitnessDispute"/>); those of <see cref="AddCheckpoint.ParseCosignatures"/>
    /// </exception>
    public async Task<NoteSignature> BringAsync(
        WitnessLink link,
        OpenLog log,
        PublishedCheckpoint target,
        CancellationToken token
    )
    {
        var known = link.SizeOf(log) ?? await AskAsync(link, log, token);
        for (var corrections = 0; corrections <= MostCorrections; )
        {
            if (known > target.Checkpoint.Size)
                throw await dispute.JudgeAsync(link, log, token);
            var entries = link.IsPlain ? [] : await EntriesAsync(log, known, target.Checkpoint.Size, token);
            var step = await StepAsync(
                log,
                link.IsPlain ? target.Checkpoint.Size : known + entries.Count,
                target,
                token
            );
            var proof = known == 0 ? [] : await log.Tree.ConsistencyAsync(known, step.Checkpoint.Size, token);
            var add = new AddCheckpoint(known, proof, step.Note);
            var bundle = EntryBundle.Write(entries.Select(entry => new ReadOnlyMemory<byte>(entry)));
            var (status, body) = await http.AddAsync(link.Url, add, link.IsPlain ? null : bundle, token);
            switch (status)
            {
                case HttpStatusCode.OK:
                    var given = AddCheckpoint.ParseCosignatures(body, step.Note, link.Key);
                    known = step.Checkpoint.Size;
                    link.Has(log, known);
                    if (step == target)
                        return given[^1];
                    break;
                case HttpStatusCode.Conflict when AddCheckpoint.ParseSize(body) is var size && size != known:
                    known = size;
                    corrections++;
                    break;
                case HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity:
                    throw await dispute.JudgeAsync(link, log, token);
                default:
                    throw Unexpected(status, body);
            }
        }
        throw new LedgerException("witness.answer", "It says another size each time.");
    }

    /// <summary>The size that it has, by the one question that always has an answer: a checkpoint of the empty tree.</summary>
    private async Task<long> AskAsync(WitnessLink link, OpenLog log, CancellationToken token)
    {
        var empty = new Checkpoint(log.Origin, 0, Merkle.EmptyRoot).Sign(log.Signer);
        for (link.IsPlain = false; ; link.IsPlain = true)
        {
            var add = new AddCheckpoint(0, [], empty);
            var (status, body) = await http.AddAsync(link.Url, add, link.IsPlain ? null : [], token);
            switch (status)
            {
                case HttpStatusCode.OK:
                    return 0;
                case HttpStatusCode.Conflict:
                    return AddCheckpoint.ParseSize(body);
                case HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed when !link.IsPlain && !Knows(body):
                    break;
                default:
                    throw Unexpected(status, body);
            }
        }
    }

    /// <summary>The next entries, as many as one request takes.</summary>
    private async Task<IReadOnlyList<byte[]>> EntriesAsync(OpenLog log, long from, long end, CancellationToken token)
    {
        var to = Math.Min(end, from + AddEntries.MaxEntries);
        if (from == to)
            return [];
        var entries = log.Recent.Find(from, to) ?? await RightRowsAsync(log, from, to, token);
        if (entries.Count != to - from)
            throw new LedgerException("ledger.entry", $"A record from {from} to {to - 1} is missing.");
        var bytes = 0;
        var fit = entries.TakeWhile(entry => (bytes += entry.Length + sizeof(ushort)) <= AddEntries.MaxBytes).Count();
        return [.. entries.Take(fit)];
    }

    /// <summary>A row that is not what was signed would only be refused there: it is put right first.</summary>
    private async Task<IReadOnlyList<byte[]>> RightRowsAsync(OpenLog log, long from, long to, CancellationToken token)
    {
        var rows = await RowsAsync(log, from, to, token);
        if (rows.Count == to - from && await AreRightAsync(log, from, rows, token))
            return rows;
        await scrub.MendAsync(log, from, to, token);
        return await RowsAsync(log, from, to, token);
    }

    private static async Task<bool> AreRightAsync(
        OpenLog log,
        long from,
        IReadOnlyList<byte[]> rows,
        CancellationToken token
    )
    {
        for (var at = 0; at < rows.Count; )
        {
            var (number, skip) = ((from + at) / Tile.FullWidth, (int)((from + at) % Tile.FullWidth));
            var count = Math.Min(Tile.FullWidth - skip, rows.Count - at);
            var tile = await log.Tree.ReadAsync(new TilePath(0, number, skip + count), token);
            for (var n = 0; n < count; n++, at++)
                if (
                    !tile!
                        .Value.Span.Slice((skip + n) * Merkle.HashSize, Merkle.HashSize)
                        .SequenceEqual(Merkle.LeafHash(rows[at]))
                )
                    return false;
        }
        return true;
    }

    private async Task<IReadOnlyList<byte[]>> RowsAsync(OpenLog log, long from, long to, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<LedgerEntryRow>()
            .Where(e => e.Log == log.Id && e.Index >= from && e.Index < to)
            .OrderBy(e => e.Index)
            .Select(e => e.Bytes)
            .ToListAsync(token);
    }

    private static async Task<PublishedCheckpoint> StepAsync(
        OpenLog log,
        long size,
        PublishedCheckpoint target,
        CancellationToken token
    )
    {
        if (size == target.Checkpoint.Size)
            return target;
        var checkpoint = new Checkpoint(log.Origin, size, await log.Tree.RootAsync(0, size, token));
        return new PublishedCheckpoint(checkpoint, checkpoint.Sign(log.Signer));
    }

    private static bool Knows(byte[] body) => Encoding.ASCII.GetString(body) == $"{UnknownLog}\n";

    private static LedgerException Unexpected(HttpStatusCode status, byte[] body) =>
        new(
            status == HttpStatusCode.NotFound ? UnknownLog : "witness.answer",
            $"It answers {(int)status}: {Encoding.ASCII.GetString(body.AsSpan(0, Math.Min(body.Length, 100))).Trim()}"
        );
}
