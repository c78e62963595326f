using MyData.Core.Data;
using MyData.Core.Notifications;
using MyData.Tests.Support;

namespace MyData.Tests.Notifications;

public abstract class NoticesTests(Engine engine) : IAsyncLifetime
{
    private readonly Outbox _outbox = new(engine);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _outbox.DisposeAsync();

    [Fact]
    public async Task Queue_WriteFails_LeavesNoNotice()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _outbox.WriteAsync(scope =>
            {
                _outbox.Notices.Queue(scope, _outbox.Citizen, NoticeKinds.AccountClosed, new { });
                throw new InvalidOperationException("The other half of the change failed.");
            })
        );
        Assert.Empty(await _outbox.AllAsync());
        Assert.Empty(await _outbox.EventsAsync());
    }

    [Fact]
    public async Task Queue_UnknownKind_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _outbox.QueueAsync("no-such-kind", new { }));

    [Fact]
    public async Task Page_MoreThanOnePage_GivesEveryNoticeOnceNewestFirst()
    {
        for (var i = 0; i < 45; i++)
            await _outbox.QueueAsync(NoticeKinds.TransferFailed, new { dataset = $"API.{i:D2}" });
        var seen = new List<string>();
        Guid? before = null;
        do
        {
            var page = await _outbox.Notices.PageAsync(_outbox.Citizen, before, Token);
            seen.AddRange(page.Notices.Select(n => n["dataset"]!));
            before = page.Next;
        } while (before is not null);
        Assert.Equal(Enumerable.Range(0, 45).Select(i => $"API.{44 - i:D2}"), seen);
    }

    [Fact]
    public async Task MarkRead_OwnNotice_CountsDownAndAnothersStays()
    {
        await _outbox.QueueAsync(NoticeKinds.TransferFailed, new { dataset = "API.a" });
        await _outbox.QueueAsync(NoticeKinds.TransferFailed, new { dataset = "API.b" });
        var first = (await _outbox.AllAsync())[0];
        var other = Ids.New();

        Assert.False(await _outbox.Notices.MarkReadAsync(other, first.Id, Token));
        Assert.False(await _outbox.Notices.MarkAllReadAsync(other, Token));
        Assert.Equal(2, await _outbox.Notices.UnreadCountAsync(_outbox.Citizen, Token));
        Assert.Empty((await _outbox.Notices.PageAsync(other, cancellationToken: Token)).Notices);

        Assert.True(await _outbox.Notices.MarkReadAsync(_outbox.Citizen, first.Id, Token));
        Assert.False(await _outbox.Notices.MarkReadAsync(_outbox.Citizen, first.Id, Token));
        Assert.Equal(1, await _outbox.Notices.UnreadCountAsync(_outbox.Citizen, Token));
        Assert.True(await _outbox.Notices.MarkAllReadAsync(_outbox.Citizen, Token));
        Assert.Equal(0, await _outbox.Notices.UnreadCountAsync(_outbox.Citizen, Token));
    }

    [Fact]
    public async Task UnreadCount_CodeThatSheIsWaitingFor_IsNoNews()
    {
        await _outbox.QueueAsync(NoticeKinds.ContactVerificationCode, new { minutes = 10 });
        Assert.Equal(0, await _outbox.Notices.UnreadCountAsync(_outbox.Citizen, Token));
        Assert.True(Assert.Single((await _outbox.Notices.PageAsync(_outbox.Citizen, null, Token)).Notices).Read);
    }

    [Fact]
    public async Task Forget_AccountClosing_RemovesEveryNoticeBefore()
    {
        await _outbox.QueueAsync(NoticeKinds.TransferFailed, new { dataset = "API.a" });
        await _outbox.WriteAsync(scope =>
        {
            _outbox.Notices.Forget(scope, _outbox.Citizen);
            _outbox.Notices.Queue(scope, _outbox.Citizen, NoticeKinds.AccountClosed, new { });
        });
        Assert.Equal([NoticeKinds.AccountClosed], (await _outbox.AllAsync()).Select(n => n.Kind));
    }
}

public sealed class SqliteNoticesTests() : NoticesTests(Engine.Sqlite);

public sealed class PostgresNoticesTests() : NoticesTests(Engine.Postgres);
