using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// One access, told in codes, hashes and numbers and never in values (ledger.md, "Record"). Its bytes are canonical: reading and writing
/// them again gives the same, and their hash is the leaf.
/// </summary>
public sealed record LedgerRecord
{
    /// <summary>Of the record's form.</summary>
    public const int Version = 1;

    /// <summary>UUIDv7 by the caller; the same one again is a repeat.</summary>
    public required Guid Id { get; init; }

    /// <summary>To the millisecond.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Provider, data set and its version.</summary>
    public required string From { get; init; }

    /// <summary>Recipient or calling system.</summary>
    public required string To { get; init; }

    /// <summary>The system that records.</summary>
    public required string Via { get; init; }

    /// <summary>That system's key.</summary>
    public required string Kid { get; init; }

    public required string Operation { get; init; }

    /// <summary>Code of the legal basis or purpose.</summary>
    public required string Reason { get; init; }

    /// <summary>Refusals and errors included.</summary>
    public required string Result { get; init; }

    /// <summary>Sign-in method and level.</summary>
    public string? Identity { get; init; }

    /// <summary>Codes of fields, never values; at most 128, none twice.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>How many persons the record is about, at most 64.</summary>
    public int Persons { get; init; }

    /// <summary>One 16-byte tag for each person, filled in by the ledger; empty in what a caller sends.</summary>
    public IReadOnlyList<byte[]> Tags { get; init; } = [];

    /// <summary>HMAC of the acting person under her agency's key.</summary>
    public byte[]? Actor { get; init; }

    public byte[]? RequestHash { get; init; }

    public byte[]? ResponseHash { get; init; }

    public byte[]? SealDigest { get; init; }

    public byte[]? ConsentHash { get; init; }

    /// <summary>Salted hash of the persons named (<see cref="SaltedHash.OfPersons"/>), so that the caller's signature covers them.</summary>
    public byte[]? PersonsHash { get; init; }

    /// <summary>The calling system's signature (<see cref="CallerSignature"/>), as it stands in the record.</summary>
    public string? Signature { get; init; }

    /// <summary>The entry that the log stores.</summary>
    /// <exception cref="LedgerException">as <see cref="Parse"/></exception>
    public byte[] ToBytes() => Write(RecordForm.Stored, signed: true);

    /// <summary>What the caller sent, tags left out: the same id with other bytes than these is a conflict.</summary>
    /// <exception cref="LedgerException">as <see cref="Parse"/></exception>
    public byte[] ToSentBytes() => Write(RecordForm.Sent, signed: true);

    /// <summary>What the caller signs: neither tags nor signature.</summary>
    /// <exception cref="LedgerException">as <see cref="Parse"/></exception>
    public byte[] ToSignedBytes() => Write(RecordForm.Sent, signed: false);

    /// <summary>A stored entry.</summary>
    /// <exception cref="LedgerException">
    /// <c>record.too_large</c>, <c>record.utf8</c>, <c>record.format</c> (no JSON object), <c>record.canonical</c> (JSON, spelled in another
    /// way), <c>record.unknown_member</c>, <c>record.duplicate_member</c>, <c>record.order</c>, <c>record.missing_member</c>,
    /// <c>record.type</c>, <c>record.value</c>, <c>record.too_long</c>, <c>record.text</c>, <c>record.id</c>, <c>record.version</c>,
    /// <c>record.sub</c>, <c>record.up</c>, <c>record.who</c>
    /// </exception>
    public static LedgerRecord Parse(ReadOnlySpan<byte> entry) => Parse(entry, RecordForm.Stored);

    /// <summary>What a caller sends: canonical too, without tags.</summary>
    /// <exception cref="LedgerException">as <see cref="Parse"/></exception>
    public static LedgerRecord ParseSent(ReadOnlySpan<byte> sent) => Parse(sent, RecordForm.Sent);

    /// <summary>That bytes are a stored entry, without taking it apart.</summary>
    /// <exception cref="LedgerException">as <see cref="Parse"/></exception>
    public static void Check(ReadOnlySpan<byte> entry)
    {
        Span<Range> values = stackalloc Range[RecordMembers.Count];
        RecordScanner.Scan(entry, RecordForm.Stored, values);
    }

    private static LedgerRecord Parse(ReadOnlySpan<byte> json, RecordForm form)
    {
        Span<Range> values = stackalloc Range[RecordMembers.Count];
        var reader = new RecordReader(json, values, RecordScanner.Scan(json, form, values));
        return new LedgerRecord
        {
            Id = Guid.ParseExact(reader.Text(RecordMembers.Id)!, "D"),
            Time = DateTimeOffset.FromUnixTimeMilliseconds(reader.Integer(RecordMembers.T)),
            From = reader.Text(RecordMembers.From)!,
            To = reader.Text(RecordMembers.To)!,
            Via = reader.Text(RecordMembers.Via)!,
            Kid = reader.Text(RecordMembers.Kid)!,
            Operation = reader.Text(RecordMembers.Op)!,
            Reason = reader.Text(RecordMembers.Why)!,
            Result = reader.Text(RecordMembers.Res)!,
            Identity = reader.Text(RecordMembers.Idm),
            Fields = reader.Texts(RecordMembers.Fld),
            Persons = (int)reader.Integer(RecordMembers.N),
            Tags = [.. reader.Texts(RecordMembers.Sub).Select(tag => Base64Url.DecodeFromChars(tag))],
            Actor = reader.Bytes(RecordMembers.Act),
            RequestHash = reader.Bytes(RecordMembers.Req),
            ResponseHash = reader.Bytes(RecordMembers.Rsp),
            SealDigest = reader.Bytes(RecordMembers.Seal),
            ConsentHash = reader.Bytes(RecordMembers.Con),
            PersonsHash = reader.Bytes(RecordMembers.Who),
            Signature = reader.Text(RecordMembers.Up),
        };
    }

    private byte[] Write(RecordForm form, bool signed)
    {
        var json = new RecordWriter();
        json.Bytes(RecordMembers.Act, Actor);
        json.Bytes(RecordMembers.Con, ConsentHash);
        json.Texts(RecordMembers.Fld, Fields);
        json.Text(RecordMembers.From, From);
        json.Text(RecordMembers.Id, Id.ToString("D", CultureInfo.InvariantCulture));
        json.Text(RecordMembers.Idm, Identity);
        json.Text(RecordMembers.Kid, Kid);
        json.Integer(RecordMembers.N, Persons);
        json.Text(RecordMembers.Op, Operation);
        json.Bytes(RecordMembers.Req, RequestHash);
        json.Text(RecordMembers.Res, Result);
        json.Bytes(RecordMembers.Rsp, ResponseHash);
        json.Bytes(RecordMembers.Seal, SealDigest);
        if (form == RecordForm.Stored)
            json.Texts(RecordMembers.Sub, [.. Tags.Select(tag => Base64Url.EncodeToString(tag))]);
        json.Integer(RecordMembers.T, Time.ToUnixTimeMilliseconds());
        json.Text(RecordMembers.To, To);
        json.Text(RecordMembers.Up, signed ? Signature : null);
        json.Integer(RecordMembers.V, Version);
        json.Text(RecordMembers.Via, Via);
        json.Bytes(RecordMembers.Who, PersonsHash);
        json.Text(RecordMembers.Why, Reason);
        var bytes = json.ToBytes();
        // One set of rules: what is written is read as a stranger's would be.
        Span<Range> values = stackalloc Range[RecordMembers.Count];
        RecordScanner.Scan(bytes, form, values);
        return bytes;
    }
}
