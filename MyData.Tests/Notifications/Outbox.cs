using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Tests.Support;

namespace MyData.Tests.Notifications;

/// <summary>The outbox on a real database, with a clock that stands still and a mail server that does as it is told.</summary>
internal sealed class Outbox : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-outbox-").FullName;
    private ServiceProvider _services;

    public Outbox() => _services = Build();

    public ManualTime Time { get; } = new();
    public FakeMailServer Server { get; } = new();
    public FakeDirectory People { get; } = new();
    public Guid Citizen { get; } = Ids.New();

    public Core.Notifications.Notices Notices => _services.GetRequiredService<Core.Notifications.Notices>();
    public IWriter Writer => _services.GetRequiredService<IWriter>();

    public Task<int> SendDueAsync() =>
        _services.GetRequiredService<NoticeSender>().SendDueAsync(TestContext.Current.CancellationToken);

    public Task QueueAsync(string kind, object parameters) =>
        Writer.WriteAsync(scope => Notices.Queue(scope, Citizen, kind, parameters));

    /// <summary>The newest notice as she reads it in the portal.</summary>
    public async Task<string> LineAsync()
    {
        var page = await Notices.PageAsync(Citizen);
        return await _services
            .GetRequiredService<NoticeWriting>()
            .LineAsync(page.Notices[0], CultureInfo.GetCultureInfo("zh-TW"));
    }

    public async Task<List<Notice>> AllAsync()
    {
        await using var db = await _services.GetRequiredService<IDbContextFactory<MyDataDb>>().CreateDbContextAsync();
        return await db.Set<Notice>().OrderBy(n => n.Id).ToListAsync();
    }

    public async Task<List<Event>> EventsAsync()
    {
        await using var db = await _services.GetRequiredService<IDbContextFactory<MyDataDb>>().CreateDbContextAsync();
        return await db.Set<Event>().ToListAsync();
    }

    /// <summary>A process that died and came back: everything in memory is gone, the database is as it was.</summary>
    public async Task RestartAsync()
    {
        await _services.DisposeAsync();
        _services = Build();
    }

    public async ValueTask DisposeAsync()
    {
        var database = _services.GetRequiredService<DatabaseSettings>().ConnectionString;
        await _services.DisposeAsync();
        SqliteConnection.ClearPool(new SqliteConnection(database));
        Directory.Delete(_folder, recursive: true);
    }

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
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
        services.AddMyDataCore(
            new DatabaseSettings { ConnectionString = $"Data Source={Path.Combine(_folder, "mydata.db")}" },
            new KeyFolder(Path.Combine(_folder, "keys"), mayCreate: true)
        );
        var provider = services.BuildServiceProvider();
        provider.PrepareDatabase();
        return provider;
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
