using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Notifications;
using MyData.Core.Recording;
using MyData.Core.Watch;
using MyData.Tests.LedgerApi;
using MyData.Tests.Support;

namespace MyData.Tests.Watch;

/// <summary>A log with one registered system that records what its clerks read, and a clock that a test moves.</summary>
internal sealed class WatchHouse : IAsyncDisposable, IMailTransport
{
    /// <summary>A number that nobody has.</summary>
    public const string Canary = "A200000003";

    private readonly CoreHost _host;
    private readonly ApiCaller _caller = ApiCaller.NewEd25519("city-test");

    private WatchHouse(WatchSettings settings, Engine? engine) =>
        _host = new CoreHost(
            services =>
                services
                    .AddSingleton(settings)
                    .AddSingleton<IMailTransport>(this)
                    .AddSingleton(
                        new AlarmMailSettings
                        {
                            To = ["watch@mydata.example"],
                            From = "notice@mydata.example",
                            Page = id => $"https://mydata.example/audit/alarms/{id}",
                        }
                    ),
            engine: engine
        );

    public CoreHost Host => _host;

    public ManualTime Time => _host.Time;

    public List<Mail> Mails { get; } = [];

    /// <summary>The code of the next refusals of the mail server; null: it takes everything.</summary>
    public string? MailProblem { get; set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<WatchHouse> StartAsync(WatchSettings? settings = null, Engine? engine = null)
    {
        var house = new WatchHouse(settings ?? new(), engine);
        await house._caller.RegisterAsync(house._host.Get<ClientKeys>());
        await house.CatchUpAsync();
        return house;
    }

    /// <summary>Records of the calling system, in one write.</summary>
    public Task ReadAsync(int times, Func<LedgerRecord, LedgerRecord>? change = null, params string[] persons) =>
        _host.WriteAsync(scope =>
        {
            for (var i = 0; i < times; i++)
                scope.Take(Sent(change, persons));
        });

    public Task RaiseAsync(string kind, string actor, string code = "ok", Guid? citizen = null, int times = 1) =>
        _host.WriteAsync(scope =>
        {
            for (var i = 0; i < times; i++)
                scope.Raise(
                    new Event
                    {
                        Kind = kind,
                        Actor = actor,
                        Code = code,
                        CitizenId = citizen,
                    }
                );
        });

    public Task CatchUpAsync() => _host.Get<Watcher>().CatchUpAsync(Stop);

    /// <summary>Alarms of this code, after the watch has read everything, oldest first.</summary>
    public async Task<IReadOnlyList<Alarm>> AlarmsAsync(string code)
    {
        await CatchUpAsync();
        return [.. (await _host.AllAsync<Alarm>()).Where(alarm => alarm.Code == code).OrderBy(alarm => alarm.Id)];
    }

    public async Task<Alarm> AlarmAsync(string code) => Assert.Single(await AlarmsAsync(code));

    public async Task NoneAsync(string code) => Assert.Empty(await AlarmsAsync(code));

    public Task SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        if (MailProblem is { } code)
            throw new MailException(code, forGood: false);
        Mails.Add(mail);
        return Task.CompletedTask;
    }

    public static byte[] Clerk(byte number) => SHA256.HashData([number]);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private SentRecord Sent(Func<LedgerRecord, LedgerRecord>? change, string[] persons)
    {
        var now = Time.GetUtcNow();
        string[] named = persons.Length > 0 ? persons : ["B299003366"];
        var record = _caller.New(RandomNumberGenerator.GetBytes(SaltedHash.SaltSize), named) with
        {
            Id = Guid.CreateVersion7(now),
            Time = now,
        };
        record = _caller.Signed(change?.Invoke(record) ?? record);
        var accounts = _host.Get<CitizenAccounts>();
        return new SentRecord
        {
            Record = record,
            Persons = [.. named.Take(record.Persons).Select(id => accounts.PseudonymOf(NationalId.Parse(id)))],
        };
    }
}
