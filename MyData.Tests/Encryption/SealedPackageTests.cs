using System.Text;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

public sealed class SealedPackageTests
{
    private static readonly Jwk Citizen = Jwk.GenerateEc("citizen-1");
    private static readonly Jwk Service = Jwk.GenerateRsa(2048, "service-1");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(49_152)]
    [InlineData(49_153)]
    [InlineData(2_000_000)]
    public async Task Seal_TwoRecipients_EachOpensAndRelaySeesTheSameDigest(int bytes)
    {
        var zip = Samples.Bytes(bytes);
        using var output = new MemoryStream();
        var digest = await SealedPackage.SealAsync(
            zip,
            Samples.Request(Citizen, Service),
            output,
            TestContext.Current.CancellationToken
        );

        var byCitizen = SealedPackage.Open(output.ToArray(), Citizen);
        var byService = SealedPackage.Open(output.ToArray(), Service);
        Assert.Equal(zip, byCitizen.Zip);
        Assert.Equal(zip, byService.Zip);
        Assert.Equal(digest, byCitizen.Digest);
        Assert.Equal("tx-1", byCitizen.Head.Transfer);
        Assert.Equal(["ECDH-ES+A256KW", "RSA-OAEP-256"], byCitizen.Head.Recipients.Select(r => r.Alg));

        output.Position = 0;
        var passed = new StringBuilder();
        var arrival = await SealedPackageReader.ReadAsync(
            output,
            output.Length,
            (_, _) => default,
            (chunk, _) =>
            {
                passed.Append(Encoding.ASCII.GetString(chunk.Span));
                return default;
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(digest, arrival.Digest);
        Assert.Equal(passed.Length, arrival.CipherTextLength);
        Assert.Equal(
            Encoding.ASCII.GetString(output.ToArray()),
            Encoding.ASCII.GetString(arrival.Head.Raw.Span) + passed + "\"}"
        );
    }
}
