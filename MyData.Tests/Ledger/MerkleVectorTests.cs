using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>The published proofs of RFC 9162 and of subtrees (R23): every good one verifies, every broken one has a code.</summary>
public sealed class MerkleVectorTests
{
    [Theory]
    [InlineData("inclusion", 98)]
    [InlineData("consistency", 98)]
    [InlineData("subtreeinclusion", 204)]
    [InlineData("subtreeconsistency", 118)]
    public void Vectors_EveryCase_IsDecidedAsListed(string kind, int cases)
    {
        var vectors = MerkleVector.Load(kind);
        Assert.Equal(cases, vectors.Count);
        Assert.Contains(vectors, vector => !vector.MustBeRefused);
        Assert.Empty(vectors.Where(v => v.MustBeRefused == Code(v) is null).Select(v => v.File));
    }

    private static string? Code(MerkleVector vector) => Refusal.Of(() => Verify(vector));

    private static void Verify(MerkleVector vector)
    {
        var proof = MerkleProofs.Join(vector.Proof());
        switch (vector.Kind)
        {
            case "inclusion":
                MerkleProofs.VerifyInclusion(
                    vector.Number("leafIdx"),
                    vector.Number("treeSize"),
                    vector.Bytes("leafHash"),
                    proof,
                    vector.Bytes("root")
                );
                break;
            case "consistency":
                MerkleProofs.VerifyConsistency(
                    vector.Number("size1"),
                    vector.Number("size2"),
                    proof,
                    vector.Bytes("root1"),
                    vector.Bytes("root2")
                );
                break;
            case "subtreeinclusion":
                MerkleProofs.VerifySubtreeInclusion(
                    vector.Number("leafIdx"),
                    vector.Number("start"),
                    vector.Number("end"),
                    vector.Bytes("leafHash"),
                    proof,
                    vector.Bytes("root")
                );
                break;
            default:
                MerkleProofs.VerifySubtreeConsistency(
                    vector.Number("start"),
                    vector.Number("end"),
                    vector.Number("size"),
                    proof,
                    vector.Bytes("root1"),
                    vector.Bytes("root2")
                );
                break;
        }
    }
}
