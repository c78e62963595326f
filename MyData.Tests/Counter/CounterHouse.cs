using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Counter;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Counter;

/// <summary>A portal with its sandbox, a clock that stands until a test moves it, citizens with packages and clerks at counters.</summary>
public sealed class CounterHouse : IAsyncDisposable
{
    public const string Household = "API.7QovE2Gev6";
    public const string Labour = "API.UZQkKbsOpz";
    public const string Move = "household-move";
    public const string Rent = "rent-subsidy";

    public CounterHouse() =>
        Portal = Portal.Start(
            new PortalOptions
            {
                Settings = [("MyData:SignIn:Rate:NetworkBurst", "100000"), ("MyData:Person:Counter:AtOnce", "100000")],
            }
        );

    private readonly Dictionary<string, CitizenDriver> _citizens = [];

    public Portal Portal { get; }

    public T Get<T>()
        where T : notnull => Portal.Services.GetRequiredService<T>();

    /// <summary>She is signed in once, whatever she does in several tests.</summary>
    public async Task<CitizenDriver> CitizenAsync(string persona)
    {
        if (_citizens.TryGetValue(persona, out var known))
            return known;
        var citizen = Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona(persona));
        return _citizens[persona] = citizen;
    }

    public Task<ClerkAtWork> ClerkAsync(string persona) => ClerkAtWork.SignInAsync(Portal.Visitor(), persona);

    /// <summary>A download that has come: it waits on the relay.</summary>
    public async Task<Download> FetchAsync(CitizenDriver citizen, params string[] dataSets)
    {
        var download = await Download.AgreeAsync(citizen, dataSets);
        await Eventually.HoldsAsync(
            Get<CommittedEvents>(),
            "the packages have come",
            async () => (await download.StatesAsync()).All(state => state == "Ready")
        );
        return download;
    }

    /// <summary>A ticket for the household's counter, on the phone or (with its entries made) on paper.</summary>
    public async Task<(CitizenDriver Citizen, Download Download, ShownTicket Ticket)> TicketAsync(
        string persona,
        string medium = "phone"
    )
    {
        var citizen = await CitizenAsync(persona);
        var download = await FetchAsync(citizen, Household);
        var ticket = await ShownTicket.MakeAsync(citizen, Move, medium, download.Key);
        if (medium == "paper")
            Assert.True((await ticket.PrintAsync()).IsOk);
        return (citizen, download, ticket);
    }

    public async Task<CounterTicket> RowAsync(Guid ticketId)
    {
        await using var db = await Get<IDbContextFactory<MyDataDb>>().CreateDbContextAsync();
        return await db.Set<CounterTicket>().SingleAsync(t => t.Id == ticketId);
    }

    public async Task<IReadOnlyList<Event>> EventsAsync(Guid consentId) =>
        [.. (await Portal.EventsAsync()).Where(e => e.ConsentId == consentId)];

    public async Task<int> WaitingAsync(Guid transferConsent)
    {
        await using var db = await Get<IDbContextFactory<MyDataDb>>().CreateDbContextAsync();
        return await db.Set<Transfer>()
            .CountAsync(t => t.ConsentId == transferConsent && t.State == TransferState.Ready);
    }

    /// <summary>Moves a ticket's times into the past; the clock itself would move every other test's.</summary>
    public Task AgeAsync(Guid ticketId, TimeSpan by) =>
        Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                var row = scope.Db.Set<CounterTicket>().AsNoTracking().Single(t => t.Id == ticketId);
                scope
                    .Db.Set<CounterTicket>()
                    .Where(t => t.Id == ticketId)
                    .ExecuteUpdate(set =>
                        set.SetProperty(t => t.ExpiresAt, row.ExpiresAt - by)
                            .SetProperty(t => t.ReservedUntil, row.ReservedUntil - by)
                            .SetProperty(t => t.RedeemedAt, row.RedeemedAt - by)
                    );
            });

    /// <summary>What the tests of one class closed, none of the others' business.</summary>
    public Task OpenAgainAsync() =>
        Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope.Db.Set<CounterFailure>().ExecuteDelete();
            });

    public async Task<IReadOnlyList<string>> NoticesAsync(Guid consentId)
    {
        await using var db = await Get<IDbContextFactory<MyDataDb>>().CreateDbContextAsync();
        var all = await db.Set<Notice>().Select(n => new { n.Kind, n.Parameters }).ToListAsync();
        return [.. all.Where(n => n.Parameters.Contains($"{consentId}", StringComparison.Ordinal)).Select(n => n.Kind)];
    }

    public ValueTask DisposeAsync() => Portal.DisposeAsync();
}
