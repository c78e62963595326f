using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.History;
using MyData.Web.Features.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>What a browser checks the log with, over HTTP: each answer verified as the browser does.</summary>
public abstract class ProofEndpointTests(ProofEndpointTests.Logged logged)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private OpenLog Log => logged.Log;

    private WitnessPolicy Policy => Log.Policy;

    [Fact]
    public async Task Receipt_OfALine_IsOneFileThatNeedsNothingElse()
    {
        using var her = logged.SignedIn(logged.Citizen);
        var line = (await logged.LinesAsync())[0];
        var answer = await her.GetAsync(HistoryUrls.LineReceipt(line.EventId));
        answer.ShouldBe(HttpStatusCode.OK);
        Assert.Contains(".tlog-proof", answer.Headers["Content-Disposition"], StringComparison.Ordinal);
        var proof = LogProof.Parse(answer.Bytes);
        proof.Verify(Policy, proof.Extra);
        Assert.Equal(line.Kind, LedgerRecord.Parse(proof.Extra).Operation);

        using var stranger = logged.Portal.Visitor();
        var same = await stranger.GetAsync(LedgerUrls.Receipt(Log.Year, proof.Index));
        Assert.Equal(proof.Extra, LogProof.Parse(same.Bytes).Extra);
    }

    [Fact]
    public async Task Receipt_OfSomebodyElsesLine_IsNotThere()
    {
        using var other = logged.SignedIn(Ids.New());
        var line = (await logged.LinesAsync())[0];
        (await other.GetAsync(HistoryUrls.LineReceipt(line.EventId))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Ledger_OfHers_HoldsHerKeyAndEveryLineAndNobodyElses()
    {
        using var her = logged.SignedIn(logged.Citizen);
        using var mine = JsonDocument.Parse((await her.GetAsync(HistoryUrls.Ledger)).Text);
        var key = mine.RootElement.GetProperty("key").GetBytesFromBase64();
        var places = mine
            .RootElement.GetProperty("lines")
            .EnumerateArray()
            .Select(l => l.GetProperty("index").GetInt64());
        var found = await TagsAsync(logged.Portal.Visitor(), Tags(key, LedgerRecords.TagsAtOnce));
        Assert.Equal(places, found.TakeWhile(place => place >= 0));
        Assert.Equal(logged.Lines, found.Count(place => place >= 0));

        using var other = logged.SignedIn(logged.Other);
        using var others = JsonDocument.Parse((await other.GetAsync(HistoryUrls.Ledger)).Text);
        Assert.NotEqual(key, others.RootElement.GetProperty("key").GetBytesFromBase64());
        Assert.Equal(1, others.RootElement.GetProperty("lines").GetArrayLength());
    }

    [Fact]
    public async Task Ledger_OfSomebodyNew_HasNoKeyYet()
    {
        using var stranger = logged.SignedIn(Ids.New());
        using var nothing = JsonDocument.Parse((await stranger.GetAsync(HistoryUrls.Ledger)).Text);
        Assert.Equal(JsonValueKind.Null, nothing.RootElement.GetProperty("key").ValueKind);
        Assert.Equal(0, nothing.RootElement.GetProperty("lines").GetArrayLength());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(LedgerRecords.TagsAtOnce - 1)]
    [InlineData(LedgerRecords.TagsAtOnce + 1)]
    public async Task Tags_NotExactlyAsManyAsAlways_AreRefused(int count)
    {
        using var stranger = logged.Portal.Visitor();
        using var answer = await PostTagsAsync(stranger, new byte[count * PersonTag.Size]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Tags_KnownOrNot_GiveAnswersOfOneLength()
    {
        using var stranger = logged.Portal.Visitor();
        using var none = await PostTagsAsync(stranger, new byte[LedgerRecords.TagsAtOnce * PersonTag.Size]);
        var answer = await none.Content.ReadAsByteArrayAsync(Stop);
        Assert.Equal(LedgerRecords.TagsAtOnce * sizeof(long), answer.Length);
        Assert.All(answer, octet => Assert.Equal(0xff, octet));
    }

    [Fact]
    public async Task Proofs_OfASizeOfBefore_LeadToItsRoot()
    {
        using var stranger = logged.Portal.Visitor();
        var size = Log.Proven!.Checkpoint.Size - 1;
        var root = await Log.Tree.RootAsync(0, size, Stop);
        using var request = new HttpRequestMessage(HttpMethod.Post, Of(LedgerUrls.Proofs))
        {
            Content = JsonContent.Create(new { size, indices = new[] { 0, size - 1 } }),
        };
        using var answer = await stranger.SendAsync(request);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
        var records = json.RootElement.GetProperty("records").EnumerateArray().ToList();
        Assert.Equal(2, records.Count);
        foreach (var record in records)
            MerkleProofs.VerifyInclusion(
                record.GetProperty("index").GetInt64(),
                size,
                Merkle.LeafHash(record.GetProperty("entry").GetBytesFromBase64()),
                record.GetProperty("path").GetBytesFromBase64(),
                root
            );
    }

    [Theory]
    [InlineData("{\"size\":1,\"indices\":[1]}")]
    [InlineData("{\"size\":1,\"indices\":[]}")]
    [InlineData("{\"size\":1,\"indices\":[-1]}")]
    [InlineData("{\"size\":9999999,\"indices\":[0]}")]
    [InlineData("{\"size\":1}")]
    [InlineData("[")]
    public async Task Proofs_OfWhatIsNotThere_AreRefused(string body)
    {
        using var stranger = logged.Portal.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Post, Of(LedgerUrls.Proofs))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var answer = await stranger.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Consistency_BetweenAnyTwoSizes_Verifies()
    {
        using var stranger = logged.Portal.Visitor();
        var newest = Log.Proven!.Checkpoint;
        for (var from = 1L; from <= newest.Size; from++)
        {
            var answer = await stranger.GetAsync($"{Of(LedgerUrls.Consistency)}?from={from}&to={newest.Size}");
            byte[] proof =
            [
                .. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(Convert.FromBase64String),
            ];
            var older = await Log.Tree.RootAsync(0, from, Stop);
            MerkleProofs.VerifyConsistency(from, newest.Size, proof, older, newest.Root.Span);
        }
        var beyond = await stranger.GetAsync($"{Of(LedgerUrls.Consistency)}?from=1&to={newest.Size + 1}");
        beyond.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Receipt_AfterTheAccountIsClosed_StillVerifies_AndTheKeyIsGone()
    {
        var citizen = Ids.New();
        await logged.RaiseAsync(
            new Event
            {
                Kind = EventKinds.SignInSucceeded,
                Actor = "citizen",
                CitizenId = citizen,
            }
        );
        using var her = logged.SignedIn(citizen);
        var line = (await logged.LinesAsync(citizen))[0];
        var saved = (await her.GetAsync(HistoryUrls.LineReceipt(line.EventId))).Bytes;
        await logged.RaiseAsync(
            new Event
            {
                Kind = EventKinds.AccountClosed,
                Actor = "citizen",
                CitizenId = citizen,
            }
        );
        var proof = LogProof.Parse(saved);
        proof.Verify(Policy, proof.Extra);
        Assert.Null(await logged.Portal.Services.GetRequiredService<PersonLedger>().KeyAsync(citizen, Stop));
    }

    [Fact]
    public async Task Lookup_AskedTooOften_IsAnsweredWithTheTimeToWait()
    {
        await using var portal = Portal.Start(
            new() { Settings = [("MyData:Ledger:NetworkBurst", "2"), ("MyData:Ledger:NetworkPerSecond", "1")] }
        );
        using var stranger = portal.Visitor();
        var seen = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++)
        {
            using var answer = await PostTagsAsync(stranger, new byte[LedgerRecords.TagsAtOnce * PersonTag.Size]);
            seen.Add(answer.StatusCode);
        }
        Assert.Contains(HttpStatusCode.TooManyRequests, seen);
    }

    private string Of(string route) => route.Replace("{year:int}", $"{Log.Year}", StringComparison.Ordinal);

    private byte[][] Tags(byte[] key, int count) =>
        [.. Enumerable.Range(0, count).Select(n => PersonTag.Compute(key, Log.Origin, Log.Year, n))];

    private async Task<long[]> TagsAsync(CitizenDriver browser, byte[][] tags)
    {
        using (browser)
        {
            using var answer = await PostTagsAsync(browser, [.. tags.SelectMany(tag => tag)]);
            var bytes = await answer.Content.ReadAsByteArrayAsync(Stop);
            return [.. bytes.Chunk(sizeof(long)).Select(place => BinaryPrimitives.ReadInt64BigEndian(place))];
        }
    }

    private Task<HttpResponseMessage> PostTagsAsync(CitizenDriver browser, byte[] tags) =>
        browser.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Of(LedgerUrls.Tags)) { Content = new ByteArrayContent(tags) }
        );

    /// <summary>A portal with five lines of one citizen and one of another.</summary>
    public class Logged : IAsyncLifetime
    {
        public const int Events = 5;

        public Logged()
            : this(TestDatabase.Default) { }

        protected Logged(Engine engine) =>
            Portal = Portal.Start(new PortalOptions { Engine = engine, Services = TrustedCookie.Add });

        public Portal Portal { get; }

        public Guid Citizen { get; } = Ids.New();

        public Guid Other { get; } = Ids.New();

        public int Lines => Events;

        public OpenLog Log => Portal.Services.GetRequiredService<OpenLogs>().Current!;

        public async ValueTask InitializeAsync()
        {
            for (var i = 0; i < Events; i++)
                await RaiseAsync(
                    new Event
                    {
                        Kind = EventKinds.SignInSucceeded,
                        Actor = "citizen",
                        CitizenId = Citizen,
                    }
                );
            await RaiseAsync(
                new Event
                {
                    Kind = EventKinds.SignInRefused,
                    Actor = "citizen",
                    CitizenId = Other,
                    Code = "signin.other-person",
                }
            );
        }

        public ValueTask DisposeAsync() => Portal.DisposeAsync();

        public CitizenDriver SignedIn(Guid citizen) => TrustedCookie.SignedIn(Portal, citizen);

        public Task RaiseAsync(Event happened) =>
            Portal.Services.GetRequiredService<IWriter>().WriteAsync(scope => scope.Raise(happened));

        public Task<IReadOnlyList<PersonLine>> LinesAsync(Guid? citizen = null) =>
            Portal.Services.GetRequiredService<PersonLedger>().LinesAsync(citizen ?? Citizen, Stop);
    }
}

public sealed class PostgresLogged() : ProofEndpointTests.Logged(Engine.Postgres);

public sealed class SqliteProofEndpointTests(ProofEndpointTests.Logged logged)
    : ProofEndpointTests(logged),
        IClassFixture<ProofEndpointTests.Logged>;

public sealed class PostgresProofEndpointTests(PostgresLogged logged)
    : ProofEndpointTests(logged),
        IClassFixture<PostgresLogged>;
