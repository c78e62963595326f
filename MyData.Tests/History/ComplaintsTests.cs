using System.Text;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Core.Notifications;
using MyData.Tests.Support;

namespace MyData.Tests.History;

public sealed class ComplaintsTests : IAsyncLifetime
{
    private const string Words = "我沒有看過這一筆，請查清楚。";
    private readonly CoreHost _host = new();
    private readonly Guid _citizen = Ids.New();

    private Complaints Complaints => _host.Get<Complaints>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task File_OwnLine_GivesANumberAnEventAndANotice()
    {
        var line = await LineAsync();
        var outcome = await FileAsync(line);
        Assert.Matches(@"^C-20260302-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", outcome.Number);

        var view = await Complaints.FindAsync(_citizen, outcome.Number!, Token);
        Assert.Equal(
            (Words, ComplaintChoices.NotMe, new DateOnly(2026, 3, 17), false, line.Id),
            (view!.Words, view.Choice, view.AnswerDue, view.Overdue, view.Line!.Id)
        );
        var events = await _host.EventsAsync();
        Assert.Equal(
            [EventKinds.SubjectRead, EventKinds.ComplaintFiled, EventKinds.NoticeQueued],
            events.Select(e => e.Kind)
        );
        Assert.Equal(("API.household", line.ConsentId), (events[1].DataSetId, events[1].ConsentId));
        var notice = Assert.Single(await _host.AllAsync<Notice>());
        Assert.Equal((NoticeKinds.ComplaintReceived, _citizen), (notice.Kind, notice.CitizenId));
        Assert.Contains(outcome.Number!, notice.Parameters);
    }

    [Fact]
    public async Task File_AtRest_HerWordsAreSealedAndBoundToTheComplaint()
    {
        var outcome = await FileAsync(await LineAsync());
        var row = Assert.Single(await _host.AllAsync<Complaint>());
        Assert.True(row.Words.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Words)) < 0);
        var vault = _host.Get<PersonalDataVault>();
        Assert.Equal(Words, vault.Open(row.Words!, $"complaint {row.Id:N}", _citizen));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() =>
            vault.Open(row.Words!, $"complaint {Ids.New():N}", _citizen)
        );
        Assert.DoesNotContain(Words, string.Concat((await _host.EventsAsync()).Select(e => e.Details)));
        Assert.DoesNotContain(Words, outcome.ToString());
    }

    [Fact]
    public async Task File_AnothersLineOrNone_IsRefusedAndWritesNothing()
    {
        var line = await LineAsync();
        var request = Request(line);
        foreach (var forged in new[] { request with { CitizenId = Ids.New() }, request with { LineId = line.Id + 1 } })
            Assert.Equal(new ComplaintOutcome(null, Complaints.NoLine), await Complaints.FileAsync(forged, Token));
        Assert.Empty(await _host.AllAsync<Complaint>());
        Assert.Single(await _host.EventsAsync());
    }

    [Fact]
    public async Task File_TheSameFormManyTimesAtOnce_IsOneComplaint()
    {
        var request = Request(await LineAsync());
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Complaints.FileAsync(request, Token)));
        Assert.Single(outcomes.Distinct());
        Assert.Single(await _host.AllAsync<Complaint>());
        Assert.Single(await _host.AllAsync<Notice>());
    }

    [Fact]
    public async Task File_TwentyInOneDay_TheNextWaitsForTomorrow()
    {
        var line = await LineAsync();
        for (var i = 0; i < 20; i++)
            Assert.Equal("ok", (await FileAsync(line)).Code);
        Assert.Equal("complaint.too-many", (await FileAsync(line)).Code);
        _host.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal("ok", (await FileAsync(line)).Code);
        Assert.Equal(21, (await Complaints.ListAsync(_citizen, Token)).Count);
        Assert.Empty(await Complaints.ListAsync(Ids.New(), Token));
    }

    [Fact]
    public async Task Find_AnotherPersonsNumber_IsNothing()
    {
        var outcome = await FileAsync(await LineAsync());
        Assert.Null(await Complaints.FindAsync(Ids.New(), outcome.Number!, Token));
    }

    [Fact]
    public async Task CloseAccount_HerComplaints_GoInTheSameWriteAndOthersStay()
    {
        var line = await LineAsync();
        await FileAsync(line);
        await _host.WriteAsync(scope => scope.Raise(Closed(Ids.New())));
        Assert.Single(await _host.AllAsync<Complaint>());
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _host.WriteAsync(scope =>
            {
                scope.Raise(Closed(_citizen));
                throw new InvalidOperationException("The account was not closed after all.");
            })
        );
        Assert.Single(await _host.AllAsync<Complaint>());
        await _host.WriteAsync(scope => scope.Raise(Closed(_citizen)));
        Assert.Empty(await _host.AllAsync<Complaint>());
        Assert.Contains(await _host.EventsAsync(), e => e.Kind == EventKinds.ComplaintFiled);

        static Event Closed(Guid citizen) =>
            new()
            {
                Kind = EventKinds.AccountClosed,
                CitizenId = citizen,
                Actor = "citizen",
            };
    }

    [Fact]
    public async Task Find_AfterTheSixteenthDay_IsOverdue()
    {
        var outcome = await FileAsync(await LineAsync());
        _host.Time.Advance(TimeSpan.FromDays(15));
        Assert.False((await Complaints.FindAsync(_citizen, outcome.Number!, Token))!.Overdue);
        _host.Time.Advance(TimeSpan.FromDays(1));
        Assert.True((await Complaints.FindAsync(_citizen, outcome.Number!, Token))!.Overdue);
    }

    [Theory]
    [InlineData(null, "words", "complaint.choice-missing")]
    [InlineData("no-such-choice", "words", "complaint.choice-missing")]
    [InlineData(ComplaintChoices.Other, " \r\n\t ", "complaint.words-missing")]
    [InlineData(ComplaintChoices.NotMe, "", null)]
    public void Problems_Forms_AreJudged(string? choice, string words, string? expected) =>
        Assert.Equal(expected, Complaints.Problems(choice, words).FirstOrDefault());

    [Fact]
    public async Task Problems_Length_CountsAsTheBrowserDoes()
    {
        // A browser counts a line break as one, and sends two.
        var longest = string.Concat(Enumerable.Repeat("字\r\n", (Complaints.LongestWords / 2) - 1)) + "字字";
        Assert.Empty(Complaints.Problems(ComplaintChoices.NotMe, longest));
        Assert.Equal(["complaint.words-too-long"], Complaints.Problems(ComplaintChoices.NotMe, longest + "字"));
        var outcome = await Complaints.FileAsync(Request(await LineAsync()) with { Words = longest + "字" }, Token);
        Assert.Equal("complaint.words-too-long", outcome.Code);
    }

    private Task<ComplaintOutcome> FileAsync(HistoryLine line) => Complaints.FileAsync(Request(line), Token);

    private ComplaintRequest Request(HistoryLine line) =>
        new()
        {
            CitizenId = _citizen,
            LineId = line.Id,
            SubmissionId = Ids.New(),
            Choice = ComplaintChoices.NotMe,
            Words = Words,
        };

    private async Task<HistoryLine> LineAsync()
    {
        await _host.WriteAsync(scope =>
            scope.Raise(
                new Event
                {
                    Kind = EventKinds.SubjectRead,
                    CitizenId = _citizen,
                    Actor = "provider:ris",
                    DataSetId = "API.household",
                    ConsentId = Ids.New(),
                }
            )
        );
        var page = await _host.Get<HistoryQueries>().PageAsync(_citizen, new HistoryFilter(), null, Token);
        return page.Entries[0].Lines[0];
    }
}
