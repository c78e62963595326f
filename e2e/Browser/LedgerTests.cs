using System.Text.Json;
using MyData.Core.Ledger;
using MyData.E2E.Support;
using MyData.Tests.Ledger;
using MyData.Tests.Support;

namespace MyData.E2E.Browser;

/// <summary>The ledger's modules in Chromium: the same proofs, the same refusals by the same codes, and what C# signed (R23, R24).</summary>
public sealed class LedgerTests(BrowserModules modules) : IClassFixture<BrowserModules>
{
    private const string Checks = "/checks/ledger.js";

    [Theory]
    [InlineData("inclusion", 98)]
    [InlineData("consistency", 98)]
    [InlineData("subtreeinclusion", 204)]
    [InlineData("subtreeconsistency", 118)]
    public async Task MerkleVectors_EveryCase_IsDecidedAsListed(string kind, int cases)
    {
        var vectors = MerkleVector.Load(kind);
        await using var page = await modules.OpenAsync();

        var codes = await page.CallAsync<string[]>(Checks, "proofs", vectors.Select(Proof));

        Assert.Equal(cases, codes.Length);
        var wrong = vectors
            .Zip(codes)
            .Where(one => one.First.MustBeRefused != one.Second.StartsWith("merkle.", StringComparison.Ordinal));
        Assert.Empty(wrong.Select(one => $"{one.First.File}: {one.Second}"));
        Assert.Empty(vectors.Zip(codes).Where(one => !one.First.MustBeRefused && one.Second != "accepted"));
        page.AssertQuiet();
    }

    [Fact]
    public async Task Malformed_EveryInput_HasTheSameCodeAsInCSharp()
    {
        Assert.True(Malformed.All.Count > 150);
        await DecideAlikeAsync(Malformed.All);
    }

    [Fact]
    public async Task Mutations_OfEveryFormat_AreDecidedAsInCSharp() =>
        await DecideAlikeAsync([.. Malformed.Mutations(seed: 2, each: 600)]);

    private async Task DecideAlikeAsync(IReadOnlyList<Malformed> inputs)
    {
        await using var page = await modules.OpenAsync();

        var codes = await page.CallAsync<string[]>(
            Checks,
            "malformed",
            new { cases = inputs.Select(one => new { one.Reader, one.Bytes }), policy = Bytes(LogHouse.PolicyText) }
        );

        var other = inputs.Zip(codes).Where(one => (one.First.CodeHere() ?? "accepted") != one.Second);
        Assert.Empty(
            other.Select(one =>
                $"{one.First}: {one.Second}, in C# {one.First.CodeHere()}: {Convert.ToBase64String(one.First.Bytes)}"
            )
        );
        page.AssertQuiet();
    }

    [Fact]
    public async Task Receipt_MadeInCSharp_Verifies()
    {
        await using var page = await modules.OpenAsync();
        var entry = SampleRecords.Full.ToBytes();
        var argument = new
        {
            File = await ReceiptAsync(entry),
            Policy = Bytes(LogHouse.PolicyText),
            entry,
        };
        await page.CallAsync<JsonElement>(Checks, "receipt", argument);

        var answer = await page.CallAsync<JsonElement>(Checks, "receipt", argument);

        Assert.Equal("100000", answer.GetProperty("size").GetString());
        Assert.Equal(LogHouse.Log.Verifier.ToString(), answer.GetProperty("log").GetString());
        var time = LogHouse.Now.ToUnixTimeSeconds();
        Assert.Equal(
            [$"node1 {time}", $"node2 {time}", $"node3 {time}"],
            answer.GetProperty("cosigners").EnumerateArray().Select(cosigner => cosigner.GetString())
        );
        Assert.Equal("citizen", answer.GetProperty("to").GetString());
        TestContext.Current.SendDiagnosticMessage($"one receipt: {answer.GetProperty("milliseconds")} ms");
        // The aim is 20 ms on a machine of its own; here others run beside it.
        Assert.InRange(answer.GetProperty("milliseconds").GetDouble(), 0, 500);
        page.AssertQuiet();
    }

    [Fact]
    public async Task Receipt_AnyByteChanged_IsNeverAccepted()
    {
        await using var page = await modules.OpenAsync();
        var entry = SampleRecords.Full.ToBytes();
        var good = await ReceiptAsync(entry);
        var files = Enumerable.Range(0, good.Length).Select(at => Changed(good, at)).ToList();

        var argument = new
        {
            files,
            Policy = Bytes(LogHouse.PolicyText),
            entry,
        };
        var codes = await page.CallAsync<string[]>(Checks, "receipts", argument);

        var here = files.Select(file => Refusal.Of(() => LogProof.Parse(file).Verify(LogHouse.Policy, entry)));
        Assert.Equal(here, codes);
        Assert.DoesNotContain("accepted", codes);
    }

    [Fact]
    public async Task Tags_OfOneKey_AreThoseOfCSharp()
    {
        await using var page = await modules.OpenAsync();
        var key = SampleRecords.Bytes(32, 9);
        long[] counters = [0, 1, 255, 256, 4_294_967_296, 9_007_199_254_740_991];

        var tags = await page.CallAsync<string[]>(
            Checks,
            "tags",
            new
            {
                key,
                Log = LogHouse.Origin,
                Year = 2026,
                counters,
            }
        );

        var here = counters.Select(counter =>
            Convert.ToHexStringLower(PersonTag.Compute(key, LogHouse.Origin, 2026, counter))
        );
        Assert.Equal(here, tags);
    }

    [Fact]
    public async Task Records_NaughtyStrings_ReadAsTheyWereWritten()
    {
        var texts = Vectors
            .Json("blns/blns.json")
            .EnumerateArray()
            .Select(text => text.GetString()!)
            .Where(text => text.Length > 0 && System.Text.Encoding.UTF8.GetByteCount(text) <= 256)
            .ToArray();
        await using var page = await modules.OpenAsync();

        var read = await page.CallAsync<string[]>(
            Checks,
            "texts",
            texts.Select(text => SampleRecords.Small(to: text).ToBytes())
        );

        Assert.Equal(texts, read);
    }

    [Fact]
    public async Task Ed25519_WycheproofCases_AreDecidedAsListed()
    {
        var groups = Vectors.Json("wycheproof/ed25519_test.json").GetProperty("testGroups").EnumerateArray();
        var cases = groups
            .SelectMany(group =>
                group.GetProperty("tests").EnumerateArray().Select(test => (Key: Pk(group), Test: test))
            )
            .ToList();
        await using var page = await modules.OpenAsync();

        var valid = await page.CallAsync<bool[]>(
            Checks,
            "ed25519",
            cases.Select(one => new
            {
                Pk = one.Key,
                Msg = Text(one.Test, "msg"),
                Sig = Text(one.Test, "sig"),
            })
        );

        Assert.Equal(cases.Select(one => Text(one.Test, "result") == "valid"), valid);
        Assert.Equal(
            "ed25519.unsupported",
            await page.CallAsync<string>(Checks, "without", new { Pk = new string('0', 64) })
        );
    }

    private static object Proof(MerkleVector vector)
    {
        var members = vector.Json.EnumerateObject().ToList();
        return new
        {
            vector.Kind,
            Numbers = members
                .Where(m => m.Value.ValueKind == JsonValueKind.Number)
                .ToDictionary(m => m.Name, m => m.Value.GetRawText()),
            Hashes = members
                .Where(m => m.Value.ValueKind == JsonValueKind.String && m.Name != "desc")
                .ToDictionary(m => m.Name, m => m.Value.GetString()),
            Proof = vector.Proof(),
        };
    }

    /// <summary>For an entry at 77,777 of 100,000, witnessed by three of four.</summary>
    private static async Task<byte[]> ReceiptAsync(byte[] entry)
    {
        const int size = 100_000;
        var leaves = new byte[size * Merkle.HashSize];
        Merkle.LeafHash(entry, leaves.AsSpan(77_777 * Merkle.HashSize, Merkle.HashSize));
        var tree = await TileTree.LoadAsync(new NoFiles(), size, (_, _) => new(leaves), default);
        var path = await tree.InclusionAsync(77_777, size, default);
        return new LogProof(77_777, path, LogHouse.Signed(size, tree.Edge.Root.Span)).ToBytes();
    }

    private static byte[] Changed(byte[] good, int at)
    {
        var bad = good.ToArray();
        bad[at] ^= 1;
        return bad;
    }

    private static string Pk(JsonElement group) => group.GetProperty("publicKey").GetProperty("pk").GetString()!;

    private static string Text(JsonElement test, string name) => test.GetProperty(name).GetString()!;

    private static byte[] Bytes(string text) => LogHouse.Bytes(text);

    private sealed class NoFiles : ILogReader
    {
        public ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct) => new((byte[]?)null);
    }
}
