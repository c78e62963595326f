using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>Roots and proofs of our own making, against the definition and the verifier, for every small size.</summary>
public sealed class MerkleTests
{
    private const int Sizes = 70;

    [Fact]
    public void Hashes_OfTheRfcsTree_AreThePrintedOnes()
    {
        // The values that RFC 6962's reference trees are known by: of nothing, and of one empty entry.
        Assert.Equal(
            "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
            Convert.ToHexString(Merkle.EmptyRoot)
        );
        Assert.Equal(
            "6E340B9CFFB37A989CA544E6BB780A2C78901D3FB33738768511A30617AFA01D",
            Convert.ToHexString(Merkle.LeafHash([]))
        );
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(65_535)]
    public void LeafHash_OfALongEntry_IsOfTheSameBytes(int length)
    {
        var entry = new byte[length];
        Random.Shared.NextBytes(entry);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData([0, .. entry]), Merkle.LeafHash(entry));
    }

    [Fact]
    public void Frontier_EverySize_HasTheRootOfTheDefinition()
    {
        var frontier = new MerkleFrontier();
        for (var size = 0; size < Sizes; size++)
        {
            Assert.Equal(Trees.Root(0, size), frontier.Root());
            frontier.Append(Merkle.LeafHash(Trees.Entry(size)));
        }
    }

    [Fact]
    public async Task Inclusion_EveryLeafOfEverySize_VerifiesAndNothingElseDoes()
    {
        var tree = await TreeAsync(Sizes);
        for (var size = 1; size <= Sizes; size++)
        {
            var root = Trees.Root(0, size);
            for (var index = 0; index < size; index++)
            {
                var (leaf, at) = (Merkle.LeafHash(Trees.Entry(index)), index);
                var proof = await tree.InclusionAsync(index, size, default);
                MerkleProofs.VerifyInclusion(index, size, leaf, proof, root);
                Assert.NotNull(Refusal.Of(() => MerkleProofs.VerifyInclusion(at + 1, size, leaf, proof, root)));
                Assert.NotNull(Refusal.Of(() => MerkleProofs.VerifyInclusion(at, size, root, proof, leaf)) ?? Single());
                for (var bit = 0; bit < proof.Length * 8; bit += 97)
                {
                    var changed = proof.ToArray();
                    changed[bit / 8] ^= (byte)(1 << (bit % 8));
                    var code = Refusal.Of(() => MerkleProofs.VerifyInclusion(at, size, leaf, changed, root));
                    Assert.Equal("merkle.root", code);
                }
                string? Single() => size == 1 ? "one leaf is its own root" : null;
            }
        }
    }

    [Fact]
    public async Task Consistency_EveryPairOfSizes_Verifies()
    {
        var tree = await TreeAsync(Sizes);
        for (var newSize = 1; newSize <= Sizes; newSize++)
        for (var oldSize = 1; oldSize <= newSize; oldSize++)
        {
            var proof = await tree.ConsistencyAsync(oldSize, newSize, default);
            var (oldRoot, newRoot, size, old) = (Trees.Root(0, oldSize), Trees.Root(0, newSize), newSize, oldSize);
            MerkleProofs.VerifyConsistency(oldSize, newSize, proof, oldRoot, newRoot);
            var forged = Merkle.LeafHash(oldRoot);
            Assert.NotNull(Refusal.Of(() => MerkleProofs.VerifyConsistency(old, size, proof, forged, newRoot)));
            Assert.NotNull(Refusal.Of(() => MerkleProofs.VerifyConsistency(old, size, proof, oldRoot, forged)));
        }
    }

    [Fact]
    public async Task Subtrees_EveryOneOfEverySize_VerifiesBothWays()
    {
        const int size = 40;
        var tree = await TreeAsync(size);
        var subtrees = 0;
        for (var end = 1; end <= size; end++)
        for (var start = 0; start < end; start++)
        {
            if (!MerkleProofs.IsSubtree(start, end))
                continue;
            subtrees++;
            var root = Trees.Root(start, end);
            Assert.Equal(root, await tree.RootAsync(start, end, default));
            for (var whole = end; whole <= size; whole++)
            {
                var proof = await tree.ProveAsync(ProofPlan.Consistency(start, end, whole), default);
                MerkleProofs.VerifySubtreeConsistency(start, end, whole, proof, root, Trees.Root(0, whole));
            }
            for (var index = start; index < end; index++)
            {
                var proof = await tree.ProveAsync(ProofPlan.Inclusion(index, start, end), default);
                var leaf = Merkle.LeafHash(Trees.Entry(index));
                MerkleProofs.VerifySubtreeInclusion(index, start, end, leaf, proof, root);
            }
        }
        Assert.True(subtrees > 100);
    }

    [Theory]
    [InlineData(0, 0, "merkle.range")]
    [InlineData(0, 5, "merkle.range")]
    [InlineData(6, 5, "merkle.range")]
    [InlineData(-1, 5, "merkle.range")]
    public void Consistency_OfNoTree_IsRefused(long oldSize, long newSize, string code)
    {
        var root = Merkle.EmptyRoot.ToArray();
        Assert.Equal(code, Refusal.Of(() => MerkleProofs.VerifyConsistency(oldSize, newSize, [], root, root)));
    }

    private static async Task<TileTree> TreeAsync(int size)
    {
        var tree = await TileTree.LoadAsync(new MemoryLog(), 0, (_, _) => default, default);
        for (var at = 0; at < size; at += 7)
            tree.Accept(tree.Edge.Append(Trees.Leaves(at, Math.Min(at + 7, size))));
        return tree;
    }
}
