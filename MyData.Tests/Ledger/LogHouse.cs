using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>A log, three witnesses and one of another body, with fixed keys and a policy over them.</summary>
internal static class LogHouse
{
    public const string Origin = "mydata.example/ledger/2026";
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    public static NoteSigner Log { get; } = new(Origin, SignatureType.Ed25519, Key(1));

    public static NoteSigner OtherLog { get; } = new("other.example/log", SignatureType.Ed25519, Key(2));

    public static IReadOnlyList<NoteSigner> Witnesses { get; } =
    [
        .. Enumerable
            .Range(1, 4)
            .Select(n => new NoteSigner($"witness.example/w{n}", SignatureType.Cosignature, Key(10 + n))),
    ];

    public static string PolicyText { get; } =
        $"""
            # three nodes and one witness of another body
            log {Log.Verifier} https://mydata.example/ledger/2026
            witness node1 {Witnesses[0].Verifier} https://node1.mydata.example
            witness node2 {Witnesses[1].Verifier}
            witness node3 {Witnesses[2].Verifier}
            witness outside {Witnesses[3].Verifier}
            group enough 3 node1 node2 node3 outside
            quorum enough

            """.ReplaceLineEndings("\n");

    public static WitnessPolicy Policy { get; } = WitnessPolicy.Parse(Bytes(PolicyText));

    public static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>Signed by the log and cosigned by as many witnesses.</summary>
    public static SignedNote Signed(long size, ReadOnlySpan<byte> root, int witnesses = 3)
    {
        var note = new Checkpoint(Origin, size, root).Sign(Log);
        return note.With(Witnesses.Take(witnesses).Select(witness => witness.Cosign(note.Text.Span, Now)));
    }

    public static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    private static Ed25519PrivateKey Key(int number) => new([.. Enumerable.Repeat((byte)number, 32)]);
}
