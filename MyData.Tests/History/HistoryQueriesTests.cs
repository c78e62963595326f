using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Tests.Support;

namespace MyData.Tests.History;

public sealed class HistoryQueriesTests : IAsyncLifetime
{
    private readonly CoreHost _host = new();
    private readonly Guid _citizen = Ids.New();

    private HistoryQueries History => _host.Get<HistoryQueries>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Page_StepsOfOneConsent_StandTogetherInOrderWithItsPurpose()
    {
        var first = await ConsentAsync("API.household", "API.labour");
        await RaiseAsync(EventKinds.SignInSucceeded);
        // A sign-in at a service has a purpose and no consent: nothing that has no consent either is of it.
        await _host.WriteAsync(scope => scope.Raise(Event(EventKinds.NoticeQueued, purpose: "sign-in")));
        var second = await ConsentAsync("API.household");
        await RaiseAsync(EventKinds.TransferReady, "API.labour", first);

        var page = await History.PageAsync(_citizen, new HistoryFilter(), cancellationToken: Token);
        Assert.Equal([second, null, null, first], page.Entries.Select(e => e.ConsentId));
        Assert.Equal(
            [
                EventKinds.ConsentGiven,
                EventKinds.TransferRequested,
                EventKinds.TransferRequested,
                EventKinds.TransferReady,
            ],
            page.Entries[3].Lines.Select(l => l.Kind)
        );
        Assert.All(page.Entries[3].Lines, line => Assert.Equal("own-use", line.Purpose));
        Assert.Equal(
            (EventKinds.SignInSucceeded, null),
            (page.Entries[2].Lines[0].Kind, page.Entries[2].Lines[0].Purpose)
        );
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task Page_AgencyAskedWithoutEnd_ShowsTheStepsAndSaysHowManyMore()
    {
        var consent = await ConsentAsync("API.household");
        await _host.WriteAsync(scope =>
        {
            for (var i = 0; i < 600; i++)
                scope.Raise(Event(EventKinds.SubjectIntrospected, "API.household", consent));
        });
        await RaiseAsync(EventKinds.TransferFailed, "API.household", consent);

        var page = await History.PageAsync(_citizen, new HistoryFilter(), cancellationToken: Token);
        var entry = Assert.Single(page.Entries);
        Assert.Equal(HistoryQueries.MostSteps, entry.Lines.Count);
        Assert.Equal(603 - HistoryQueries.MostSteps, entry.More);
        Assert.Equal(EventKinds.TransferFailed, entry.Lines[^1].Kind);
        Assert.Equal(603, (await ExportAsync(_citizen, new HistoryFilter())).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Page_ManyEntries_GivesEachExactlyOnce(bool oldestFirst)
    {
        for (var i = 0; i < 33; i++)
        {
            await RaiseAsync(EventKinds.PreferencesChanged);
            if (i % 3 == 0)
                await ConsentAsync("API.household");
        }
        var filter = new HistoryFilter { OldestFirst = oldestFirst };
        var seen = new List<long>();
        long? cursor = null;
        do
        {
            var page = await History.PageAsync(_citizen, filter, cursor, Token);
            seen.AddRange(page.Entries.Select(e => e.Lines[0].Id));
            cursor = page.Next;
        } while (cursor is not null);
        Assert.Equal(44, seen.Distinct().Count());
        Assert.Equal(oldestFirst ? seen.Order() : seen.OrderDescending(), seen);
    }

    [Fact]
    public async Task Page_AnotherPersonsEvents_AreNeverHers()
    {
        var other = Ids.New();
        await ConsentAsync("API.household");
        var mine = Assert.Single(
            (await History.PageAsync(_citizen, new HistoryFilter(), cancellationToken: Token)).Entries
        );
        Assert.Empty((await History.PageAsync(other, new HistoryFilter(), cancellationToken: Token)).Entries);
        Assert.Empty(await History.DataSetsAsync(other, Token));
        Assert.Null(await History.FindAsync(other, mine.Lines[0].Id, Token));
        Assert.NotNull(await History.FindAsync(_citizen, mine.Lines[0].Id, Token));
        Assert.Empty(await ExportAsync(other, new HistoryFilter()));
    }

    // The same consent id in another person's rows must not bring these in.
    [Fact]
    public async Task Page_SameConsentIdWithSomebodyElse_ShowsHerLinesOnly()
    {
        var consent = await ConsentAsync("API.household");
        await _host.WriteAsync(scope =>
            scope.Raise(Event(EventKinds.TransferReady, "API.labour", consent, citizen: Ids.New()))
        );
        var page = await History.PageAsync(
            _citizen,
            new HistoryFilter { DataSetId = "API.labour" },
            cancellationToken: Token
        );
        Assert.Empty(page.Entries);
        Assert.Equal(2, (await ExportAsync(_citizen, new HistoryFilter())).Count);
    }

    [Fact]
    public async Task Page_DataSetFilter_KeepsTheConsentThatNamesNone()
    {
        await ConsentAsync("API.household", "API.labour");
        await ConsentAsync("API.household");
        var page = await History.PageAsync(
            _citizen,
            new HistoryFilter { DataSetId = "API.labour" },
            cancellationToken: Token
        );
        Assert.Equal(
            [EventKinds.ConsentGiven, EventKinds.TransferRequested],
            Assert.Single(page.Entries).Lines.Select(l => l.Kind)
        );
    }

    [Fact]
    public async Task Page_DayFilter_FollowsTheCalendarOfTaipei()
    {
        // 2 March 2026, 09:00 in Taipei; then one minute before and one after midnight.
        await RaiseAsync(EventKinds.SignInSucceeded);
        _host.Time.Advance(TimeSpan.FromMinutes((15 * 60) - 1));
        await RaiseAsync(EventKinds.ContactChanged);
        _host.Time.Advance(TimeSpan.FromMinutes(2));
        await RaiseAsync(EventKinds.ContactVerified);
        var day = new DateOnly(2026, 3, 2);
        Assert.Equal(
            [EventKinds.SignInSucceeded, EventKinds.ContactChanged],
            (await ExportAsync(_citizen, new HistoryFilter { From = day, To = day })).Select(l => l.Kind)
        );
        Assert.Equal(
            [EventKinds.ContactVerified],
            (await ExportAsync(_citizen, new HistoryFilter { From = day.AddDays(1) })).Select(l => l.Kind)
        );
    }

    [Fact]
    public async Task Page_TopicAndResultFilters_DivideAllLinesBetweenThem()
    {
        foreach (var kind in HistoryKinds.All)
            await RaiseAsync(kind);
        await RaiseAsync(EventKinds.SessionEnded, code: "session.signed-out");
        await RaiseAsync(EventKinds.SubjectRead, code: "token.inactive");
        var all = await ExportAsync(_citizen, new HistoryFilter());

        var byTopic = new List<HistoryLine>();
        foreach (var topic in Enum.GetValues<HistoryTopic>())
        {
            var lines = await ExportAsync(_citizen, new HistoryFilter { Topic = topic });
            Assert.All(lines, line => Assert.Equal(topic, line.Topic));
            byTopic.AddRange(lines);
        }
        Assert.Equal(all.Select(l => l.Id), byTopic.Select(l => l.Id).Order());

        var byResult = new List<HistoryLine>();
        foreach (var result in Enum.GetValues<HistoryResult>())
        {
            var lines = await ExportAsync(_citizen, new HistoryFilter { Result = result });
            Assert.NotEmpty(lines);
            Assert.All(lines, line => Assert.Equal(result, line.Result));
            byResult.AddRange(lines);
        }
        Assert.Equal(all.Select(l => l.Id), byResult.Select(l => l.Id).Order());
    }

    [Fact]
    public async Task Export_MoreThanOneBatch_GivesEveryLineInOrder()
    {
        await _host.WriteAsync(scope =>
        {
            for (var i = 0; i < 1203; i++)
                scope.Raise(Event(EventKinds.PreferencesChanged));
        });
        var lines = await ExportAsync(_citizen, new HistoryFilter { Topic = HistoryTopic.Account });
        Assert.Equal(1203, lines.Count);
        Assert.Equal(lines.Select(l => l.Id).Order(), lines.Select(l => l.Id));
    }

    private async Task<List<HistoryLine>> ExportAsync(Guid citizen, HistoryFilter filter)
    {
        var lines = new List<HistoryLine>();
        await foreach (var line in History.ExportAsync(citizen, filter, Token))
            lines.Add(line);
        return lines;
    }

    private async Task<Guid> ConsentAsync(params string[] dataSets)
    {
        var consent = Ids.New();
        await _host.WriteAsync(scope =>
        {
            scope.Raise(Event(EventKinds.ConsentGiven, consent: consent, purpose: "own-use"));
            foreach (var dataSet in dataSets)
                scope.Raise(Event(EventKinds.TransferRequested, dataSet, consent));
        });
        return consent;
    }

    private Task RaiseAsync(string kind, string? dataSet = null, Guid? consent = null, string code = "ok") =>
        _host.WriteAsync(scope => scope.Raise(Event(kind, dataSet, consent, code)));

    private Event Event(
        string kind,
        string? dataSet = null,
        Guid? consent = null,
        string code = "ok",
        string? purpose = null,
        Guid? citizen = null
    ) =>
        new()
        {
            Kind = kind,
            CitizenId = citizen ?? _citizen,
            Actor = "citizen",
            DataSetId = dataSet,
            ConsentId = consent,
            Purpose = purpose,
            Code = code,
        };
}
