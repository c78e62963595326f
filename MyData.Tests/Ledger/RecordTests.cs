using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Ledger;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>Canonical records: one spelling for one content (L5), signatures, salted hashes, tags.</summary>
public sealed class RecordTests
{
    [Fact]
    public void ToBytes_FullRecord_IsThisText()
    {
        var text = Encoding.UTF8.GetString(SampleRecords.Full.ToBytes());
        var (hash, signature) = (Repeated("AgIC", 10) + "AgI", Repeated("CAgI", 21) + "CA");
        Assert.StartsWith($"{{\"act\":\"{hash}\",\"con\":\"BgYG", text, StringComparison.Ordinal);
        var end =
            $",\"t\":1795000000123,\"to\":\"citizen\",\"up\":\"{signature}\",\"v\":1,\"via\":\"mydata\",\"who\":\"BwcH";
        Assert.Contains(end, text, StringComparison.Ordinal);
        Assert.EndsWith(",\"why\":\"consent\"}", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 400, 800);
    }

    [Fact]
    public void Parse_OfToBytes_IsByteIdentical()
    {
        foreach (var record in new[] { SampleRecords.Full, SampleRecords.Small() })
            Assert.Equal(record.ToBytes(), LedgerRecord.Parse(record.ToBytes()).ToBytes());
        var sent = SampleRecords.Full.ToSentBytes();
        Assert.Equal(sent, LedgerRecord.ParseSent(sent).ToSentBytes());
        var stored = LedgerRecord.ParseSent(sent) with { Tags = SampleRecords.Full.Tags };
        Assert.Equal(SampleRecords.Full.ToBytes(), stored.ToBytes());
    }

    [Fact]
    public void NaughtyStrings_InEveryTextField_ReadAgainEqualAndStayOneLine()
    {
        var accepted = 0;
        foreach (var element in Vectors.Json("blns/blns.json").EnumerateArray())
        {
            if (element.GetString() is not { Length: > 0 } text)
                continue;
            var record = SampleRecords.Small(to: text);
            if (Encoding.UTF8.GetByteCount(text) > 256)
            {
                Assert.Equal("record.too_long", Refusal.Of(() => record.ToBytes()));
                continue;
            }
            accepted++;
            var bytes = Everywhere(text).ToBytes();
            var again = LedgerRecord.Parse(bytes);
            string?[] read = [again.From, again.To, again.Via, again.Kid, again.Operation, again.Reason, again.Result];
            Assert.All([.. read, again.Identity, again.Fields[0]], value => Assert.Equal(text, value));
            Assert.Equal(bytes, again.ToBytes());
            using var json = JsonDocument.Parse(bytes);
            Assert.Equal(text, json.RootElement.GetProperty("to").GetString());
            Assert.DoesNotContain(
                Encoding.UTF8.GetString(bytes),
                c => char.IsControl(c) || c is '\u2028' or '\u202e' or '\u200b'
            );
        }
        Assert.True(accepted > 400);
    }

    [Fact]
    public void Text_HalfASurrogatePair_IsRefused()
    {
        Assert.Equal("record.text", Refusal.Of(() => SampleRecords.Small(to: "a\ud800").ToBytes()));
        Assert.Equal("record.text", Refusal.Of(() => SampleRecords.Small(to: "\udc00\ud800").ToBytes()));
    }

    [Fact]
    public void Sent_WithTags_AndStoredWithout_AreRefused()
    {
        Assert.Equal("record.sub", Refusal.Of(() => LedgerRecord.ParseSent(SampleRecords.Full.ToBytes())));
        Assert.Equal("record.sub", Refusal.Of(() => LedgerRecord.Parse(SampleRecords.Full.ToSentBytes())));
    }

    [Fact]
    public void Check_AnyByteChanged_NeverReadsAsTheSameBytes()
    {
        var good = SampleRecords.Full.ToBytes();
        for (var at = 0; at < good.Length; at++)
        for (var bit = 0; bit < 8; bit++)
        {
            var bad = good.ToArray();
            bad[at] ^= (byte)(1 << bit);
            if (Refusal.Of(() => LedgerRecord.Check(bad)) is null)
                Assert.Equal(bad, LedgerRecord.Parse(bad).ToBytes());
        }
    }

    [Fact]
    public void Signature_Single_CoversAllButTagsAndItself()
    {
        using var key = new Ed25519PrivateKey(Ed25519PrivateKey.NewSeed());
        var record = SampleRecords.Small();
        var signature = key.Sign(CallerSignature.Message(record.ToSignedBytes()));
        var signed = SampleRecords.Small() with { Signature = CallerSignature.Single(signature) };
        CallerSignature.Verify(signed, key.PublicKey);
        var other = SampleRecords.Small(to: "somebody") with { Signature = CallerSignature.Single(signature) };
        Assert.Equal("record.signature", Refusal.Of(() => CallerSignature.Verify(other, key.PublicKey)));
        Assert.Equal("record.unsigned", Refusal.Of(() => CallerSignature.Verify(record, key.PublicKey)));
    }

    [Fact]
    public async Task Signature_OverABatch_ChecksForEachRecordAlone()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = new P256PublicKey(ec.ExportParameters(false));
        const int size = 1_000;
        var records = Enumerable.Range(0, size).Select(n => SampleRecords.Small(n)).ToList();
        var tree = await TileTree.LoadAsync(new MemoryLog(), 0, (_, _) => default, default);
        tree.Accept(tree.Edge.Append(MerkleProofs.Join([.. records.Select(r => Merkle.LeafHash(r.ToSignedBytes()))])));
        var signature = ec.SignData(CallerSignature.BatchMessage(size, tree.Edge.Root.Span), HashAlgorithmName.SHA256);
        foreach (var index in new[] { 0, 1, 511, 512, 999 })
        {
            var path = await tree.InclusionAsync(index, size, default);
            var up = CallerSignature.Batch(signature, index, size, path);
            CallerSignature.Verify(LedgerRecord.Parse((records[index] with { Signature = up }).ToBytes()), key);
            var moved = records[(index + 1) % size] with { Signature = up };
            Assert.Equal("record.signature", Refusal.Of(() => CallerSignature.Verify(moved, key)));
        }
    }

    [Fact]
    public void SaltedHashes_OfOneContent_DifferByKindAndSalt()
    {
        var (salt, other, body) = (
            SampleRecords.Bytes(32, 1),
            SampleRecords.Bytes(32, 2),
            SHA256.HashData(LogHouse.Bytes("A123456789"))
        );
        var hashes = new[]
        {
            SaltedHash.OfRequest(salt, body),
            SaltedHash.OfRequest(other, body),
            SaltedHash.OfResponse(salt, body),
            SaltedHash.OfConsent(salt, body),
            SaltedHash.OfPersons(salt, ["A123456789"]),
            SaltedHash.OfPersons(salt, ["A12345678", "9"]),
            SaltedHash.OfPersons(salt, ["A123456789", ""]),
        };
        Assert.Equal(hashes.Length, hashes.Select(Convert.ToHexString).Distinct().Count());
        byte[] input = [.. "mydata.ledger/rsp/v1\n"u8, .. salt, .. body];
        Assert.Equal(SHA256.HashData(input), SaltedHash.OfResponse(salt, body));
        Assert.Equal("hash.salt", Refusal.Of(() => SaltedHash.OfRequest(salt.AsSpan(1), body)));
        Assert.Equal("hash.digest", Refusal.Of(() => SaltedHash.OfResponse(salt, body.AsSpan(1))));
    }

    [Fact]
    public void Tag_IsTheHmacOfAnEncodingThatIsWrittenDown()
    {
        var key = SampleRecords.Bytes(32, 9);
        byte[] input = [0, 3, .. "log"u8, 0x07, 0xEA, 0, 0, 0, 0, 0, 0, 1, 2];
        Assert.Equal(HMACSHA256.HashData(key, input)[..16], PersonTag.Compute(key, "log", 2026, 258));
        Assert.Equal("tag.key", Refusal.Of(() => PersonTag.Compute(key.AsSpan(1), "log", 2026, 0)));
        Assert.Equal("tag.log", Refusal.Of(() => PersonTag.Compute(key, "", 2026, 0)));
        Assert.Equal("tag.year", Refusal.Of(() => PersonTag.Compute(key, "log", 0, 0)));
        Assert.Equal("tag.counter", Refusal.Of(() => PersonTag.Compute(key, "log", 2026, -1)));
    }

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static LedgerRecord Everywhere(string text) =>
        new()
        {
            Id = SampleRecords.Full.Id,
            Time = LogHouse.Now,
            From = text,
            To = text,
            Via = text,
            Kid = text,
            Operation = text,
            Reason = text,
            Result = text,
            Identity = text,
            Fields = [text, "other"],
        };
}
