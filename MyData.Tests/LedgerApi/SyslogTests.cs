using System.Buffers.Text;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Features.Staff;

namespace MyData.Tests.LedgerApi;

/// <summary>Systems that only log, over real TLS: what they send is recorded, what is wrong is counted, and nothing is lost in silence.</summary>
public sealed class SyslogTests(SyslogHouse house) : IClassFixture<SyslogHouse>
{
    private const string Persona = "A299001174";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_IsRecordedForItsSender_Unsigned_UnderItsCertificate()
    {
        var (id, salt) = (SyslogSender.NewId(), RandomNumberGenerator.GetBytes(32));
        var at = TimeProvider.System.GetUtcNow();
        await SendAsync(
            SyslogSender.Message(id, $" idm=\"card/3\" per=\"{Persona}\" salt=\"{Base64Url.EncodeToString(salt)}\"", at)
        );
        var record = await house.FindAsync(id);
        Assert.NotNull(record);
        Assert.Equal((SyslogHouse.Sender, null), (record.Via, record.Signature));
        Assert.Equal(ClientCertificate.KidOf(house.Certificate), record.Kid);
        Assert.StartsWith("tls:", record.Kid, StringComparison.Ordinal);
        Assert.Equal(at.ToUnixTimeMilliseconds(), record.Time.ToUnixTimeMilliseconds());
        Assert.Equal(["name", "address"], record.Fields);
        Assert.Equal("card/3", record.Identity);
        Assert.Equal((1, 1), (record.Persons, record.Tags.Count));
        Assert.Equal(SaltedHash.OfPersons(salt, [Persona]), record.PersonsHash);
        // Her number is in no line of the log, and in no file.
        Assert.DoesNotContain(house.Portal.Log.All, line => line.Contains(Persona, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(house.Portal.Folder, "mydata.db*"))
        {
            if (Path.GetExtension(file) is ".operator" or ".lock")
                continue;
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Stop);
            Assert.True(bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Persona)) < 0, file);
        }
    }

    [Fact]
    public async Task Frames_InOnePieceOrByteByByte_AreTheSame()
    {
        var ids = Enumerable.Range(0, 120).Select(_ => SyslogSender.NewId()).ToList();
        byte[] all = [.. ids.SelectMany(id => SyslogSender.Frame(SyslogSender.Message(id)))];
        var one = await house.ConnectAsync();
        await one.WriteAsync(all, Stop);
        Assert.True(await SyslogSender.GoodbyeAsync(one));
        foreach (var id in ids)
            Assert.NotNull(await house.FindAsync(id));

        var (first, last) = (SyslogSender.NewId(), SyslogSender.NewId());
        var other = await house.ConnectAsync();
        foreach (var octet in SyslogSender.Frame(SyslogSender.Message(first)))
            await other.WriteAsync(new[] { octet }, Stop);
        await house.EventuallyAsync(first);
        await other.WriteAsync(SyslogSender.Frame(SyslogSender.Message(last)), Stop);
        Assert.True(await SyslogSender.GoodbyeAsync(other));
        Assert.NotNull(await house.FindAsync(last));
    }

    [Theory]
    [InlineData("NO-ELEMENT", "syslog.element")]
    [InlineData("TWO-ELEMENTS", "syslog.element")]
    [InlineData("UNKNOWN", "syslog.element")]
    [InlineData("TWICE", "syslog.element")]
    [InlineData("NOT-SYSLOG", "syslog.message")]
    [InlineData("OLD-SYSLOG", "syslog.message")]
    [InlineData("OPEN", "syslog.message")]
    [InlineData("BRACKET", "syslog.message")]
    [InlineData("UTF8", "syslog.message")]
    [InlineData("NO-TIME", "syslog.time")]
    [InlineData("SMALL-T", "syslog.time")]
    [InlineData("ID", "record.id")]
    [InlineData("NO-OP", "record.missing_member")]
    [InlineData("EMPTY", "record.value")]
    [InlineData("HASH", "record.value")]
    [InlineData("PERSON", "sent.persons")]
    [InlineData("SALT", "sent.salt")]
    [InlineData("NUMBER", "sent.text")]
    [InlineData("REPORT", "record.unsigned")]
    [InlineData("TOMORROW", "sent.time")]
    [InlineData("YESTERDAY", "sent.time")]
    public async Task Message_ThatIsWrong_IsCountedByItsCode_AndTheNextIsTaken(string what, string code)
    {
        var before = house.Refused(code);
        var tls = await house.ConnectAsync();
        byte[] bad = what == "UTF8" ? [.. "9 "u8, .. "<109>1 "u8, 0xc3, 0x28] : SyslogSender.Frame(Bad(what));
        await tls.WriteAsync(bad, Stop);
        var good = SyslogSender.NewId();
        await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(good)), Stop);
        Assert.True(await SyslogSender.GoodbyeAsync(tls));
        Assert.NotNull(await house.FindAsync(good));
        Assert.Equal(before + 1, house.Refused(code));
        Assert.Contains(
            house.Portal.Log.All,
            line => line.Contains($"Syslog of {SyslogHouse.Sender} refused: {code}", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("<109>1 no length", "syslog.frame")]
    [InlineData("012 x", "syslog.frame")]
    [InlineData(" 12 x", "syslog.frame")]
    [InlineData("12x34", "syslog.frame")]
    [InlineData("99999 x", "syslog.too_large")]
    [InlineData("123456789012345678901234567890 x", "syslog.too_large")]
    public async Task Frame_ThatIsNone_EndsTheConnection_AfterWhatCameBefore(string frame, string code)
    {
        var before = house.Refused(code);
        var (good, lost) = (SyslogSender.NewId(), SyslogSender.NewId());
        var tls = await house.ConnectAsync();
        await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(good)), Stop);
        await house.EventuallyAsync(good);
        await tls.WriteAsync(Encoding.ASCII.GetBytes(frame), Stop);
        await house.RefusedAsync(code, before + 1);
        Assert.False(await SendingGoesOnAsync(tls, SyslogSender.Frame(SyslogSender.Message(lost))));
        Assert.Null(await house.FindAsync(lost));
    }

    [Fact]
    public async Task Frame_CutOffAtTheEnd_IsRefused_WithoutAGoodbye()
    {
        var before = house.Refused("syslog.frame");
        var tls = await house.ConnectAsync();
        await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(SyslogSender.NewId()))[..^5], Stop);
        Assert.False(await SyslogSender.GoodbyeAsync(tls));
        await house.RefusedAsync("syslog.frame", before + 1);
    }

    [Fact]
    public async Task SlowSender_HasSoLongForAMessage_AndAsLongAsItLikesBetweenTwo()
    {
        var before = house.Refused("syslog.slow");
        await using var tls = await house.ConnectAsync();
        var id = SyslogSender.NewId();
        await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(id)), Stop);
        await house.EventuallyAsync(id);
        await tls.WriteAsync("120 <109>1 "u8.ToArray(), Stop);
        await house.RefusedAsync("syslog.slow", before + 1);
    }

    [Fact]
    public async Task SameIdAgain_IsOneRecord_AndOtherWordsAreAConflict()
    {
        var before = house.Refused("sent.conflict");
        var (id, at) = (SyslogSender.NewId(), TimeProvider.System.GetUtcNow());
        var message = SyslogSender.Message(id, at: at);
        await SendAsync(message, message, message.Replace("\"ok\"", "\"no\"", StringComparison.Ordinal));
        await SendAsync(message);
        Assert.Equal("ok", (await house.FindAsync(id))!.Result);
        Assert.Equal(before + 1, house.Refused("sent.conflict"));
    }

    [Fact]
    public async Task Strangers_AreNotTaken()
    {
        using var unknown = SyslogSender.NewCertificate("unknown");
        using var over = SyslogSender.NewCertificate("over", days: -1);
        using var revoked = SyslogSender.NewCertificate("revoked");
        await house.RegisterAsync("test-over", over);
        await house.RegisterAsync("test-revoked", revoked);
        Assert.True(await house.Keys.RevokeAsync("test-revoked", ClientCertificate.KidOf(revoked), Stop));
        foreach (
            var (certificate, code) in new[]
            {
                (unknown, "sent.key_unknown"),
                (over, "syslog.certificate"),
                (revoked, "sent.key_revoked"),
                (null, "syslog.certificate"),
            }
        )
        {
            var before = house.Refused(code, SyslogFigures.Stranger);
            var id = SyslogSender.NewId();
            Assert.False(await TrySendAsync(certificate, id));
            await house.RefusedAsync(code, before + 1, SyslogFigures.Stranger);
            Assert.Null(await house.FindAsync(id));
        }
        // One certificate is one system's.
        Assert.False(await house.Keys.AddAsync("test-thief", ClientCertificate.Parse(house.Certificate.RawData), Stop));
    }

    [Fact]
    public async Task Revoked_WhileConnected_NothingMoreIsTaken()
    {
        using var certificate = SyslogSender.NewCertificate("leaving");
        await house.RegisterAsync("test-leaving", certificate);
        var tls = await house.ConnectAsync(certificate);
        var (before, after) = (SyslogSender.NewId(), SyslogSender.NewId());
        await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(before)), Stop);
        await house.EventuallyAsync(before);
        Assert.True(await house.Keys.RevokeAsync("test-leaving", ClientCertificate.KidOf(certificate), Stop));
        await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(after)), Stop);
        await house.RefusedAsync("sent.key_revoked", 1, "test-leaving");
        Assert.False(await SyslogSender.GoodbyeAsync(tls));
        Assert.Null(await house.FindAsync(after));
        var events = await house.Portal.EventsAsync();
        var kid = ClientCertificate.KidOf(certificate);
        string[] kinds = [EventKinds.LedgerKeyAdded, EventKinds.LedgerKeyRevoked];
        Assert.Equal(
            kinds,
            events.Where(e => e.Details?.Contains(kid, StringComparison.Ordinal) == true).Select(e => e.Kind)
        );
    }

    [Fact]
    public async Task HundredConnections_AtOnce_LoseNothing()
    {
        var ids = Enumerable.Range(0, 100).Select(_ => (SyslogSender.NewId(), SyslogSender.NewId())).ToList();
        var goodbyes = await Task.WhenAll(
            ids.Select(async pair =>
            {
                var tls = await house.ConnectAsync();
                await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(pair.Item1)), Stop);
                await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(pair.Item2)), Stop);
                return await SyslogSender.GoodbyeAsync(tls);
            })
        );
        Assert.All(goodbyes, Assert.True);
        foreach (var (one, two) in ids)
        {
            Assert.NotNull(await house.FindAsync(one));
            Assert.NotNull(await house.FindAsync(two));
        }
    }

    [Fact]
    public async Task Status_SaysWhatBecameOfMessages()
    {
        using var certificate = SyslogSender.NewCertificate("counted");
        await house.RegisterAsync("test-counted", certificate);
        var tls = await house.ConnectAsync(certificate);
        await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(SyslogSender.NewId())), Stop);
        await tls.WriteAsync(SyslogSender.Frame("<109>1 - - - - - -"), Stop);
        Assert.True(await SyslogSender.GoodbyeAsync(tls));
        var answer = OperatorDoor.Ask(
            house.Portal.Services.GetRequiredService<DatabaseSettings>(),
            [LedgerCommand.Name, "syslog", "status"]
        );
        Assert.Equal(0, answer.ExitCode);
        Assert.Contains($"Syslog over TLS at {house.Address}", answer.Text, StringComparison.Ordinal);
        Assert.Contains("test-counted  0 open, 1 recorded", answer.Text, StringComparison.Ordinal);
        Assert.Contains("refused syslog.time: 1", answer.Text, StringComparison.Ordinal);
    }

    private static string Bad(string what)
    {
        var good = SyslogSender.Message(SyslogSender.NewId());
        var now = TimeProvider.System.GetUtcNow();
        return what switch
        {
            "NO-ELEMENT" => good.Replace("mydata@32473", "other@32473", StringComparison.Ordinal),
            "TWO-ELEMENTS" => good.Replace("] read", "][mydata@32473 id=\"x\"] read", StringComparison.Ordinal),
            "UNKNOWN" => SyslogSender.Message(SyslogSender.NewId(), " name=\"x\""),
            "TWICE" => SyslogSender.Message(SyslogSender.NewId(), " res=\"ok\""),
            "NOT-SYSLOG" => "GET / HTTP/1.1",
            "OLD-SYSLOG" => "<109>Nov 29 12:00:00 host household: read one",
            "OPEN" => good[..good.LastIndexOf('"')],
            "BRACKET" => SyslogSender.Message(SyslogSender.NewId(), " idm=\"a]b\""),
            "NO-TIME" => "<109>1 - host household 4711 access [mydata@32473 id=\"x\"] read one",
            "SMALL-T" => good.Replace('T', 't'),
            "ID" => good.Replace("id=\"0", "id=\"x", StringComparison.Ordinal),
            "NO-OP" => good.Replace("op=\"household.read\" ", "", StringComparison.Ordinal),
            "EMPTY" => good.Replace("res=\"ok\"", "res=\"\"", StringComparison.Ordinal),
            "HASH" => SyslogSender.Message(SyslogSender.NewId(), " seal=\"abc\""),
            "PERSON" => SyslogSender.Message(SyslogSender.NewId(), " per=\"A123456788\""),
            "SALT" => SyslogSender.Message(SyslogSender.NewId(), " salt=\"abc\""),
            "NUMBER" => good.Replace("act-12.3", "for A123456789", StringComparison.Ordinal),
            "REPORT" => good.Replace("household.read", TransferReport.Sent, StringComparison.Ordinal),
            "TOMORROW" => SyslogSender.Message(SyslogSender.NewId(), at: now.AddDays(1)),
            _ => SyslogSender.Message(SyslogSender.NewId(), at: now.AddDays(-1.001)),
        };
    }

    private async Task SendAsync(params string[] messages)
    {
        var tls = await house.ConnectAsync();
        foreach (var message in messages)
            await tls.WriteAsync(SyslogSender.Frame(message), Stop);
        Assert.True(await SyslogSender.GoodbyeAsync(tls));
    }

    private async Task<bool> TrySendAsync(
        System.Security.Cryptography.X509Certificates.X509Certificate2? certificate,
        Guid id
    )
    {
        try
        {
            var tls = await house.ConnectAsync(certificate);
            await tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(id)), Stop);
            return await SyslogSender.GoodbyeAsync(tls);
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> SendingGoesOnAsync(System.Net.Security.SslStream tls, byte[] frame)
    {
        try
        {
            await tls.WriteAsync(frame, Stop);
        }
        catch (IOException)
        {
            return false;
        }
        return await SyslogSender.GoodbyeAsync(tls);
    }
}

/// <summary>Nothing can be written: nothing is read, and nothing is lost.</summary>
public sealed class SyslogPressureTests(SyslogHouse house) : IClassFixture<SyslogHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FullDisk_StopsTheReading_AndAllIsTakenAfterwards()
    {
        house.Writer.Fails = true;
        var tls = await house.ConnectAsync();
        var written = new List<Guid>();
        var line = new string('x', 12_000);
        // Until the buffers between us and the portal are full: then a write does not end.
        Task write = Task.CompletedTask;
        while (write.IsCompletedSuccessfully)
        {
            Assert.True(written.Count < 20_000, "Nothing holds the sender back.");
            var id = SyslogSender.NewId();
            written.Add(id);
            write = tls.WriteAsync(SyslogSender.Frame(SyslogSender.Message(id) + line), Stop).AsTask();
            _ = await Xunit.Record.ExceptionAsync(() => write.WaitAsync(TimeSpan.FromSeconds(2), Stop));
        }
        Assert.Null(await house.FindAsync(written[0]));
        Assert.Contains(
            house.Portal.Log.All,
            text => text.Contains($"Syslog of {SyslogHouse.Sender} waits", StringComparison.Ordinal)
        );
        house.Writer.Fails = false;
        await write;
        Assert.True(await SyslogSender.GoodbyeAsync(tls));
        foreach (var id in written)
            Assert.NotNull(await house.FindAsync(id));
    }
}
