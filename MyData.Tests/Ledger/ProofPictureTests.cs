using MyData.Core.Ledger;
using MyData.Tests.Rules;
using MyData.Web.Features.Ledger;

namespace MyData.Tests.Ledger;

public sealed class ProofPictureTests
{
    [Fact]
    public void Forks_OfEveryRecordOfEverySmallTree_AreTheHashesOfItsProof()
    {
        var wrong = new List<string>();
        for (var size = 1L; size <= 70; size++)
        for (var index = 0L; index < size; index++)
        {
            var plan = ProofPlan.Inclusion(index, 0, size);
            if (ProofPicture.Of(index, size).Forks.Count != plan.Hashes.Count())
                wrong.Add($"{index} of {size}");
        }
        Findings.None(wrong);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 11)]
    [InlineData(9_999_999, 10_000_000)]
    [InlineData(0, long.MaxValue)]
    public void Points_OfAnyTree_StandInsideThePicture(long index, long size)
    {
        var picture = ProofPicture.Of(index, size);
        Assert.All(
            picture.Forks,
            fork =>
            {
                Assert.InRange(fork.PathX, 0, ProofPicture.Width);
                Assert.InRange(fork.SiblingX, 0, ProofPicture.Width);
                Assert.InRange(fork.Y, 0, picture.Height);
            }
        );
    }
}
