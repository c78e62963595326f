using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Tests.Support;

namespace MyData.Tests.Notifications;

public abstract class NoticeSenderTests(Engine engine) : IAsyncLifetime
{
    private static readonly object Arrived = new
    {
        dataset = "API.household",
        consent = "c-1",
        transfer = "t-1",
    };

    private readonly Outbox _outbox = new(engine);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _outbox.DisposeAsync();

    [Fact]
    public async Task SendDue_NoticeQueued_GoesOutOnceInHerLanguage()
    {
        await _outbox.QueueAsync(NoticeKinds.TransferReady, Arrived);
        Assert.Equal(1, await _outbox.SendDueAsync());
        Assert.Equal(0, await _outbox.SendDueAsync());

        var mail = Assert.Single(_outbox.Server.Taken);
        var notice = Assert.Single(await _outbox.AllAsync());
        Assert.Equal(
            (MailState.Sent, 1, "zh-TW", null),
            (notice.Mail, notice.Attempts, notice.Language, notice.NextAttemptAt)
        );
        Assert.Equal("mei@example.test", mail.To);
        Assert.Equal($"{notice.Id:N}@mydata.test", mail.MessageId);
        Assert.Contains("個人戶籍資料", mail.Subject);
        Assert.Contains("https://mydata.test/download/c-1", mail.Text);
        Assert.Contains("02-1234-5678", mail.Text);
        Assert.DoesNotContain('{', mail.Text);
        Assert.Equal([EventKinds.NoticeQueued], (await _outbox.EventsAsync()).Select(e => e.Kind));
    }

    [Fact]
    public async Task Loop_ForEachNotice_LooksOnceAndRests()
    {
        var token = TestContext.Current.CancellationToken;
        var readers = _outbox.CountedReaders();
        using var loop = _outbox.Loop(readers);
        await loop.StartAsync(token);
        await _outbox.HoldsAsync("the look at the start", () => Task.FromResult(readers.Count == 1));
        for (var sent = 1; sent <= 3; sent++)
        {
            await _outbox.QueueAsync(NoticeKinds.TransferReady, Arrived);
            await _outbox.HoldsAsync(
                $"mail {sent}",
                async () => (await _outbox.AllAsync()).Count(n => n.Mail == MailState.Sent) == sent
            );
        }
        await loop.StopAsync(token);
        Assert.Equal(1 + 3, readers.Count);
    }

    [Fact]
    public async Task Loop_ServerDown_TriesAgainWhenItIsTimeAndLooksOnceEachTime()
    {
        var token = TestContext.Current.CancellationToken;
        var readers = _outbox.CountedReaders();
        _outbox.Server.Refusal = new MailException("mail.unreachable", forGood: false);
        await _outbox.QueueAsync(NoticeKinds.TransferReady, Arrived);
        using var loop = _outbox.Loop(readers);
        await loop.StartAsync(token);
        await TriedAsync(1);
        _outbox.Server.Refusal = null;
        // Its alarm is set a moment after the attempt was written down; a minute at a time, it rings whenever that was.
        await _outbox.HoldsAsync(
            "the second attempt",
            () =>
            {
                _outbox.Time.Advance(TimeSpan.FromMinutes(1));
                return Task.FromResult(_outbox.Server.Taken.Count == 1);
            }
        );
        await loop.StopAsync(token);
        Assert.Equal(2, _outbox.Server.Attempts);
        Assert.Equal(2, readers.Count);

        Task TriedAsync(int times) =>
            _outbox.HoldsAsync(
                $"attempt {times}",
                async () => (await _outbox.AllAsync()).Any(n => n.Attempts == times && n.Failure is not null)
            );
    }

    [Fact]
    public async Task SendDue_ServerDown_WaitsLongerEachTimeAndSendsWhenItIsBack()
    {
        _outbox.Server.Refusal = new MailException("mail.unreachable", forGood: false);
        await _outbox.QueueAsync(NoticeKinds.TransferReady, Arrived);
        var start = _outbox.Time.GetUtcNow();
        foreach (var minutes in new[] { 1, 5, 15, 60, 60 })
        {
            await _outbox.SendDueAsync();
            var waiting = Assert.Single(await _outbox.AllAsync());
            Assert.Equal((MailState.Queued, "mail.unreachable"), (waiting.Mail, waiting.Failure));
            Assert.Equal(_outbox.Time.GetUtcNow().AddMinutes(minutes), waiting.NextAttemptAt);
            _outbox.Time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            Assert.Equal(0, await _outbox.SendDueAsync());
            _outbox.Time.Advance(TimeSpan.FromSeconds(1));
        }
        _outbox.Server.Refusal = null;
        await _outbox.SendDueAsync();
        Assert.Single(_outbox.Server.Taken);
        var sent = Assert.Single(await _outbox.AllAsync());
        Assert.Equal((MailState.Sent, 6, null), (sent.Mail, sent.Attempts, sent.Failure));
        Assert.True(_outbox.Time.GetUtcNow() - start < TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task SendDue_ServerDownForADay_IsGivenUpAndFlagged()
    {
        _outbox.Server.Refusal = new MailException("mail.unreachable", forGood: false);
        await _outbox.QueueAsync(NoticeKinds.SignInNewDevice, new { when = _outbox.Time.GetUtcNow() });
        for (var hour = 0; hour < 26; hour++)
        {
            await _outbox.SendDueAsync();
            _outbox.Time.Advance(TimeSpan.FromHours(1));
        }
        var notice = Assert.Single(await _outbox.AllAsync());
        Assert.Equal(
            (MailState.Abandoned, "mail.unreachable", null),
            (notice.Mail, notice.Failure, notice.NextAttemptAt)
        );
        Assert.InRange(notice.Attempts, 20, 26);
    }

    [Fact]
    public async Task SendDue_AddressRefused_IsNotTriedAgain()
    {
        _outbox.Server.Refusal = new MailException("mail.smtp-550", forGood: true);
        await _outbox.QueueAsync(NoticeKinds.TransferReady, Arrived);
        await _outbox.SendDueAsync();
        _outbox.Time.Advance(TimeSpan.FromHours(2));
        await _outbox.SendDueAsync();
        Assert.Equal(1, _outbox.Server.Attempts);
        Assert.Equal(MailState.Failed, Assert.Single(await _outbox.AllAsync()).Mail);
    }

    [Fact]
    public async Task SendDue_ProcessDiesBetweenSendingAndMarking_SendsAgainUnderTheSameMessageId()
    {
        _outbox.Server.FallsSilent = true;
        await _outbox.QueueAsync(NoticeKinds.TransferReady, Arrived);
        var dying = _outbox.SendDueAsync();
        while (_outbox.Server.Taken.Count == 0)
            await Task.Yield();
        Assert.False(dying.IsCompleted);

        await _outbox.RestartAsync();
        _outbox.Server.FallsSilent = false;
        Assert.Equal(0, await _outbox.SendDueAsync());
        _outbox.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await _outbox.SendDueAsync());

        Assert.Equal(2, _outbox.Server.Taken.Count);
        Assert.Single(_outbox.Server.Taken.Select(mail => mail.MessageId).Distinct());
        Assert.Equal(MailState.Sent, Assert.Single(await _outbox.AllAsync()).Mail);
    }

    [Fact]
    public async Task SendDue_TwoSendersAtOnce_SendOnce()
    {
        for (var i = 0; i < 20; i++)
            await _outbox.QueueAsync(NoticeKinds.TransferReady, Arrived);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _outbox.SendDueAsync()));
        Assert.Equal(20, _outbox.Server.Taken.Count);
        Assert.Equal(20, _outbox.Server.Taken.Select(mail => mail.MessageId).Distinct().Count());
    }

    [Theory]
    [InlineData(false, true, NoticeKinds.SignInNewDevice)]
    [InlineData(true, false, NoticeKinds.TransferReady)]
    public async Task SendDue_AddressNotProvenOrNoticesOff_MailsNothing(bool verified, bool wanted, string kind)
    {
        _outbox.People.Recipient = new("mei@example.test", verified, "zh-TW", wanted);
        await _outbox.QueueAsync(kind, new { dataset = "API.household", when = _outbox.Time.GetUtcNow() });
        await _outbox.SendDueAsync();
        Assert.Equal(0, _outbox.Server.Attempts);
        Assert.Equal(MailState.NotWanted, Assert.Single(await _outbox.AllAsync()).Mail);
    }

    [Fact]
    public async Task SendDue_NoticesOff_StillMailsWhatConcernsTheSafetyOfTheAccount()
    {
        _outbox.People.Recipient = new("mei@example.test", Verified: true, "en", Wanted: false);
        await _outbox.QueueAsync(NoticeKinds.SignInNewDevice, new { when = _outbox.Time.GetUtcNow() });
        await _outbox.SendDueAsync();
        Assert.Contains("2 March 2026", Assert.Single(_outbox.Server.Taken).Text);
    }

    [Fact]
    public async Task SendDue_VerificationCode_GoesToTheNewAddressAndLeavesNoSecretBehind()
    {
        const string code = "731905";
        const string address = "new@example.test";
        _outbox.People.Recipient = new("mei@example.test", Verified: true, "zh-TW", Wanted: true);
        var parameters = new
        {
            code = _outbox.Notices.Seal(_outbox.Citizen, code),
            to = _outbox.Notices.Seal(_outbox.Citizen, address),
            minutes = 10,
        };
        await _outbox.QueueAsync(NoticeKinds.ContactVerificationCode, parameters);
        var queued = Assert.Single(await _outbox.AllAsync());
        Assert.DoesNotContain(code, queued.Parameters);
        Assert.DoesNotContain(address, queued.Parameters);
        Assert.DoesNotContain(code, await _outbox.LineAsync());

        await _outbox.SendDueAsync();
        var mail = Assert.Single(_outbox.Server.Taken);
        Assert.Equal(address, mail.To);
        Assert.Contains(code, mail.Text);
        Assert.DoesNotContain(code, mail.Subject);
        Assert.Equal("""{"minutes":10}""", Assert.Single(await _outbox.AllAsync()).Parameters);
    }

    [Fact]
    public async Task SendDue_VerificationCodeTooLate_IsNotSent()
    {
        await _outbox.QueueAsync(NoticeKinds.ContactVerificationCode, new { });
        _outbox.Time.Advance(TimeSpan.FromMinutes(16));
        await _outbox.SendDueAsync();
        var notice = Assert.Single(await _outbox.AllAsync());
        Assert.Equal((MailState.Abandoned, "mail.too-late"), (notice.Mail, notice.Failure));
        Assert.Equal(0, _outbox.Server.Attempts);
    }

    [Fact]
    public async Task SendDue_OneNoticeCannotBeWritten_TheOthersGoOut()
    {
        await _outbox.QueueAsync(
            NoticeKinds.ContactVerificationCode,
            new { code = new SealedParameter(new byte[40]), minutes = 10 }
        );
        await _outbox.QueueAsync(NoticeKinds.TransferReady, Arrived);
        await _outbox.SendDueAsync();
        Assert.Single(_outbox.Server.Taken);
        Assert.Equal(
            [("mail.unwritable", MailState.Queued), (null, MailState.Sent)],
            (await _outbox.AllAsync()).Select(n => (n.Failure, n.Mail))
        );
    }

    [Fact]
    public async Task SendDue_AccountClosed_ReachesTheAddressThatWasHers()
    {
        _outbox.People.Recipient = null;
        var to = _outbox.Notices.Seal(_outbox.Citizen, "mei@example.test");
        await _outbox.QueueAsync(NoticeKinds.AccountClosed, new { to, when = _outbox.Time.GetUtcNow() });
        await _outbox.SendDueAsync();
        Assert.Equal("mei@example.test", Assert.Single(_outbox.Server.Taken).To);
    }
}

public sealed class SqliteNoticeSenderTests() : NoticeSenderTests(Engine.Sqlite);

public sealed class PostgresNoticeSenderTests() : NoticeSenderTests(Engine.Postgres);
