using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Tests.Support;

namespace MyData.Tests.Notifications;

/// <summary>The outbox on a real database, with a clock that stands still and a mail server that does as it is told.</summary>
internal sealed class Outbox : IAsyncDisposable
{
    private readonly CoreHost _host;

    public Outbox(Engine engine) =>
        _host = new CoreHost(
            engine: engine,
            add: services =>
            {
                services.AddSingleton<IMailTransport>(Server);
                services.AddSingleton<INoticeDirectory>(People);
                services.AddSingleton(
                    new NoticeSettings
                    {
                        From = "notice@mydata.test",
                        Portal = () => "https://mydata.test",
                        HelpPhone = "02-1234-5678",
                        HelpEmail = "help@mydata.test",
                    }
                );
            }
        );

    public FakeMailServer Server { get; } = new();
    public FakeDirectory People { get; } = new();
    public Guid Citizen { get; } = Ids.New();
    public ManualTime Time => _host.Time;
    public Core.Notifications.Notices Notices => _host.Get<Core.Notifications.Notices>();

    public Task<int> SendDueAsync() => _host.Get<NoticeSender>().SendDueAsync(TestContext.Current.CancellationToken);

    /// <summary>The loop itself, with its looks at the outbox counted.</summary>
    public NoticeSender Loop(CountedReaders readers) =>
        ActivatorUtilities.CreateInstance<NoticeSender>(_host.Services, readers);

    public CountedReaders CountedReaders() => new(_host.Get<IDbContextFactory<MyDataDb>>());

    /// <summary>What <paramref name="look"/> finds, now or after something was written.</summary>
    public Task HoldsAsync(string what, Func<Task<bool>> look) =>
        Eventually.HoldsAsync(_host.Get<CommittedEvents>(), what, look);

    public Task QueueAsync(string kind, object parameters) =>
        _host.WriteAsync(scope => Notices.Queue(scope, Citizen, kind, parameters));

    public Task WriteAsync(Action<WriteScope> work) => _host.WriteAsync(work);

    /// <summary>The newest notice as she reads it in the portal.</summary>
    public async Task<string> LineAsync()
    {
        var page = await Notices.PageAsync(Citizen);
        return await _host.Get<NoticeWriting>().LineAsync(page.Notices[0], CultureInfo.GetCultureInfo("zh-TW"));
    }

    public async Task<List<Notice>> AllAsync() => [.. (await _host.AllAsync<Notice>()).OrderBy(n => n.Id)];

    public Task<List<Event>> EventsAsync() => _host.EventsAsync();

    public Task RestartAsync() => _host.RestartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}

internal sealed class CountedReaders(IDbContextFactory<MyDataDb> readers) : IDbContextFactory<MyDataDb>
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public MyDataDb CreateDbContext()
    {
        Interlocked.Increment(ref _count);
        return readers.CreateDbContext();
    }
}

/// <summary>Takes mails, refuses them, or takes one and is never heard of again.</summary>
internal sealed class FakeMailServer : IMailTransport
{
    private readonly ConcurrentQueue<Mail> _taken = new();
    private int _attempts;

    /// <summary>What it answers in place of taking a mail.</summary>
    public MailException? Refusal { get; set; }

    /// <summary>The mail is taken, and the answer never comes: our process dies just then.</summary>
    public bool FallsSilent { get; set; }

    public IReadOnlyList<Mail> Taken => [.. _taken];

    public int Attempts => _attempts;

    public Task SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        if (Refusal is { } refusal)
            throw refusal;
        _taken.Enqueue(mail);
        return FallsSilent ? new TaskCompletionSource().Task : Task.CompletedTask;
    }
}

internal sealed class FakeDirectory : INoticeDirectory
{
    public NoticeRecipient? Recipient { get; set; } = new("mei@example.test", Verified: true, "zh-TW", Wanted: true);

    public Task<NoticeRecipient?> RecipientAsync(Guid citizenId, string noticeKind, CancellationToken token) =>
        Task.FromResult(Recipient);

    public Task<string?> DataSetNameAsync(string dataSetId, string language, CancellationToken token) =>
        Task.FromResult(
            dataSetId == "API.household" ? (language == "en" ? "Household register" : "個人戶籍資料") : null
        );
}
