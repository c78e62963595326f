using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Web.Sandbox;
using MyData.Web.Sandbox.Misbehaving;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

/// <summary>Every switch does what it says. What the platform makes of it is tested where the platform is.</summary>
public sealed class MisbehaviourTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private const string Native = "API.sandboxOddN";
    private const string National = "API.sandboxOddP";

    public static TheoryData<string, int, string?> Statuses =>
        new()
        {
            { "no-data", 204, null },
            { "unauthorized", 401, null },
            { "forbidden", 403, null },
            { "wrong-parameter", 422, null },
            { "error", 500, null },
            { "maintenance", 503, "30" },
            { "preparing-forever", 202, "1" },
            { "too-many-forever", 429, "1" },
            { "redirect", 307, null },
        };

    [Theory, MemberData(nameof(Statuses))]
    public async Task Status_Switch_AnswersIt(string behaviour, int status, string? retryAfter)
    {
        using var response = await AskAsync(Native, behaviour);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(
            retryAfter,
            response.Headers.NonValidated.TryGetValues("Retry-After", out var values) ? values.ToString() : null
        );
        Assert.Equal(status == 307, response.Headers.Location is not null);
    }

    [Theory]
    [InlineData("retry-missing", null)]
    [InlineData("retry-negative", "-1")]
    [InlineData("retry-huge", "1000000000")]
    [InlineData("retry-date", "GMT")]
    public async Task RetryAfter_Switch_IsStrangeOnceAndThenReady(string behaviour, string? value)
    {
        foreach (var (dataSet, preparing) in new[] { (Native, 202), (National, 429) })
        {
            var call = sandbox.Call(dataSet, "lin", (Misbehaviours.Parameter, behaviour));
            using var first = await call.SendAsync();
            Assert.Equal(preparing, (int)first.StatusCode);
            var given = first.Headers.NonValidated.TryGetValues("Retry-After", out var values)
                ? values.ToString()
                : null;
            Assert.True(value is null ? given is null : given!.EndsWith(value, StringComparison.Ordinal), given);
            var next = sandbox.Call(dataSet, "lin", (Misbehaviours.Parameter, behaviour));
            next.Transfer = call.Transfer;
            using var second = await next.SendAsync();
            Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        }
    }

    [Fact]
    public async Task Body_Switches_SendWhatTheySay()
    {
        using var empty = await AskAsync(Native, "empty");
        Assert.Equal(0, empty.Content.Headers.ContentLength);
        using var page = await AskAsync(Native, "wrong-type");
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        using var garbage = await AskAsync(National, "garbage");
        Assert.Equal("application/zip", garbage.Content.Headers.ContentType?.MediaType);
        Assert.Equal(65_536, (await garbage.Content.ReadAsByteArrayAsync()).Length);
    }

    public static TheoryData<string, string> BadPackages =>
        new()
        {
            { "wrong-file-signed", "package.signature" },
            { "wrong-digest", "package.digest" },
            { "unlisted", "package.unlisted" },
            { "missing", "package.missing" },
            { "twice", "package.zip_duplicate" },
            { "dtd", "package.dtd" },
            { "zip-slip", "package.zip_traversal" },
            { "zip-slip-backslash", "package.zip_traversal" },
            { "zip-absolute", "package.zip_traversal" },
            { "too-many-files", "package.zip_entries" },
            { "bomb", "package.zip_bomb" },
            { "not-a-zip", "package.zip_format" },
        };

    [Theory, MemberData(nameof(BadPackages))]
    public async Task Package_Switch_IsRefusedByItsCodeOnBothWires(string behaviour, string code)
    {
        foreach (var dataSet in new[] { Native, National })
        {
            using var response = await AskAsync(dataSet, behaviour);
            var zip = await ZipAsync(dataSet, response);
            var error = Assert.Throws<EncryptionException>(() => PackageReader.Read(zip, PackageLimits.Default));
            Assert.Equal(code, error.Code);
        }
    }

    [Theory]
    [InlineData("expired-certificate", "certificate.expired")]
    [InlineData("unknown-certificate", "certificate.untrusted")]
    public async Task Certificate_Switch_SignsWellUnderOneThatCountsForNothing(string behaviour, string code)
    {
        using var response = await AskAsync(Native, behaviour);
        using var package = PackageReader.Read(await ZipAsync(Native, response), PackageLimits.Default);
        var check = new ConfiguredRoots([sandbox.Keys.Root]);
        var error = Assert.Throws<EncryptionException>(() =>
            check.Check(package.Certificate, sandbox.Time.GetUtcNow())
        );
        Assert.Equal(code, error.Code);
        Assert.NotEqual(sandbox.ProviderOf(Native).CertificateSha256, package.CertificateSha256);
    }

    [Fact]
    public async Task Lapsed_Agency_SignsUnderItsRegisteredCertificateThatRanOut()
    {
        using var response = await sandbox.Call("API.sandboxLapsed", "lin").SendAsync();
        using var package = PackageReader.Read(await ZipAsync(Native, response), PackageLimits.Default);
        Assert.Equal(sandbox.ProviderOf("API.sandboxLapsed").CertificateSha256, package.CertificateSha256);
        Assert.True(package.Certificate.NotAfter.ToUniversalTime() < sandbox.Time.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public async Task OtherPerson_Switches_LieOutsideOrOnlyInside()
    {
        var lin = SandboxPersonas.Find("lin")!.Id.Value;
        using var outside = await AskAsync(Native, "other-person");
        var head = SealedPackage.Open(await outside.Content.ReadAsByteArrayAsync(), sandbox.BrowserKey).Head;
        Assert.NotEqual("pairwise-lin", head.Sub);

        using var inside = await AskAsync(Native, "other-person-inside");
        var opened = SealedPackage.Open(await inside.Content.ReadAsByteArrayAsync(), sandbox.BrowserKey);
        Assert.Equal("pairwise-lin", opened.Head.Sub);
        using var package = PackageReader.Read(opened.Zip, PackageLimits.Default);
        Assert.False(package.Info!.Subject.Matches(lin));

        using var plain = await AskAsync(National, "other-person-inside");
        using var old = PackageReader.Read(await plain.Content.ReadAsByteArrayAsync(), PackageLimits.Default);
        using var data = JsonDocument.Parse(old.Read("data.json"));
        Assert.NotEqual(lin, data.RootElement.GetProperty("ownerId").GetString());
    }

    [Fact]
    public async Task OtherTransfer_Switch_NamesAnother()
    {
        using var response = await AskAsync(Native, "other-transfer");
        var head = SealedPackage.Open(await response.Content.ReadAsByteArrayAsync(), sandbox.BrowserKey).Head;
        Assert.Equal("01900000-0000-7000-8000-000000000000", head.Transfer);
    }

    [Fact]
    public async Task Damaged_Switch_DoesNotOpen()
    {
        using var native = await AskAsync(Native, "damaged");
        var body = await native.Content.ReadAsByteArrayAsync();
        Assert.Equal(
            "jose.decrypt",
            Assert.Throws<EncryptionException>(() => SealedPackage.Open(body, sandbox.BrowserKey)).Code
        );
        using var national = await AskAsync(National, "damaged");
        var zip = await national.Content.ReadAsByteArrayAsync();
        Assert.Throws<EncryptionException>(() => PackageReader.Read(zip, PackageLimits.Default));
    }

    [Fact]
    public async Task Naughty_Switch_IsAGoodPackageOfBadText()
    {
        using var response = await AskAsync(Native, "naughty");
        using var package = PackageReader.Read(await ZipAsync(Native, response), PackageLimits.Default);
        using var data = JsonDocument.Parse(package.Read("data.json"));
        var texts = data
            .RootElement.GetProperty("items")
            .EnumerateArray()
            .Select(i => i.GetProperty("text").GetString()!)
            .ToList();
        Assert.Equal(NaughtyStrings.All, texts);
        Assert.Contains("<script>", data.RootElement.GetProperty("name").GetString());
        Assert.Contains(texts, t => t.Length == 20_000);
    }

    [Fact]
    public async Task HangUpAndReset_Switches_CutTheConnection()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(Native, "hang-up"));
        using var response = await AskAsync(Native, "reset");
        var error = await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync());
        Assert.Contains(Inner(error), e => e is SocketException { SocketErrorCode: SocketError.ConnectionReset });
    }

    [Fact]
    public async Task WrongLength_Switch_BreaksOffBeforeTheAnnouncedEnd()
    {
        using var response = await AskAsync(National, "wrong-length");
        var announced = response.Content.Headers.ContentLength;
        await using var body = await response.Content.ReadAsStreamAsync();
        var read = await UntilItBreaksAsync(body);
        Assert.InRange(read, 1, announced!.Value - 1);
    }

    [Theory]
    [InlineData("huge", WrongConnections.Huge)]
    [InlineData("endless", null)]
    public async Task Flood_Switches_DoNotEnd(string behaviour, long? announced)
    {
        using var response = await AskAsync(Native, behaviour);
        Assert.Equal(announced, response.Content.Headers.ContentLength);
        await using var body = await response.Content.ReadAsStreamAsync();
        var some = new byte[64 * 1024];
        for (var read = 0; read < 60 * 1024 * 1024; )
            read += await body.ReadAsync(some, TestContext.Current.CancellationToken);
        Assert.Equal((byte)'A', some[0]);
    }

    [Fact]
    public async Task Stall_Switch_StopsHalfWay()
    {
        using var response = await AskAsync(Native, "stall");
        var half = (int)(response.Content.Headers.ContentLength!.Value / 2);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[half], TestContext.Current.CancellationToken);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            body.ReadAsync(new byte[1], impatient.Token).AsTask()
        );
    }

    [Fact]
    public async Task SlowFirstByte_Switch_IsSilentForThirtySeconds()
    {
        var answer = AskAsync(Native, "slow-first-byte");
        using var response = await PassingAsync(answer, TimeSpan.FromSeconds(1));
        using var package = PackageReader.Read(await ZipAsync(Native, response), PackageLimits.Default);
        Assert.NotNull(package.Info);
    }

    [Fact]
    public async Task Trickle_Switch_GivesAByteASecond()
    {
        using var response = await AskAsync(Native, "trickle");
        await using var body = await response.Content.ReadAsStreamAsync();
        var start = sandbox.Time.GetUtcNow();
        var bytes = new byte[5];
        await PassingAsync(body.ReadAtLeastAsync(bytes, bytes.Length).AsTask(), TimeSpan.FromSeconds(1));
        Assert.Equal("{\"pro", Encoding.ASCII.GetString(bytes));
        Assert.True(sandbox.Time.GetUtcNow() - start >= TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Switch_OfTheAgency_RulesCallsThatSayNothing()
    {
        using (var set = await sandbox.Http.PutAsync("sandbox/misbehave/error", null))
            Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        using (var answer = await sandbox.Call(Native, "lin").SendAsync())
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        using (var heartbeat = await sandbox.Http.GetAsync($"sandbox{sandbox.ProviderOf(Native).Heartbeat}"))
            Assert.Equal(HttpStatusCode.InternalServerError, heartbeat.StatusCode);
        using (var own = await AskAsync(Native, "none"))
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        using (var others = await sandbox.Call("API.7QovE2Gev6", "lin").SendAsync())
            Assert.Equal(HttpStatusCode.OK, others.StatusCode);
        using (var unknown = await sandbox.Http.PutAsync("sandbox/misbehave/dance", null))
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var off = await sandbox.Http.PutAsync("sandbox/misbehave/none", null);
        using var well = await sandbox.Call(Native, "lin").SendAsync();
        Assert.Equal(HttpStatusCode.OK, well.StatusCode);
    }

    [Fact]
    public async Task Parameter_UnknownBehaviour_IsAWrongParameter()
    {
        using var response = await AskAsync(Native, "dance");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    private Task<HttpResponseMessage> AskAsync(string dataSet, string behaviour) =>
        sandbox.Call(dataSet, "lin", (Misbehaviours.Parameter, behaviour)).SendAsync();

    private async Task<byte[]> ZipAsync(string dataSet, HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsByteArrayAsync();
        return dataSet == Native ? SealedPackage.Open(body, sandbox.BrowserKey).Zip : body;
    }

    /// <summary>Lets the agency's clock go on while the agency waits for it, until the answer is there.</summary>
    private async Task<T> PassingAsync<T>(Task<T> answer, TimeSpan step)
    {
        while (await Task.WhenAny(answer, sandbox.Time.WaitedForAsync(new SandboxSettings().SilentTime)) != answer)
            sandbox.Time.Advance(step);
        return await answer;
    }

    private static async Task<long> UntilItBreaksAsync(Stream body)
    {
        var some = new byte[4_096];
        long read = 0;
        try
        {
            while (true)
            {
                var got = await body.ReadAsync(some);
                Assert.NotEqual(0, got);
                read += got;
            }
        }
        catch (IOException)
        {
            return read;
        }
    }

    private static IEnumerable<Exception> Inner(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
            yield return e;
    }
}
