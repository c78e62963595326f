using System.Text.Json;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What became of one record that was sent: a place with its receipt, or a stable code and words that repeat nothing of it.</summary>
public sealed record IntakeResult
{
    /// <summary><see cref="SentOutcome.None"/> where it was refused before the log saw it.</summary>
    public SentOutcome Outcome { get; init; }

    /// <summary>Null where it is in the log.</summary>
    public LedgerException? Refusal { get; init; }

    public int Year { get; init; }
    public long Index { get; init; }

    /// <summary>Null where nobody waited for it.</summary>
    public LedgerReceipt? Receipt { get; init; }
}

/// <summary>
/// Records of other systems (issue 3): checked outside the write queue, placed inside it, some fifty in one write; released when the policy's
/// quorum has seen them. There is room for so many under way; beyond it a caller is told to come again, and nothing of hers was taken.
/// </summary>
public sealed class LedgerIntake(
    IWriter writer,
    IReleaseGate gate,
    OpenLogs logs,
    LedgerReceipts receipts,
    LedgerSettings settings,
    ClientKeys keys,
    LedgerHolds holds,
    CitizenAccounts accounts,
    TimeProvider time
)
{
    /// <summary>Records in one request.</summary>
    public const int MaxBatch = 1000;

    /// <summary>Persons in one request, of all its records together: each costs the one writer a look-up and a tag.</summary>
    public const int MaxPersons = 1000;

    /// <summary>The code of a full queue.</summary>
    public const string Full = "sent.queue_full";

    private int _underWay;

    /// <summary>Records under way now.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>One record.</summary>
    /// <param name="durable">not to wait for witnesses: no receipt, and nothing may be released on it</param>
    /// <exception cref="LedgerException">
    /// <see cref="Full"/>; <see cref="Writing.Unavailable"/>, then it may stand in the log: send it again; <c>sent.json</c>
    /// </exception>
    public async Task<IntakeResult> TakeAsync(ReadOnlyMemory<byte> body, bool durable, CancellationToken token)
    {
        using var json = SentEnvelope.Json(body);
        return (await TakeAsync([json.RootElement], durable, token))[0];
    }

    /// <summary>Several, as <c>{"records":[…]}</c>; each has a result of its own, in their order.</summary>
    /// <exception cref="LedgerException">as above, and <c>sent.member</c>, <c>sent.too_many</c></exception>
    public async Task<IReadOnlyList<IntakeResult>> TakeBatchAsync(
        ReadOnlyMemory<byte> body,
        bool durable,
        CancellationToken token
    )
    {
        using var json = SentEnvelope.Json(body);
        var root = json.RootElement;
        if (
            root.ValueKind != JsonValueKind.Object
            || root.GetPropertyCount() != 1
            || !root.TryGetProperty("records", out var records)
            || records.ValueKind != JsonValueKind.Array
        )
            throw new LedgerException("sent.member", "There is records, an array, and nothing else.");
        if (records.GetArrayLength() is < 1 or > MaxBatch)
            throw new LedgerException("sent.too_many", "A batch has 1 to 1,000 records.");
        if (records.EnumerateArray().Sum(SentEnvelope.CountPersons) > MaxPersons)
            throw new LedgerException("sent.too_many", "The records of a batch have at most 1,000 persons together.");
        return await TakeAsync([.. records.EnumerateArray()], durable, token);
    }

    private async Task<IReadOnlyList<IntakeResult>> TakeAsync(
        IReadOnlyList<JsonElement> envelopes,
        bool durable,
        CancellationToken token
    )
    {
        if (Interlocked.Add(ref _underWay, envelopes.Count) > settings.IntakeAtOnce)
        {
            Interlocked.Add(ref _underWay, -envelopes.Count);
            throw new LedgerException(Full, "Too many records are under way: send this again.");
        }
        try
        {
            var checkedOnes = new List<(SentRecord? Sent, LedgerException? Refusal)>(envelopes.Count);
            var verified = new VerifiedSignatures();
            foreach (var envelope in envelopes)
                checkedOnes.Add(await CheckAsync(envelope, verified, token));
            var good = checkedOnes.Select(one => one.Sent).OfType<SentRecord>().ToList();
            // Where a later one fails, those before it stand in the log, and the repeat finds them there.
            foreach (var slice in SentSlices.Of(good))
                await writer.WriteAsync(scope => slice.ForEach(scope.Take), token);
            if (!durable && good.Exists(sent => sent.Entry.Length > 0))
                await gate.PassAsync(token);
            var results = new List<IntakeResult>(envelopes.Count);
            foreach (var (sent, refusal) in checkedOnes)
                results.Add(
                    sent is null ? new IntakeResult { Refusal = refusal } : await ResultAsync(sent, durable, token)
                );
            return results;
        }
        finally
        {
            Interlocked.Add(ref _underWay, -envelopes.Count);
        }
    }

    private async Task<(SentRecord?, LedgerException?)> CheckAsync(
        JsonElement json,
        VerifiedSignatures verified,
        CancellationToken token
    )
    {
        try
        {
            var envelope = SentEnvelope.Parse(json);
            var record = envelope.Record;
            if (record.Signature is null)
                throw new LedgerException("record.unsigned", "The record carries no signature of its caller.");
            if (await keys.FindAsync(record.Via, record.Kid, token) is not { Key: { } signs } key)
                throw new LedgerException("sent.key_unknown", "No key is registered under via and kid.");
            CallerSignature.Verify(record, verified.By(signs));
            // Whoever signed it may know that the key is revoked; a stranger need not.
            if (key.RevokedAt is not null)
                throw new LedgerException("sent.key_revoked", "This key was revoked.");
            SentRules.Require(record, time.GetUtcNow(), settings);
            return (
                new SentRecord
                {
                    Record = record,
                    Persons = [.. envelope.Persons.Select(accounts.PseudonymOf)],
                    Hold = envelope.Hold is { } hold ? SentRules.Hold(hold, record, time.GetUtcNow()) : null,
                },
                null
            );
        }
        catch (LedgerException refusal)
        {
            return (null, refusal);
        }
    }

    private async Task<IntakeResult> ResultAsync(SentRecord sent, bool durable, CancellationToken token)
    {
        switch (sent.Outcome)
        {
            case SentOutcome.Conflict:
                return new() { Refusal = new("sent.conflict", "This id stands for other bytes.") };
            case SentOutcome.Revoked:
                return new() { Refusal = new("sent.key_revoked", "This key was revoked.") };
            case SentOutcome.HoldForbidden:
                return new() { Refusal = new("sent.held_forbidden", "This system may not have a display held.") };
            case SentOutcome.Repeated when !await holds.IsSameAsync(sent, token):
                return new() { Refusal = new("sent.conflict", "This id stands with another hold, or with none.") };
        }
        var log = logs.ById(sent.Log)!;
        var receipt = durable ? null : await receipts.OfAsync(log, sent.Index, sent.Entry, token);
        if (receipt is null && !durable)
            throw new LedgerException(Writing.Unavailable, "It is recorded; its receipt is not there yet.");
        return new()
        {
            Outcome = sent.Outcome,
            Year = log.Year,
            Index = sent.Index,
            Receipt = receipt,
        };
    }

    /// <summary>One signature over a batch is verified once; after a bad one no other of that batch is looked at.</summary>
    private sealed class VerifiedSignatures
    {
        private readonly Dictionary<string, Remembering> _keys = new(StringComparer.Ordinal);
        private bool _stopped;

        public ICallerKey By(CallerKey key)
        {
            if (!_keys.TryGetValue(key.Kid, out var remembering))
                _keys.Add(key.Kid, remembering = new Remembering(this, key));
            return remembering;
        }

        private sealed class Remembering(VerifiedSignatures batch, ICallerKey key) : ICallerKey
        {
            private byte[] _message = [];
            private byte[] _signature = [];

            public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
            {
                if (_message.Length > 0 && message.SequenceEqual(_message) && signature.SequenceEqual(_signature))
                    return true;
                if (batch._stopped || !key.Verify(message, signature))
                {
                    batch._stopped = true;
                    return false;
                }
                (_message, _signature) = (message.ToArray(), signature.ToArray());
                return true;
            }
        }
    }
}
