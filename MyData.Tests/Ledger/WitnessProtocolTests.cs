using System.Text;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Witnessing;
using MyData.Web.Features.Witness;

namespace MyData.Tests.Ledger;

/// <summary>A witness over HTTP, answer by answer (c2sp.org/tlog-witness), and its copy as a stranger reads it.</summary>
public sealed class WitnessProtocolTests : IAsyncLifetime
{
    private readonly GrowingLog _log = new GrowingLog().Grow(700);
    private RunningWitness _witness = null!;

    public async ValueTask InitializeAsync() =>
        _witness = await RunningWitness.StartAsync("witness.example/w", LogHouse.Log.Verifier);

    public ValueTask DisposeAsync() => _witness.DisposeAsync();

    [Fact]
    public async Task Checkpoints_ThatFollowEachOther_AreCosignedAndServed()
    {
        long before = 0;
        foreach (var size in (long[])[0, 1, 5, 5, 256, 512, 700])
        {
            var add = await _log.AddAsync(before, size);
            var (status, _, body) = await _witness.AddAsync(add, _log.Bundle(before, size));
            Assert.Equal(200, status);
            AddCheckpoint.ParseCosignatures(body, add.Checkpoint, _witness.Key);
            before = size;
        }
        await CheckAsync(700);
        await _witness.Witness.StoreAsync(Stop);
        await CheckAsync(700);
        await _witness.StopAsync();
        await _witness.StartAsync();
        await CheckAsync(700);
        _log.Grow(3);
        Assert.Equal(200, (await _witness.AddAsync(await _log.AddAsync(700, 703), _log.Bundle(700, 703))).Status);
        await CheckAsync(703);
        using var tile = await _witness.Http.GetAsync(new Uri(_witness.Url, $"/{LogHouse.Origin}/tile/0/000"), Stop);
        Assert.Equal("*", Assert.Single(tile.Headers.GetValues("Access-Control-Allow-Origin")));
        using var none = await _witness.Http.GetAsync(new Uri(_witness.Url, $"/{LogHouse.Origin}/journal"), Stop);
        Assert.Equal(404, (int)none.StatusCode);
    }

    [Fact]
    public async Task Form_ThatIsWrong_Is400()
    {
        var right = await _log.AddAsync(0, 5);
        Assert.Equal("witness.old_size", await RefusedAsync(400, WitnessUrls.AddCheckpoint, "new 1\n"u8.ToArray()));
        Assert.Equal("witness.length", await RefusedAsync(400, WitnessUrls.AddEntries, [0, 0]));
        Assert.Equal("witness.length", await RefusedAsync(400, WitnessUrls.AddEntries, [255, 255, 255, 255, 1]));
        Assert.Equal("witness.length", await RefusedAsync(400, WitnessUrls.AddEntries, [0, 0, 1, 0, 1]));
        Assert.Equal("witness.entries", await RefusedAsync(400, right, _log.Bundle(0, 4)));
        Assert.Equal("witness.length", await RefusedAsync(400, await _log.AddAsync(0, 0), _log.Bundle(0, 4)));
        Assert.Equal("bundle.length", await RefusedAsync(400, right, [1]));
        Assert.Equal("witness.old_size", await RefusedAsync(400, await _log.AddAsync(6, 5), []));
        Assert.Equal("checkpoint.format", await RefusedAsync(400, Note(LogHouse.Log, "x\n"u8.ToArray()), []));
        await NothingTakenAsync();
    }

    [Fact]
    public async Task Log_ThatIsUnknown_Is404_AndTheSameKeysNextYearIsNot()
    {
        var other = new GrowingLog(LogHouse.OtherLog).Grow(5);
        Assert.Equal("witness.unknown_log", await RefusedAsync(404, await other.AddAsync(0, 5), other.Bundle(0, 5)));
        using var key = new Ed25519PrivateKey([.. Enumerable.Repeat((byte)1, 32)]);
        var nextYear = new NoteSigner("mydata.example/ledger/2027", SignatureType.Ed25519, key);
        var next = new GrowingLog(nextYear).Grow(5);
        Assert.Equal(200, (await _witness.AddAsync(await next.AddAsync(0, 5), next.Bundle(0, 5))).Status);
        Assert.Empty((await _witness.AuditAsync("mydata.example/ledger/2027")).Findings);
        await _witness.StopAsync();
        await _witness.StartAsync();
        Assert.Empty((await _witness.AuditAsync("mydata.example/ledger/2027")).Findings);
    }

    [Fact]
    public async Task Years_ThatAreNotYetOrUnsigned_LeaveNothing()
    {
        var folders = Directory.GetDirectories(Path.Combine(_witness.Folder, "logs"));
        var nextYear = new Checkpoint("mydata.example/ledger/2027", 0, Merkle.EmptyRoot).ToText();
        Assert.Equal("note.unsigned", await RefusedAsync(403, Note(LogHouse.OtherLog, nextYear), []));
        using var key = new Ed25519PrivateKey([.. Enumerable.Repeat((byte)1, 32)]);
        foreach (var year in (string[])["0000", "2025", "9999"])
        {
            var signer = new NoteSigner($"mydata.example/ledger/{year}", SignatureType.Ed25519, key);
            var add = await new GrowingLog(signer).AddAsync(0, 0);
            Assert.Equal("witness.unknown_log", await RefusedAsync(404, add, []));
        }
        Assert.Equal(folders, Directory.GetDirectories(Path.Combine(_witness.Folder, "logs")));
        Assert.Single(_witness.Witness.Logs);
    }

    [Fact]
    public async Task Signature_ThatIsNotTheLogs_Is403()
    {
        var text = (await _log.AtAsync(5)).ToText();
        Assert.Equal("note.unsigned", await RefusedAsync(403, Note(LogHouse.OtherLog, text), _log.Bundle(0, 5)));
        var good = LogHouse.Log.Sign(text);
        var flipped = good.Signature.ToArray();
        flipped[3] ^= 1;
        var bad = new AddCheckpoint(0, [], new SignedNote(text, [new(good.Name, good.KeyId, flipped)]));
        Assert.Equal("note.signature", await RefusedAsync(403, bad, _log.Bundle(0, 5)));
        await NothingTakenAsync();
    }

    [Fact]
    public async Task OldSize_ThatIsNotTheWitnesss_Is409WithTheSize()
    {
        await TakeAsync(0, 300);
        foreach (var old in (long[])[0, 299])
        {
            var (status, type, body) = await _witness.AddAsync(await _log.AddAsync(old, 310), _log.Bundle(old, 310));
            Assert.Equal((409, AddCheckpoint.SizeType, 300), (status, type, AddCheckpoint.ParseSize(body)));
        }
        var plain = (await _log.AddAsync(0, 310)).ToBytes();
        Assert.Equal(409, (await _witness.PostAsync(WitnessUrls.AddCheckpoint, plain)).Status);
        await CheckAsync(300);
    }

    [Theory]
    [InlineData(10, 409)]
    [InlineData(20, 422)]
    public async Task Tree_ThatIsAnother_IsNotCosignedAndKeptAsEvidence(int size, int expected)
    {
        await TakeAsync(0, 10);
        var forked = new GrowingLog(to: "nobody").Grow(size);
        var (status, _, _) = await _witness.AddAsync(await forked.AddAsync(10, size), forked.Bundle(10, size));
        Assert.Equal(expected, status);
        var evidence = Assert.Single(
            Directory.GetDirectories(_witness.Folder, "*", SearchOption.AllDirectories),
            folder => Path.GetFileName(Path.GetDirectoryName(folder)) == "evidence"
        );
        var held = SignedNote.Parse(await File.ReadAllBytesAsync(Path.Combine(evidence, "held"), Stop));
        var sent = AddCheckpoint.Parse(await File.ReadAllBytesAsync(Path.Combine(evidence, "sent"), Stop));
        Assert.All([held, sent.Checkpoint], note => Assert.NotEmpty(note.SignedBy(LogHouse.Log.Verifier)));
        Assert.NotEqual(held.Text, sent.Checkpoint.Text);
        await CheckAsync(10);
    }

    [Fact]
    public async Task Entries_ThatDoNotGiveTheRoot_Are422()
    {
        await TakeAsync(0, 10);
        var other = new GrowingLog(to: "nobody").Grow(20);
        Assert.Equal("witness.entries", await RefusedAsync(422, await _log.AddAsync(10, 20), other.Bundle(10, 20)));
        await CheckAsync(10);
    }

    [Fact]
    public async Task Tree_ThatIsAnother_IsRefusedBeforeAnEntryIsRead()
    {
        await TakeAsync(0, 10);
        var forked = new GrowingLog(to: "nobody").Grow(20);
        var wrong = (await forked.AddAsync(10, 20)).ToBytes();
        // Its site has nothing: that it would be "behind" is not even found out, nor that the entries are no bundle.
        Assert.Equal("witness.inconsistent", await RefusedAsync(422, WitnessUrls.AddCheckpoint, wrong));
        Assert.Equal("witness.inconsistent", await RefusedAsync(422, await forked.AddAsync(10, 20), [1]));
        await CheckAsync(10);
    }

    [Fact]
    public async Task Pull_OfALog_IsOneAtATime()
    {
        var site = new SlowSite();
        using var http = new HttpClient(site);
        await using var witness = await RunningWitness.StartAsync(
            "witness.example/2",
            LogHouse.Log.Verifier,
            "http://127.0.0.1:1/x/2026"
        );
        var add = await _log.AddAsync(0, 700);
        var first = witness.Witness.Ask(add).PullAsync(http, Stop);
        await site.Asked.WaitAsync(Stop);
        Assert.Equal(503, (await witness.Witness.Ask(add).PullAsync(http, Stop)).Status);
        Assert.Equal(1, site.Requests);
        site.Answer();
        Assert.Equal(503, (await first).Status);
        await witness.Witness.Ask(add).PullAsync(http, Stop);
        Assert.True(site.Requests > 1);
    }

    [Fact]
    public async Task CheckpointAlone_IsCosignedWhenTheSiteHasTheEntries()
    {
        var add = await _log.AddAsync(0, 700);
        Assert.Equal("witness.behind", await RefusedAsync(503, WitnessUrls.AddCheckpoint, add.ToBytes()));
        await TakeAsync(0, 700);
        var site = new Uri(_witness.Url, "/" + LogHouse.Origin).AbsoluteUri;
        await using var second = await RunningWitness.StartAsync("witness.example/2", LogHouse.Log.Verifier, site);
        foreach (var (from, to) in ((long, long)[])[(0, 300), (300, 300), (300, 700)])
        {
            var next = await _log.AddAsync(from, to);
            var (status, _, body) = await second.PostAsync(WitnessUrls.AddCheckpoint, next.ToBytes());
            Assert.True(status == 200, Encoding.UTF8.GetString(body));
            AddCheckpoint.ParseCosignatures(body, next.Checkpoint, second.Key);
        }
        Assert.Equal(700, (await second.AuditAsync(LogHouse.Origin)).Verified);
    }

    [Fact]
    public async Task Folder_OfARunningWitness_IsNobodyElses()
    {
        var settings = Settings(_witness.Folder);
        var refused = Assert.Throws<StartRefusedException>(() => Start(settings));
        Assert.Contains("another process", refused.Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(_witness.Folder, "keys", "witness.key"))
            );
        await _witness.StopAsync();
        using var second = Start(settings);
        Assert.Equal(_witness.Key.ToString(), second.Key.ToString());
    }

    [Fact]
    public void Start_WithoutSettings_NamesEach()
    {
        var refused = Assert.Throws<StartRefusedException>(() => Start(new WitnessSettings()));
        foreach (var setting in (string[])["Witness:Name", "Witness:Listen", "Witness:Folder", "Witness:Logs:0:Key"])
            Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
        var odd = Settings(_witness.Folder) with
        {
            Logs = [new() { Key = "x" }, new() { Key = _witness.Key.ToString() }],
        };
        refused = Assert.Throws<StartRefusedException>(() => Start(odd));
        Assert.Contains("Witness:Logs:0:Key", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Witness:Logs:1:Key", refused.Message, StringComparison.Ordinal);
    }

    private sealed class SlowSite : HttpMessageHandler
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public int Requests { get; private set; }

        public void Answer() => _answer.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            Requests++;
            _asked.TrySetResult();
            await _answer.Task.WaitAsync(ct);
            return new HttpResponseMessage(System.Net.HttpStatusCode.InternalServerError);
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static WitnessSettings Settings(string folder) =>
        new()
        {
            Name = "witness.example/w",
            Listen = "http://127.0.0.1:1",
            Folder = folder,
            Logs = [new() { Key = LogHouse.Log.Verifier.ToString() }],
        };

    private static Witness Start(WitnessSettings settings) =>
        new(settings, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<Witness>.Instance);

    private static AddCheckpoint Note(NoteSigner signer, byte[] text) =>
        new(0, [], new SignedNote(text, [signer.Sign(text)]));

    private async Task TakeAsync(long from, long to) =>
        Assert.Equal(200, (await _witness.AddAsync(await _log.AddAsync(from, to), _log.Bundle(from, to))).Status);

    private Task<string> RefusedAsync(int status, AddCheckpoint add, byte[] bundle) =>
        RefusedAsync(status, WitnessUrls.AddEntries, AddEntries.Write(add, bundle));

    private async Task<string> RefusedAsync(int status, string path, byte[] request)
    {
        var (answered, _, body) = await _witness.PostAsync(path, request);
        Assert.Equal(status, answered);
        return Encoding.ASCII.GetString(body).TrimEnd('\n');
    }

    private async Task NothingTakenAsync()
    {
        using var none = await _witness.Http.GetAsync(new Uri(_witness.Url, $"/{LogHouse.Origin}/checkpoint"), Stop);
        Assert.Equal(404, (int)none.StatusCode);
    }

    private async Task CheckAsync(long size)
    {
        var report = await _witness.AuditAsync(LogHouse.Origin, await _log.AtAsync(size));
        Assert.Empty(report.Findings);
        Assert.Equal((size, true), (report.Verified, report.Outcome!.HasQuorum));
    }
}
