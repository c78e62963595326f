using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Features.Staff;

namespace MyData.Tests.LedgerApi;

/// <summary>What anybody reads: records, proofs, keys; and keys as entries of the log.</summary>
public abstract class ReadingTests(ApiHouse house)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private OpenLog Log => house.Portal.Services.GetRequiredService<OpenLogs>().Current!;

    [Fact]
    public async Task Record_IsReadByIdAndByPlace_WithBytesAndReceipt()
    {
        var added = await house.AddAsync(house.Caller.Envelope());
        var entry = Encoding.UTF8.GetBytes(added.Entry);
        var id = LedgerRecord.Parse(entry).Id;
        var byId = await house.GetAsync(ApiUrls.Of(id));
        var byPlace = await house.GetAsync($"/ledger/v1/logs/{Log.Year}/records/{added.Index}");
        Assert.All([byId, byPlace], one => Assert.Equal((added.Index, added.Entry), (one.Index, one.Entry)));
        byId.Proof.Verify(await house.PolicyAsync(), entry);
        var bytes = await house.GetAsync($"{ApiUrls.Of(id)}/entry");
        Assert.Equal(entry, await bytes.Message.Content.ReadAsByteArrayAsync(Stop));
        var proof = await house.GetAsync($"{ApiUrls.Of(id)}/proof");
        LogProof.Parse(await proof.Message.Content.ReadAsByteArrayAsync(Stop)).Verify(await house.PolicyAsync(), entry);
    }

    [Fact]
    public async Task Proofs_AreThoseOfTheTree()
    {
        for (var i = 0; i < 3; i++)
            await house.AddAsync(house.Caller.Envelope());
        var (from, to) = (2L, Log.Proven!.Checkpoint.Size);
        var (small, large) = (await Log.Tree.RootAsync(0, from, Stop), await Log.Tree.RootAsync(0, to, Stop));
        var same = await house.GetAsync($"/ledger/v1/logs/{Log.Year}/consistency?from={from}&to={to}");
        MerkleProofs.VerifyConsistency(from, to, Hashes(same), small, large);
        var answer = await house.GetAsync($"/ledger/v1/logs/{Log.Year}/records/1");
        var leaf = Merkle.LeafHash(Encoding.UTF8.GetBytes(answer.Entry));
        var path = await house.GetAsync($"/ledger/v1/logs/{Log.Year}/inclusion?index=1&size={to}");
        MerkleProofs.VerifyInclusion(1, to, leaf, Hashes(path), large);
    }

    public static TheoryData<string> Missing =>
        [
            "/ledger/v1/records/0193b3a1-7c1e-7abc-8def-0123456789ab",
            "/ledger/v1/records/0193b3a1-7c1e-7abc-8def-0123456789ab/entry",
            "/ledger/v1/records/0193b3a1-7c1e-7abc-8def-0123456789ab/proof",
            "/ledger/v1/logs/1999/records/0",
            "/ledger/v1/logs/YEAR/records/999999",
            "/ledger/v1/logs/YEAR/records/-1",
            "/ledger/v1/logs/1999/inclusion?index=0&size=1",
            "/ledger/v1/logs/YEAR/inclusion?index=1&size=1",
            "/ledger/v1/logs/YEAR/inclusion?index=-1&size=1",
            "/ledger/v1/logs/YEAR/inclusion?index=0&size=999999",
            "/ledger/v1/logs/YEAR/consistency?from=0&to=1",
            "/ledger/v1/logs/YEAR/consistency?from=2&to=1",
            "/ledger/v1/logs/YEAR/consistency?from=1&to=999999",
        ];

    [Theory, MemberData(nameof(Missing))]
    public async Task WhatIsNotThere_IsNotFound(string path)
    {
        var year = Log.Year.ToString(CultureInfo.InvariantCulture);
        var answer = await house.GetAsync(path.Replace("YEAR", year, StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.NotFound, "ledger.not_found"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("A")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA AA")]
    [InlineData("戶")]
    [InlineData("")]
    public async Task Tags_ThatAreNone_AreRefused(string tag)
    {
        var tags = new JsonArray([.. Enumerable.Range(0, 64).Select(_ => (JsonNode)tag)]);
        var answer = await house.PostAsync(
            $"/ledger/v1/logs/{Log.Year}/tags:lookup",
            new JsonObject { ["tags"] = tags }.ToJsonString()
        );
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "sent.tags"), (answer.Status, answer.Code));
    }

    /// <summary>Whoever reads as slowly as she likes has one place, and no other network waits for her.</summary>
    [Fact]
    public async Task Export_OneToANetwork_OthersAreNotKeptOut()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sets the segments of a socket, so that little is on its way.");
        await using var own = new ApiHouse();
        await own.InitializeAsync();
        await own
            .Portal.Services.GetRequiredService<IWriter>()
            .WriteAsync(
                scope =>
                {
                    for (var n = 0; n < 10_000; n++)
                        scope.Raise(new Event { Kind = EventKinds.TransferReady, Actor = "platform" });
                },
                Stop
            );
        await own.Portal.Services.GetRequiredService<IReleaseGate>().PassAsync(Stop);
        var path = ApiUrls.ExportOf(own.Portal.Services.GetRequiredService<OpenLogs>().Current!.Year);
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        slow.SetRawSocketOption(6, 2, BitConverter.GetBytes(536));
        await slow.ConnectAsync(IPAddress.Loopback, own.Portal.Origin.Port, Stop);
        await slow.SendAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {own.Portal.Origin.Authority}\r\n\r\n")
        );
        await slow.ReceiveAsync(new byte[16], Stop);
        var second = await own.GetAsync(path);
        Assert.Equal((HttpStatusCode.TooManyRequests, "export.too_many"), (second.Status, second.Code));
        using var elsewhere = own.Portal.Visitor(from: IPAddress.Parse("127.0.0.2"));
        (await elsewhere.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        slow.Dispose();
        await Eventually.HoldsAsync(
            own.Portal.Committed,
            "her place comes back",
            async () => (await own.GetAsync(path)).Status == HttpStatusCode.OK
        );
    }

    [Fact]
    public async Task Inclusion_WithoutParameters_Is400() =>
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await house.GetAsync($"/ledger/v1/logs/{Log.Year}/inclusion?index=x")).Status
        );

    [Fact]
    public async Task Verify_SaysWhatItProves_OrWhyNot()
    {
        var added = await house.AddAsync(house.Caller.Envelope());
        var (entry, proof) = (added.Entry, (string)added.Json!["proof"]!);
        var good = await VerifyAsync(entry, proof);
        Assert.Equal((HttpStatusCode.OK, added.Index), (good.Status, good.Index));
        var other = await VerifyAsync(entry.Replace("\"ok\"", "\"no\"", StringComparison.Ordinal), proof);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "merkle.root"), (other.Status, other.Code));
        Assert.Equal("proof.format", (await VerifyAsync(entry, "no proof")).Code);
        Assert.Equal("sent.json", (await house.PostAsync(ApiUrls.Verify, "{}")).Code);
        Assert.Equal("sent.media_type", (await house.PostAsync(ApiUrls.Verify, "{}", "text/plain")).Code);
        Assert.Equal("sent.too_large", (await house.PostAsync(ApiUrls.Verify, new string(' ', 40_000))).Code);
    }

    [Fact]
    public async Task Keys_AreRegisteredRotatedAndRevokedByTheCommand_EachAsAnEntry()
    {
        var (old, next) = (ApiCaller.NewEd25519("test-rotating"), ApiCaller.NewP256("test-rotating"));
        Assert.Equal(0, Order("add", old.Name, Convert.ToBase64String(old.Key.Der)).ExitCode);
        Assert.Equal(HttpStatusCode.Created, (await house.AddAsync(old.Envelope())).Status);
        Assert.Equal(0, Order("add", next.Name, Convert.ToBase64String(next.Key.Der)).ExitCode);
        Assert.Equal(0, Order("revoke", old.Name, old.Key.Kid).ExitCode);
        Assert.Equal(1, Order("revoke", old.Name, old.Key.Kid).ExitCode);
        Assert.Equal(1, Order("add", old.Name, Convert.ToBase64String(old.Key.Der)).ExitCode);
        Assert.Equal(2, Order("add", "mydata", Convert.ToBase64String(old.Key.Der)).ExitCode);
        Assert.Equal("sent.key_revoked", (await house.AddAsync(old.Envelope())).Code);
        Assert.Equal(HttpStatusCode.Created, (await house.AddAsync(next.Envelope())).Status);
        Assert.Contains(old.Key.Kid, Order("list").Text, StringComparison.Ordinal);

        var published = (await house.GetAsync(ApiUrls.Keys)).Json!["keys"]!.AsArray();
        var mine = published.Where(key => (string?)key!["client"] == "test-rotating").ToList();
        Assert.Equal(2, mine.Count);
        Assert.Single(mine, key => key!["revokedAt"] is not null);
        var records = await house.Portal.ReadAsync(db =>
            Task.FromResult(db.Set<LedgerEntryRow>().AsEnumerable().Select(e => LedgerRecord.Parse(e.Bytes)).ToList())
        );
        var about = records.Where(r => r.To.StartsWith("test-rotating/", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [
                (EventKinds.LedgerKeyAdded, $"test-rotating/{old.Key.Kid}"),
                (EventKinds.LedgerKeyAdded, $"test-rotating/{next.Key.Kid}"),
                (EventKinds.LedgerKeyRevoked, $"test-rotating/{old.Key.Kid}"),
            ],
            about.Select(r => (r.Operation, r.To))
        );
    }

    [Fact]
    public async Task Sandbox_HasTheCitysCallers_AndTheAgencies()
    {
        var keys = await house.Keys.ListAsync(Stop);
        Assert.Equal(
            ["city-data", "city-schools", "city-tax", "city-traffic", "city-welfare"],
            keys.Select(key => key.Client).Where(name => name.StartsWith("city-", StringComparison.Ordinal))
        );
        Assert.Contains("sandbox-ris", keys.Select(key => key.Client));
    }

    [Theory]
    [InlineData("client", "add", "Not A Name", "file")]
    [InlineData("client")]
    [InlineData("other")]
    public void Command_OfAnotherForm_IsNotUnderstood(params string[] words) =>
        Assert.Equal(2, LedgerCommand.Run([LedgerCommand.Name, .. words]));

    private OperatorAnswer Order(params string[] words) =>
        OperatorDoor.Ask(
            house.Portal.Services.GetRequiredService<DatabaseSettings>(),
            [LedgerCommand.Name, "client", .. words]
        );

    private Task<ApiAnswer> VerifyAsync(string entry, string proof) =>
        house.PostAsync(ApiUrls.Verify, new JsonObject { ["entry"] = entry, ["proof"] = proof }.ToJsonString());

    private static byte[] Hashes(ApiAnswer answer) =>
        [.. answer.Json!["hashes"]!.AsArray().SelectMany(hash => Convert.FromBase64String((string)hash!))];
}

public sealed class SqliteReadingTests(ApiHouse house) : ReadingTests(house), IClassFixture<ApiHouse>;

public sealed class PostgresReadingTests(PostgresApiHouse house) : ReadingTests(house), IClassFixture<PostgresApiHouse>;
