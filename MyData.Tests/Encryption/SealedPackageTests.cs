using System.Text;
using System.Text.Json.Nodes;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

public sealed class SealedPackageTests
{
    private static readonly Jwk Citizen = Jwk.GenerateEc("citizen-1");
    private static readonly Jwk Service = Jwk.GenerateRsa(2048, "service-1");
    private static readonly Jwk Ticket = Jwk.FromSecret(new byte[32], "ticket-1");
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(49_152)]
    [InlineData(49_153)]
    [InlineData(393_216)]
    [InlineData(2_000_000)]
    public async Task Seal_ThreeRecipients_EachOpensAndRelayPassesTheSameBytesOn(int bytes)
    {
        var zip = Samples.Bytes(bytes);
        using var output = new MemoryStream();
        var digest = await SealedPackage.SealAsync(
            zip,
            Samples.Request(Citizen.PublicOnly(), Service.PublicOnly(), Ticket),
            output,
            Ct
        );
        var package = output.ToArray();

        foreach (var key in new[] { Citizen, Service, Ticket })
        {
            var opened = SealedPackage.Open(package, key);
            Assert.Equal(zip, opened.Zip);
            Assert.Equal(digest, opened.Digest);
            Assert.Equal(
                ("tx-1", "API.7QovE2Gev6", "pairwise-sub"),
                (opened.Head.Transfer, opened.Head.DataSet, opened.Head.Sub)
            );
            Assert.Equal(Samples.Now, opened.Head.IssuedAt);
            Assert.Equal(["ECDH-ES+A256KW", "RSA-OAEP-256", "A256KW"], opened.Head.Recipients.Select(r => r.Alg));
            Assert.Equal(["citizen-1", "service-1", "ticket-1"], opened.Head.Recipients.Select(r => r.Kid));
        }

        var (arrival, chunks) = await Relay(package, package.Length);
        Assert.Equal(digest, arrival.Digest);
        Assert.Equal(chunks.Sum(c => c.Length), arrival.CipherTextLength);
        Assert.All(chunks.SkipLast(1), c => Assert.Equal(SealedPackageReader.ChunkBytes, c.Length));
        byte[] passed = [.. arrival.Head.Raw.Span, .. chunks.SelectMany(c => c), .. "\"}"u8];
        Assert.Equal(package, passed);
    }

    [Fact]
    public void Seal_SamePackageTwice_SharesNothing()
    {
        var first = JsonNode.Parse(SealedPackage.Seal(new byte[10], Samples.Request(Citizen), out _))!;
        var second = JsonNode.Parse(SealedPackage.Seal(new byte[10], Samples.Request(Citizen), out _))!;

        foreach (var member in new[] { "protected", "iv", "tag", "ciphertext" })
            Assert.NotEqual(first[member]!.GetValue<string>(), second[member]!.GetValue<string>());
        Assert.NotEqual(Epk(first), Epk(second));
        static string Epk(JsonNode package) => package["recipients"]![0]!["header"]!["epk"]!.ToJsonString();
    }

    /// <summary>R21 in small: nothing of the plain text, in any alignment of base64, and no content key is in what the platform holds.</summary>
    [Fact]
    public void Seal_Marker_IsNotInThePackage()
    {
        var package = Encoding.ASCII.GetString(
            SealedPackage.Seal(
                Encoding.UTF8.GetBytes("..MARKER-7Q..MARKER-7Q.MARKER-7Q"),
                Samples.Request(Citizen),
                out _
            )
        );

        Assert.DoesNotContain("MARKER", package, StringComparison.Ordinal);
        Assert.DoesNotContain("TUFSS0VS", package, StringComparison.Ordinal);
        Assert.DoesNotContain("1BUktFU", package, StringComparison.Ordinal);
        Assert.DoesNotContain("NQVJLRV", package, StringComparison.Ordinal);
    }

    [Fact]
    public void Seal_UnfitRequest_Refused()
    {
        var request = Samples.Request(Citizen);

        Assert.Equal("seal.header", RefusalOf(request with { Transfer = "a b" }));
        Assert.Equal("seal.header", RefusalOf(request with { Sub = "" }));
        Assert.Equal("seal.header", RefusalOf(request with { DataSet = new string('a', 129) }));
        Assert.Equal("seal.header", RefusalOf(request with { Recipients = [new("citizen", "\"", Citizen)] }));
        Assert.Equal("seal.shape", RefusalOf(request with { Recipients = [] }));
        Assert.Equal("seal.shape", RefusalOf(Samples.Request(Citizen, Citizen)));
        Assert.Equal("jose.alg_refused", RefusalOf(Samples.Request(Jwk.GenerateEc("e", "sig"))));
        Assert.Equal("jose.alg_refused", RefusalOf(Samples.Request(Jwk.FromSecret(new byte[32], "g", "A256GCMKW"))));
    }

    [Fact]
    public void Open_KeyWithoutKid_FindsItsEntryByAlgorithm()
    {
        var package = SealedPackage.Seal(new byte[10], Samples.Request(Service, Citizen), out _);
        using var key = Citizen.ToECDiffieHellman();
        var nameless = Jwk.Parse(
            Jwk.From(key, includePrivate: true).ToJson().Replace("\"kid\"", "\"x-kid\"", StringComparison.Ordinal)
        );

        Assert.Equal(new byte[10], SealedPackage.Open(package, nameless).Zip);
    }

    [Fact]
    public void Open_KeyOfNobody_Refused()
    {
        var package = SealedPackage.Seal(new byte[10], Samples.Request(Citizen), out _);

        Assert.Equal("jose.recipient_missing", RefusalOf(package, Jwk.GenerateEc("other")));
        Assert.Equal("jose.decrypt", RefusalOf(package, Jwk.GenerateEc("citizen-1")));
        Assert.Equal("jose.key_refused", RefusalOf(package, Citizen.PublicOnly()));
    }

    [Fact]
    public async Task Read_LargerThanTheLimit_RefusedBeforeItIsAllRead()
    {
        var package = SealedPackage.Seal(Samples.Bytes(2_000_000), Samples.Request(Citizen), out _);
        var input = new MemoryStream(package);

        var refusal = await Assert.ThrowsAsync<EncryptionException>(() => Relay(input, 1_000_000));

        Assert.Equal("seal.too_large", refusal.Code);
        Assert.InRange(input.Position, 1_000_000, 1_300_000);
    }

    [Fact]
    public async Task Read_HeadRefusedByTheCaller_PassesNothingOn()
    {
        var package = SealedPackage.Seal(Samples.Bytes(1000), Samples.Request(Citizen), out _);

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            SealedPackageReader.ReadAsync(
                new MemoryStream(package),
                long.MaxValue,
                (_, _) => throw new InvalidOperationException(),
                (_, _) => throw new NotSupportedException(),
                Ct
            )
        );
    }

    /// <summary>A slow provider sends a few bytes at a time.</summary>
    [Fact]
    public async Task Read_InSmallPieces_SameDigest()
    {
        var package = SealedPackage.Seal(Samples.Bytes(3000), Samples.Request(Citizen), out var digest);

        var (arrival, _) = await Relay(new DripStream(package, 7), package.Length);

        Assert.Equal(digest, arrival.Digest);
    }

    [Fact]
    public async Task Read_EndlessHead_Refused()
    {
        var endless = Encoding.ASCII.GetBytes("{\"protected\":\"" + new string('A', 100_000));

        Assert.Equal(
            "seal.too_large",
            (await Assert.ThrowsAsync<EncryptionException>(() => Relay(endless, long.MaxValue))).Code
        );
    }

    internal static async Task<(SealedArrival Arrival, List<byte[]> Chunks)> Relay(Stream input, long maxBytes)
    {
        var chunks = new List<byte[]>();
        var arrival = await SealedPackageReader.ReadAsync(
            input,
            maxBytes,
            (_, _) => default,
            (chunk, _) =>
            {
                chunks.Add(chunk.ToArray());
                return default;
            },
            Ct
        );
        return (arrival, chunks);
    }

    private static Task<(SealedArrival Arrival, List<byte[]> Chunks)> Relay(byte[] package, long maxBytes) =>
        Relay(new MemoryStream(package), maxBytes);

    private static string? RefusalOf(SealRequest request) =>
        Wycheproof.Refusal(() => SealedPackage.Seal(new byte[10], request, out _))?.Code;

    private static string? RefusalOf(byte[] package, Jwk key) =>
        Wycheproof.Refusal(() => SealedPackage.Open(package, key))?.Code;

    private sealed class DripStream(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
