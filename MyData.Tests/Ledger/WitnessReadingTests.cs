using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.LedgerApi;
using MyData.Web.Features.LedgerApi;

namespace MyData.Tests.Ledger;

/// <summary>What anybody asks of a witness: where tags stand, records, proofs; each answer verified against its own checkpoint.</summary>
public sealed class WitnessReadingTests : IAsyncLifetime
{
    private const int Records = 700;
    private static readonly string Year = LogHouse.Origin[^4..];

    private readonly TaggedLog _tagged = new TaggedLog().Grow(Records);
    private RunningWitness _witness = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _witness = await RunningWitness.StartAsync("witness.example/w", LogHouse.Log.Verifier);
        await _tagged.BringAsync(_witness, 0);
    }

    public ValueTask DisposeAsync() => _witness.DisposeAsync();

    [Fact]
    public async Task Tags_OfItsCopy_HaveTheirPlaces_AndOthersHaveNone()
    {
        foreach (var some in _tagged.Tags.Chunk(LedgerRecords.TagsAtOnce - 4))
        {
            byte[][] others =
            [
                .. Enumerable.Range(0, 64 - some.Length).Select(_ => RandomNumberGenerator.GetBytes(16)),
            ];
            var places = await PlacesAsync([.. some.Select(one => one.Tag), .. others]);
            Assert.Equal([.. some.Select(one => one.Place), .. others.Select(_ => -1L)], places);
        }
    }

    [Fact]
    public async Task Tags_OfARecordThatJustCame_AreThere_AlsoAfterARestart()
    {
        var newest = _tagged.Grow(3).Tags.Last();
        await _tagged.BringAsync(_witness, Records);
        Assert.Equal(newest.Place, (await PlacesAsync(Filled(newest.Tag)))[0]);
        await _witness.StopAsync();
        RemoveIndex();
        await _witness.StartAsync();
        Assert.Equal(newest.Place, (await PlacesAsync(Filled(newest.Tag)))[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public async Task Tags_NotExactlyAsManyAsAlways_AreRefused(int count)
    {
        var (status, _) = await PostAsync("tags", new ByteArrayContent(new byte[count * PersonTag.Size]));
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Tags_OfALogThatItDoesNotKnow_AreNotFound()
    {
        using var content = new ByteArrayContent(new byte[64 * PersonTag.Size]);
        using var answer = await _witness.Http.PostAsync(
            new Uri(_witness.Url, "/other.example/log/tags"),
            content,
            Stop
        );
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    /// <summary>A bent bundle is found when the index is made of it, and then nothing is said instead of something wrong.</summary>
    [Fact]
    public async Task Tags_OfACopyWithABentFile_AreNotAnswered()
    {
        await _witness.Witness.StoreAsync(Stop);
        await _witness.StopAsync();
        var files = Directory.GetFiles(_witness.Folder, "001", SearchOption.AllDirectories);
        var bent = files.Single(file => file.Contains("entries", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(bent, Stop);
        bytes[5_000] ^= 1;
        await File.WriteAllBytesAsync(bent, bytes, Stop);
        _witness.EndsBent = true;
        RemoveIndex();
        await _witness.StartAsync();
        var (status, body) = await PostAsync("tags", new ByteArrayContent(new byte[64 * PersonTag.Size]));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("witness.", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proofs_AndConsistency_LeadToItsCheckpoint()
    {
        var checkpoint = await CheckpointAsync();
        var asked = new { size = checkpoint.Size, indices = new[] { 0L, 255, 256, checkpoint.Size - 1 } };
        var (_, body) = await PostAsync("proofs", JsonContent.Create(asked));
        using var json = JsonDocument.Parse(body);
        var records = json.RootElement.GetProperty("records").EnumerateArray().ToList();
        Assert.Equal(4, records.Count);
        foreach (var record in records)
        {
            var (at, entry) = (
                record.GetProperty("index").GetInt64(),
                record.GetProperty("entry").GetBytesFromBase64()
            );
            Assert.Equal(_tagged.Records[(int)at].ToBytes(), entry);
            MerkleProofs.VerifyInclusion(
                at,
                checkpoint.Size,
                Merkle.LeafHash(entry),
                record.GetProperty("path").GetBytesFromBase64(),
                checkpoint.Root.Span
            );
        }
        var text = await _witness.Http.GetStringAsync(Below($"consistency?from=300&to={checkpoint.Size}"), Stop);
        byte[] proof =
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(Convert.FromBase64String),
        ];
        var older = (await _tagged.Log.AtAsync(300)).Root.ToArray();
        MerkleProofs.VerifyConsistency(300, checkpoint.Size, proof, older, checkpoint.Root.Span);
    }

    [Theory]
    [InlineData("{\"size\":1,\"indices\":[1]}")]
    [InlineData("{\"size\":99999,\"indices\":[0]}")]
    [InlineData("{\"size\":1}")]
    [InlineData("[")]
    public async Task Proofs_OfWhatIsNotThere_AreRefused(string body)
    {
        var (status, _) = await PostAsync("proofs", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Answers_AreForEveryPage_AndRefusalsToo()
    {
        using var ask = new HttpRequestMessage(HttpMethod.Options, Below("proofs"));
        ask.Headers.Add("Origin", "https://mydata.example");
        ask.Headers.Add("Access-Control-Request-Method", "POST");
        using var before = await _witness.Http.SendAsync(ask, Stop);
        Assert.Contains("Content-Type", before.Headers.GetValues("Access-Control-Allow-Headers"));
        using var missing = await _witness.Http.GetAsync(Below("nothing"), Stop);
        foreach (var answer in (HttpResponseMessage[])[before, missing])
        {
            Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
    }

    [Fact]
    public async Task Asked_TooOften_IsAnsweredWithTheTimeToWait_AndLogsAreNot()
    {
        await using var witness = await RunningWitness.StartAsync(
            "witness.example/slow",
            LogHouse.Log.Verifier,
            "",
            "Witness:Limits:NetworkBurst=3",
            "Witness:Limits:NetworkPerSecond=1"
        );
        var seen = new List<HttpResponseMessage>();
        for (var i = 0; i < 8; i++)
            seen.Add(await witness.Http.GetAsync(new Uri(witness.Url, "/"), Stop));
        var refused = seen.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal("*", refused.Headers.GetValues("Access-Control-Allow-Origin").Single());
        await _tagged.BringAsync(witness, 0);
    }

    [Fact]
    public async Task Record_ForPrograms_IsReadByIdAndByPlace_WithAReceiptByThisWitness()
    {
        var record = _tagged.Records[400];
        var byId = await GetAsync(ApiUrls.Of(record.Id));
        var byPlace = await GetAsync($"/ledger/v1/logs/{Year}/records/400");
        Assert.All(
            [byId, byPlace],
            one => Assert.Equal((400, Encoding.UTF8.GetString(record.ToBytes())), (one.Index, one.Entry))
        );
        var policy = await _witness.Http.GetByteArrayAsync(new Uri(_witness.Url, ApiUrls.Policy), Stop);
        byId.Proof.Verify(WitnessPolicy.Parse(policy), record.ToBytes());
        Assert.Contains(_witness.Key.ToString(), Encoding.UTF8.GetString(policy), StringComparison.Ordinal);
        var entry = await _witness.Http.GetByteArrayAsync(
            new Uri(_witness.Url, $"{ApiUrls.Of(record.Id)}/entry"),
            Stop
        );
        Assert.Equal(record.ToBytes(), entry);
        var proof = await _witness.Http.GetByteArrayAsync(
            new Uri(_witness.Url, $"{ApiUrls.Of(record.Id)}/proof"),
            Stop
        );
        LogProof.Parse(proof).Verify(WitnessPolicy.Parse(policy), record.ToBytes());
    }

    [Fact]
    public async Task Proofs_ForPrograms_AreThoseOfTheTree()
    {
        var checkpoint = await CheckpointAsync();
        var path = await GetAsync($"/ledger/v1/logs/{Year}/inclusion?index=5&size={checkpoint.Size}");
        var leaf = Merkle.LeafHash(_tagged.Records[5].ToBytes());
        MerkleProofs.VerifyInclusion(5, checkpoint.Size, leaf, Hashes(path), checkpoint.Root.Span);
        var same = await GetAsync($"/ledger/v1/logs/{Year}/consistency?from=9&to={checkpoint.Size}");
        var older = (await _tagged.Log.AtAsync(9)).Root.ToArray();
        MerkleProofs.VerifyConsistency(9, checkpoint.Size, Hashes(same), older, checkpoint.Root.Span);
    }

    [Fact]
    public async Task Tags_ForPrograms_HaveTheSamePlaces()
    {
        var (tag, place) = _tagged.Tags.ElementAt(123);
        var tags = Filled(tag).Select(one => Base64Url.EncodeToString(one)).ToArray();
        var address = $"/ledger/v1/logs/{Year}/tags:lookup";
        var found = await SendAsync(HttpMethod.Post, address, JsonContent.Create(new { tags }));
        Assert.Equal(Records, (long)found.Json!["size"]!);
        Assert.Equal([place, .. Enumerable.Repeat(-1L, 63)], found.Json!["places"]!.AsArray().Select(at => (long)at!));
        var few = await SendAsync(HttpMethod.Post, address, JsonContent.Create(new { tags = tags[..63] }));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "sent.tags"), (few.Status, few.Code));
    }

    public static TheoryData<string> Missing =>
        [
            "/ledger/v1/records/0193b3a1-7c1e-7abc-8def-ffffffffffff",
            "/ledger/v1/logs/1999/records/0",
            "/ledger/v1/logs/2026/records/999999",
            "/ledger/v1/logs/2026/inclusion?index=0&size=999999",
            "/ledger/v1/logs/2026/consistency?from=0&to=1",
        ];

    [Theory, MemberData(nameof(Missing))]
    public async Task WhatIsNotThere_ForPrograms_IsNotFound(string path)
    {
        var answer = await GetAsync(path);
        Assert.Equal((HttpStatusCode.NotFound, "ledger.not_found"), (answer.Status, answer.Code));
    }

    private void RemoveIndex()
    {
        foreach (var folder in Directory.GetDirectories(_witness.Folder, "lookup", SearchOption.AllDirectories))
            Directory.Delete(folder, recursive: true);
    }

    private static byte[][] Filled(byte[] tag) =>
        [tag, .. Enumerable.Range(1, 63).Select(_ => RandomNumberGenerator.GetBytes(PersonTag.Size))];

    private async Task<Checkpoint> CheckpointAsync()
    {
        var note = SignedNote.Parse(await _witness.Http.GetByteArrayAsync(Below("checkpoint"), Stop));
        Assert.NotEmpty(note.SignedBy(_witness.Key));
        return Checkpoint.Parse(note.Text.Span);
    }

    private async Task<long[]> PlacesAsync(byte[][] tags)
    {
        // Right after a start the index is being made.
        for (; ; )
        {
            var (status, body) = await PostAsync("tags", new ByteArrayContent([.. tags.SelectMany(tag => tag)]));
            if (status == HttpStatusCode.ServiceUnavailable)
                continue;
            Assert.Equal(HttpStatusCode.OK, status);
            return [.. body.Chunk(sizeof(long)).Select(place => BinaryPrimitives.ReadInt64BigEndian(place))];
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> PostAsync(string asked, HttpContent content)
    {
        using (content)
        using (var answer = await _witness.Http.PostAsync(Below(asked), content, Stop))
            return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(Stop));
    }

    private Uri Below(string asked) => new(_witness.Url, $"/{LogHouse.Origin}/{asked}");

    private async Task<ApiAnswer> GetAsync(string path)
    {
        for (; ; )
        {
            var answer = await SendAsync(HttpMethod.Get, path, null);
            if (answer.Code != "witness.indexing")
                return answer;
        }
    }

    private Task<ApiAnswer> SendAsync(HttpMethod method, string path, HttpContent? content) =>
        ApiHouse.SendAsync(
            _witness.Http,
            new HttpRequestMessage(method, new Uri(_witness.Url, path)) { Content = content }
        );

    private static byte[] Hashes(ApiAnswer answer) =>
        [.. answer.Json!["hashes"]!.AsArray().SelectMany(hash => Convert.FromBase64String((string)hash!))];
}
