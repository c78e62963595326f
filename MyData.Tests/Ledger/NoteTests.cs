using System.Text;
using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>Signed notes, keys, checkpoints and cosignatures, to the byte.</summary>
public sealed class NoteTests
{
    // The example of golang.org/x/mod/sumdb/note, whose format c2sp.org/signed-note describes.
    private const string Foreign = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string ForeignNote =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        + "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    // The example of c2sp.org/tlog-cosignature.
    private const string Cosigned =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        + "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        + "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    [Fact]
    public void SignedBy_AStrangersNote_Verifies()
    {
        var key = VerifierKey.Parse(Foreign);
        Assert.Equal(Foreign, key.ToString());
        Assert.Equal([0L], SignedNote.Parse(LogHouse.Bytes(ForeignNote)).SignedBy(key));
        var changed = LogHouse.Bytes(ForeignNote.Replace("answer", "Answer", StringComparison.Ordinal));
        Assert.Equal("note.signature", Refusal.Of(() => SignedNote.Parse(changed).SignedBy(key)));
    }

    [Fact]
    public void Parse_TheStandardsCheckpoint_ReadsAndWritesTheSameBytes()
    {
        var note = SignedNote.Parse(LogHouse.Bytes(Cosigned));
        Assert.Equal(Cosigned, Encoding.UTF8.GetString(note.ToBytes()));
        var checkpoint = Checkpoint.Parse(note.Text.Span);
        Assert.Equal("example.com/behind-the-sofa", checkpoint.Origin);
        Assert.Equal(20_852_163, checkpoint.Size);
        Assert.Equal(note.Text, checkpoint.ToText());
        // 1679315147, the time that the standard prints for it, and 64 bytes behind.
        var cosignature = note.Signatures[1].Signature.Span;
        Assert.Equal(72, cosignature.Length);
        Assert.Equal(1_679_315_147, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(cosignature));
    }

    [Fact]
    public void Sign_ByLogAndWitness_VerifiesWithItsTime()
    {
        var note = LogHouse.Signed(7, Merkle.EmptyRoot, witnesses: 4);
        var again = SignedNote.Parse(note.ToBytes());
        Assert.Equal([0L], again.SignedBy(LogHouse.Log.Verifier));
        Assert.Equal([LogHouse.Now.ToUnixTimeSeconds()], again.SignedBy(LogHouse.Witnesses[0].Verifier));
        Assert.Empty(again.SignedBy(LogHouse.OtherLog.Verifier));
        Assert.Equal(note.ToBytes(), again.With(note.Signatures).ToBytes());
    }

    [Fact]
    public void Extensions_AreKeptAndSigned()
    {
        var text = LogHouse.Bytes(
            $"{LogHouse.Origin}\n1\n{Convert.ToBase64String(Merkle.EmptyRoot)}\nmore\nand more\n"
        );
        var checkpoint = Checkpoint.Parse(text);
        Assert.Equal(["more", "and more"], checkpoint.Extensions);
        Assert.Equal(text, checkpoint.ToText());
    }

    [Fact]
    public void Keys_OfOneNameAndTwoTypes_HaveTwoIds()
    {
        var key = LogHouse.Log.Verifier.Key;
        var witness = VerifierKey.Create(LogHouse.Origin, SignatureType.Cosignature, key);
        Assert.NotEqual(LogHouse.Log.Verifier.Id, witness.Id);
        Assert.Empty(LogHouse.Signed(1, Merkle.EmptyRoot).SignedBy(witness));
    }

    [Fact]
    public void Parse_SixteenSignatures_IsTaken_AndTooManyAreNot()
    {
        var note = new Checkpoint(LogHouse.Origin, 1, Merkle.EmptyRoot).Sign(LogHouse.Log);
        SignedNote With(int count) =>
            note.With(
                Enumerable
                    .Range(1, count - 1)
                    .Select(n => LogHouse.Witnesses[0].Cosign(note.Text.Span, LogHouse.Now.AddSeconds(n)))
            );
        Assert.Equal(16, SignedNote.Parse(With(16).ToBytes()).SignedBy(LogHouse.Witnesses[0].Verifier).Count + 1);
        Assert.Equal(64, SignedNote.Parse(With(64).ToBytes()).Signatures.Count);
        Assert.Equal("note.signatures", Refusal.Of(() => SignedNote.Parse(With(65).ToBytes())));
    }
}
