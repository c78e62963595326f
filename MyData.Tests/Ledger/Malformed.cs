using System.Text;
using System.Text.Unicode;
using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>What must be refused, and by which code: here and in the browser alike.</summary>
/// <param name="Reader">note, vkey, checkpoint, policy, judge, proof, witness, record or sent</param>
public sealed record Malformed(string Reader, string Name, byte[] Bytes, string Code)
{
    private const string Root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    private const string Line =
        "— example.com/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

    public static IReadOnlyList<Malformed> All { get; } =
    [
        .. Notes(),
        .. Keys(),
        .. Checkpoints(),
        .. Policies(),
        .. Judged(),
        .. Proofs(),
        .. Witnesses(),
        .. MalformedRecords.All(),
    ];

    /// <summary>An input that each reader takes.</summary>
    public static IReadOnlyDictionary<string, byte[]> Good { get; } =
        new Dictionary<string, byte[]>
        {
            ["note"] = LogHouse.Signed(5, Merkle.EmptyRoot).ToBytes(),
            ["vkey"] = LogHouse.Bytes(LogHouse.Log.Verifier.ToString()),
            ["checkpoint"] = LogHouse.Bytes($"example.com/log\n20852163\n{Root}\nmore\n"),
            ["policy"] = LogHouse.Bytes(LogHouse.PolicyText),
            ["judge"] = LogHouse.Signed(5, Merkle.EmptyRoot).ToBytes(),
            ["proof"] = new LogProof(3, new byte[96], LogHouse.Signed(5, Merkle.EmptyRoot), [1, 2]).ToBytes(),
            ["witness"] = new AddCheckpoint(3, new byte[96], LogHouse.Signed(5, Merkle.EmptyRoot)).ToBytes(),
            ["record"] = SampleRecords.Full.ToBytes(),
            ["sent"] = (SampleRecords.Full with { Tags = [], To = "\u202e\"字\\\n\U000e0041𠮷" }).ToSentBytes(),
        };

    /// <summary>Good inputs with one to three random changes each; the same ones for the same seed.</summary>
    public static IEnumerable<Malformed> Mutations(int seed, int each)
    {
        var random = new Random(seed);
        foreach (var (reader, good) in Good)
        {
            for (var n = 0; n < each; n++)
            {
                var bytes = good.ToList();
                for (var change = random.Next(3); change >= 0 && bytes.Count > 0; change--)
                    Mutate(bytes, random);
                // These two are read as text, which somebody has decoded before.
                if (reader is not ("vkey" or "checkpoint") || Utf8.IsValid([.. bytes]))
                    yield return new(reader, $"{seed}/{n}", [.. bytes], "");
            }
        }
    }

    public override string ToString() => $"{Reader} {Name}";

    /// <summary>The code by which the C# reader refuses.</summary>
    public string? CodeHere() =>
        Refusal.Of(() =>
        {
            switch (Reader)
            {
                case "note":
                    SignedNote.Parse(Bytes);
                    break;
                case "vkey":
                    VerifierKey.Parse(Encoding.UTF8.GetString(Bytes));
                    break;
                case "checkpoint":
                    Core.Ledger.Checkpoint.Parse(Bytes);
                    break;
                case "policy":
                    WitnessPolicy.Parse(Bytes);
                    break;
                case "judge":
                    LogHouse.Policy.Judge(SignedNote.Parse(Bytes), out _);
                    break;
                case "proof":
                    LogProof.Parse(Bytes);
                    break;
                case "witness":
                    AddCheckpoint.Parse(Bytes);
                    break;
                case "record":
                    LedgerRecord.Parse(Bytes);
                    break;
                default:
                    LedgerRecord.ParseSent(Bytes);
                    break;
            }
        });

    private static IEnumerable<Malformed> Notes()
    {
        yield return Of("note", "empty", "", "note.format");
        yield return Of("note", "no blank line", "text\n" + Line, "note.format");
        yield return Of("note", "no last newline", "text\n\n" + Line.TrimEnd('\n'), "note.format");
        yield return Of("note", "no signature", "text\n\n", "note.signatures");
        yield return Of("note", "carriage return", "text\r\n\n" + Line, "note.control");
        yield return Of("note", "tab", "te\txt\n\n" + Line, "note.control");
        yield return Of("note", "null", "te\0xt\n\n" + Line, "note.control");
        yield return new("note", "not UTF-8", [0xff, .. LogHouse.Bytes("\n\n" + Line)], "note.utf8");
        yield return new(
            "note",
            "surrogate in UTF-8",
            [0xed, 0xa0, 0x80, .. LogHouse.Bytes("\n\n" + Line)],
            "note.utf8"
        );
        yield return Of("note", "too large", new string('a', 256 * 1024) + "\n\n" + Line, "note.too_large");
        yield return Of("note", "too many signatures", "text\n\n" + Times(Line, 65), "note.signatures");
        yield return Of("note", "two hyphens", "text\n\n" + Line.Replace("—", "--"), "note.signature_line");
        yield return Of(
            "note",
            "no space behind the dash",
            "text\n\n" + Line.Replace("— ", "—"),
            "note.signature_line"
        );
        yield return Of("note", "no name", "text\n\n" + Line.Replace("example.com/log", ""), "note.key_name");
        yield return Of("note", "plus in the name", "text\n\n" + Line.Replace("com/log", "com+log"), "note.key_name");
        yield return Of(
            "note",
            "wide space in the name",
            "text\n\n" + Line.Replace("com/log", "com\u3000log"),
            "note.key_name"
        );
        yield return Of(
            "note",
            "name too long",
            "text\n\n" + Line.Replace("com", new string('c', 256)),
            "note.key_name"
        );
        yield return Of("note", "no base64", "text\n\n— name !!!!\n", "note.signature_line");
        yield return Of("note", "base64 without padding", "text\n\n— name AAAAAAA\n", "note.signature_line");
        yield return Of("note", "bits behind the last byte", "text\n\n— name AAAAAAB=\n", "note.signature_line");
        yield return Of("note", "blank in the base64", "text\n\n— name AAAA AAAA\n", "note.signature_line");
        yield return Of("note", "base64url", "text\n\n— name AAAA__--\n", "note.signature_line");
        yield return Of("note", "key id only", "text\n\n— name AAAAAA==\n", "note.signature_line");
    }

    private static IEnumerable<Malformed> Keys()
    {
        var good = LogHouse.Log.Verifier.ToString();
        var parts = good.Split('+', 3);
        yield return Of("vkey", "empty", "", "note.vkey");
        yield return Of("vkey", "two parts", $"{parts[0]}+{parts[1]}", "note.vkey");
        yield return Of("vkey", "id in capitals", $"{parts[0]}+ABCDEF01+{parts[2]}", "note.vkey");
        yield return Of("vkey", "another id", $"{parts[0]}+00000000+{parts[2]}", "note.key_id");
        yield return Of("vkey", "another name", "x" + good, "note.key_id");
        yield return Of("vkey", "space in the name", $"a b+{parts[1]}+{parts[2]}", "note.key_name");
        yield return Of("vkey", "no name", $"+{parts[1]}+{parts[2]}", "note.key_name");
        yield return Of("vkey", "no base64", $"{parts[0]}+{parts[1]}+*", "note.vkey");
        yield return Of("vkey", "no key", $"{parts[0]}+{parts[1]}+", "note.vkey");
        yield return Of("vkey", "type of another algorithm", $"{parts[0]}+{parts[1]}+{Base64(2, 33)}", "note.key_type");
        yield return Of("vkey", "short key", $"{parts[0]}+{parts[1]}+{Base64(1, 32)}", "ed25519.key");
        yield return Of("vkey", "long key", $"{parts[0]}+{parts[1]}+{Base64(4, 34)}", "ed25519.key");
    }

    private static IEnumerable<Malformed> Checkpoints()
    {
        yield return Of("checkpoint", "empty", "", "checkpoint.format");
        yield return Of("checkpoint", "two lines", "log\n1\n", "checkpoint.format");
        yield return Of("checkpoint", "third line not ended", $"log\n1\n{Root}", "checkpoint.format");
        yield return Of("checkpoint", "no origin", $"\n1\n{Root}\n", "checkpoint.origin");
        foreach (
            var size in new[]
            {
                "",
                "01",
                "-1",
                "+1",
                "1.0",
                "1e3",
                " 1",
                "0x1",
                "９",
                "9223372036854775808",
                "99999999999999999999",
            }
        )
            yield return Of("checkpoint", $"size '{size}'", $"log\n{size}\n{Root}\n", "checkpoint.size");
        yield return Of("checkpoint", "short root", "log\n1\nAAAA\n", "checkpoint.root");
        yield return Of("checkpoint", "root without padding", $"log\n1\n{Root.TrimEnd('=')}\n", "checkpoint.root");
        yield return Of("checkpoint", "root with a blank", $"log\n1\n{Root} \n", "checkpoint.root");
        yield return Of("checkpoint", "empty extension", $"log\n1\n{Root}\n\n", "checkpoint.extension");
        yield return Of("checkpoint", "extension not ended", $"log\n1\n{Root}\nmore", "checkpoint.extension");
        yield return Of(
            "checkpoint",
            "too many extensions",
            $"log\n1\n{Root}\n{Times("more\n", 17)}",
            "checkpoint.extension"
        );
    }

    private static IEnumerable<Malformed> Policies()
    {
        var (log, one, two) = (LogHouse.Log.Verifier, LogHouse.Witnesses[0].Verifier, LogHouse.Witnesses[1].Verifier);
        var w = $"witness a {one}\nwitness b {two}\n";
        (string Name, string Text, string Code)[] all =
        [
            ("empty", "", "policy.quorum_missing"),
            ("no quorum", w, "policy.quorum_missing"),
            ("two quorums", w + "quorum a\nquorum none\n", "policy.quorum_twice"),
            ("no last newline", "quorum none", "policy.line"),
            ("carriage return", "quorum none\r\n", "policy.character"),
            ("delete", "quorum none\n#\u007f\n", "policy.character"),
            ("unknown word", "quorums none\nquorum none\n", "policy.line"),
            ("word in capitals", "Quorum none\n", "policy.line"),
            ("quorum of two names", w + "quorum a b\n", "policy.line"),
            ("quorum of a name below", $"quorum a\n{w}", "policy.unknown_name"),
            ("log without key", "log\nquorum none\n", "policy.line"),
            ("log with two addresses", $"log {log} a b\nquorum none\n", "policy.line"),
            ("log that cosigns", $"log {one}\nquorum none\n", "policy.key_type"),
            ("witness that signs notes", $"witness a {log}\nquorum none\n", "policy.key_type"),
            ("log twice", $"log {log}\nlog {log}\nquorum none\n", "policy.duplicate_key"),
            ("witness twice", $"witness a {one}\nwitness b {one}\nquorum none\n", "policy.duplicate_key"),
            ("name twice", $"witness a {one}\nwitness a {two}\nquorum none\n", "policy.name"),
            ("witness called none", $"witness none {one}\nquorum none\n", "policy.name"),
            ("group called as a witness", w + "group a any b\nquorum a\n", "policy.name"),
            ("group of itself", w + "group g any g a\nquorum g\n", "policy.unknown_name"),
            ("group of none", w + "group g any none\nquorum g\n", "policy.unknown_name"),
            ("group of nobody", w + "group g any\nquorum g\n", "policy.line"),
            ("threshold 0", w + "group g 0 a b\nquorum g\n", "policy.threshold"),
            ("threshold above all", w + "group g 3 a b\nquorum g\n", "policy.threshold"),
            ("threshold 02", w + "group g 02 a b\nquorum g\n", "policy.threshold"),
            ("threshold some", w + "group g some a b\nquorum g\n", "policy.threshold"),
            ("member twice in a group", w + "group g any a a\nquorum g\n", "policy.member_twice"),
            ("member of two groups", w + "group g any a\ngroup h any a b\nquorum h\n", "policy.member_twice"),
            ("key that is none", "witness a key\nquorum none\n", "note.vkey"),
            ("too large", "#" + new string('a', 256 * 1024) + "\nquorum none\n", "policy.too_large"),
        ];
        return all.Select(one => Of("policy", one.Name, one.Text, one.Code));
    }

    private static IEnumerable<Malformed> Judged()
    {
        var good = LogHouse.Signed(5, Merkle.EmptyRoot);
        var text = Encoding.UTF8.GetString(good.ToBytes());
        var stranger = new Checkpoint("other.example/log", 5, Merkle.EmptyRoot).Sign(LogHouse.OtherLog);
        var borrowed = new Checkpoint(LogHouse.Origin, 5, Merkle.EmptyRoot).Sign(LogHouse.OtherLog);
        var foreign = LogHouse.Signed(6, Merkle.EmptyRoot).Signatures[2];
        var (name, id) = (LogHouse.Witnesses[0].Verifier.Name, LogHouse.Witnesses[0].Verifier.Id);
        var untimed = new NoteSignature(name, id, new byte[64]);
        var late = new NoteSignature(name, id, [0x80, .. new byte[71]]);
        yield return new("judge", "another log", stranger.ToBytes(), "policy.log_unknown");
        yield return new("judge", "another log's key", borrowed.ToBytes(), "note.unsigned");
        yield return Of("judge", "another size", text.Replace("\n5\n", "\n6\n"), "note.signature");
        yield return new("judge", "cosignature of another text", good.With([foreign]).ToBytes(), "note.signature");
        yield return new("judge", "cosignature without a time", good.With([untimed]).ToBytes(), "cosignature.format");
        yield return new("judge", "cosignature after 2^63", good.With([late]).ToBytes(), "cosignature.format");
        yield return Of("judge", "no checkpoint", "hello\n\n" + Line, "checkpoint.format");
    }

    private static IEnumerable<Malformed> Proofs()
    {
        var note = Encoding.UTF8.GetString(LogHouse.Signed(5, Merkle.EmptyRoot).ToBytes());
        const string head = "c2sp.org/tlog-proof@v1\n";
        yield return Of("proof", "empty", "", "proof.format");
        yield return Of("proof", "another version", $"c2sp.org/tlog-proof@v2\nindex 0\n\n{note}", "proof.format");
        yield return Of("proof", "head alone", head, "proof.format");
        yield return Of("proof", "no index", $"{head}\n{note}", "proof.index");
        yield return Of("proof", "index 01", $"{head}index 01\n\n{note}", "proof.index");
        yield return Of("proof", "index without a space", $"{head}index1\n\n{note}", "proof.index");
        yield return Of("proof", "index too large", $"{head}index 9223372036854775808\n\n{note}", "proof.index");
        yield return Of("proof", "extra that is no base64", $"{head}extra ?\nindex 0\n\n{note}", "proof.extra");
        yield return Of("proof", "extra twice", $"{head}extra AAAA\nextra AAAA\nindex 0\n\n{note}", "proof.index");
        yield return Of("proof", "extra behind the index", $"{head}index 0\nextra AAAA\n\n{note}", "proof.hash");
        yield return Of("proof", "short hash", $"{head}index 0\nAAAA\n\n{note}", "proof.hash");
        yield return Of("proof", "no blank line", $"{head}index 0\n{Root}\n", "proof.format");
        yield return Of(
            "proof",
            "too many hashes",
            $"{head}index 0\n{Times(Root + "\n", 64)}\n{note}",
            "proof.too_long"
        );
        yield return Of("proof", "no note", $"{head}index 0\n\n", "note.format");
        yield return Of("proof", "too large", head + new string('a', 400 * 1024), "proof.too_large");
    }

    private static IEnumerable<Malformed> Witnesses()
    {
        var note = Encoding.UTF8.GetString(LogHouse.Signed(5, Merkle.EmptyRoot).ToBytes());
        yield return Of("witness", "empty", "", "witness.old_size");
        yield return Of("witness", "no size", $"old\n\n{note}", "witness.old_size");
        yield return Of("witness", "size 00", $"old 00\n\n{note}", "witness.old_size");
        yield return Of("witness", "capital", $"Old 0\n\n{note}", "witness.old_size");
        yield return Of("witness", "two spaces", $"old  0\n\n{note}", "witness.old_size");
        yield return Of("witness", "hash that is none", $"old 1\n{Root[..40]}\n\n{note}", "witness.hash");
        yield return Of("witness", "too many hashes", $"old 1\n{Times(Root + "\n", 64)}\n{note}", "witness.too_long");
        yield return Of("witness", "no blank line", $"old 1\n{Root}\n", "witness.format");
        yield return Of("witness", "no note", "old 1\n\n", "note.format");
    }

    private static void Mutate(List<byte> bytes, Random random)
    {
        // Bytes that mean something in one of the formats, so that more than the outermost check is reached.
        var telling = "\n \t\"\\{}[],:+=/.-_0019aAuxé—\u202e"u8;
        var at = random.Next(bytes.Count);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes.RemoveAt(at);
                break;
            case 2:
                bytes.Insert(at, telling[random.Next(telling.Length)]);
                break;
            case 3:
                bytes[at] = telling[random.Next(telling.Length)];
                break;
            case 4:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                break;
            default:
                bytes.InsertRange(
                    random.Next(bytes.Count),
                    bytes.GetRange(at, Math.Min(random.Next(1, 12), bytes.Count - at))
                );
                break;
        }
    }

    private static Malformed Of(string reader, string name, string text, string code) =>
        new(reader, name, LogHouse.Bytes(text), code);

    private static string Times(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Base64(byte type, int length) => Convert.ToBase64String([type, .. new byte[length - 1]]);
}
