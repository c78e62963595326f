using System.Text;
using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>Receipts, and what logs and witnesses send each other.</summary>
public sealed class ProofFileTests
{
    private const long Size = 1_000;

    [Fact]
    public async Task Receipt_ReadAgain_IsTheSameAndVerifies()
    {
        var (tree, note) = await SignedAsync();
        foreach (var extra in new byte[]?[] { null, [], [1, 2, 3] })
        {
            var receipt = new LogProof(777, await tree.InclusionAsync(777, Size, default), note, extra);
            var again = LogProof.Parse(receipt.ToBytes());
            Assert.Equal(receipt.ToBytes(), again.ToBytes());
            Assert.Equal(extra, again.Extra);
            Assert.Equal(Size, again.Verify(LogHouse.Policy, Trees.Entry(777)).Size);
            Assert.Equal("merkle.root", Refusal.Of(() => again.Verify(LogHouse.Policy, Trees.Entry(776))));
        }
    }

    [Fact]
    public async Task Receipt_OneByteChanged_IsNeverAccepted()
    {
        var (tree, note) = await SignedAsync(witnesses: 3);
        var path = await tree.InclusionAsync(777, Size, default);
        var good = new LogProof(777, path, note).ToBytes();
        for (var at = 0; at < good.Length; at++)
        {
            var bad = good.ToArray();
            bad[at] ^= 1;
            Assert.NotNull(Refusal.Of(() => LogProof.Parse(bad).Verify(LogHouse.Policy, Trees.Entry(777))));
        }
    }

    [Fact]
    public async Task AddCheckpoint_FromAnySize_IsConsistent()
    {
        var (tree, note) = await SignedAsync();
        foreach (var old in new[] { 0L, 1, 255, 256, 257, 999, 1_000 })
        {
            var proof = old == 0 ? [] : await tree.ConsistencyAsync(old, Size, default);
            var bytes = new AddCheckpoint(old, proof, note).ToBytes();
            var request = AddCheckpoint.Parse(bytes);
            Assert.Equal(bytes, request.ToBytes());
            var oldRoot = await tree.RootAsync(0, old, default);
            request.RequireConsistent(Checkpoint.Parse(request.Checkpoint.Text.Span), oldRoot);
        }
    }

    [Fact]
    public async Task AddCheckpoint_ForkedForgedOrBackwards_HasItsCode()
    {
        var (tree, note) = await SignedAsync();
        var next = Checkpoint.Parse(note.Text.Span);
        var proof = await tree.ConsistencyAsync(300, Size, default);
        var other = Merkle.LeafHash([]);
        Assert.Equal("witness.old_size", Code(1_001, [], next.Root));
        Assert.Equal("witness.fork", Code(1_000, [], other));
        Assert.Equal("witness.inconsistent", Code(1_000, other, next.Root));
        Assert.Equal("witness.inconsistent", Code(300, proof, other));
        Assert.Equal("witness.inconsistent", Code(301, proof, await tree.RootAsync(0, 300, default)));
        Assert.Equal("witness.inconsistent", Code(0, other, default));

        string? Code(long old, byte[] path, ReadOnlyMemory<byte> oldRoot) =>
            Refusal.Of(() => new AddCheckpoint(old, path, note).RequireConsistent(next, oldRoot.Span));
    }

    [Fact]
    public async Task Cosignatures_OfTheWitnessAsked_AreTakenOthersIgnored()
    {
        var (_, note) = await SignedAsync(witnesses: 0);
        var (asked, other) = (LogHouse.Witnesses[0], LogHouse.Witnesses[1]);
        var text = note.Text.Span;
        var body = AddCheckpoint.CosignatureAnswer([
            other.Cosign(text, LogHouse.Now),
            asked.Cosign(text, LogHouse.Now),
        ]);
        var taken = AddCheckpoint.ParseCosignatures(body, note, asked.Verifier);
        Assert.Equal("witness.example/w1", Assert.Single(taken).Name);
        Assert.Equal([LogHouse.Now.ToUnixTimeSeconds()], note.With(taken).SignedBy(asked.Verifier));
        var none = LogHouse.Witnesses[2].Verifier;
        Assert.Equal("note.unsigned", Refusal.Of(() => AddCheckpoint.ParseCosignatures(body, note, none)));
        Assert.Equal("note.signatures", Refusal.Of(() => AddCheckpoint.ParseCosignatures([], note, none)));
    }

    [Fact]
    public void Size_OfAConflict_IsReadStrictly()
    {
        Assert.Equal(20_852_014, AddCheckpoint.ParseSize(AddCheckpoint.SizeAnswer(20_852_014)));
        foreach (var bad in new[] { "", "1", "01\n", "1\n\n", "-1\n", "1 \n", "9223372036854775808\n", "0x1\n" })
            Assert.Equal("witness.size", Refusal.Of(() => AddCheckpoint.ParseSize(Encoding.UTF8.GetBytes(bad))));
    }

    private static async Task<(TileTree Tree, SignedNote Note)> SignedAsync(int witnesses = 3)
    {
        var tree = await TileTree.LoadAsync(new MemoryLog(), 0, (_, _) => default, default);
        tree.Accept(tree.Edge.Append(Trees.Leaves(0, Size)));
        return (tree, LogHouse.Signed(Size, tree.Edge.Root.Span, witnesses));
    }
}
