using System.Net;
using System.Text;
using MyData.Core.Events;
using MyData.Core.Services;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Tests.Services;

/// <summary>The agency that sealed a package hears to whom it went, and that she took it back (protocols.md A2, A5).</summary>
public sealed class AgencyEventTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private const string Household = "API.7QovE2Gev6";
    private const string Labour = "API.UZQkKbsOpz";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HandOverAndWithdrawal_AreToldToTheAgency_AndStandInHerHistory()
    {
        using var service = house.OtherDriver();
        var (request, transfer, _) = await house.ReceivedAsync(service, "lin");
        await TakenAsync(request, 1);
        Assert.Equal(["handed-over"], Told(transfer, service.ClientId));
        await house.WithdrawAsync(request);
        await TakenAsync(request, 2);
        Assert.Equal(["consent-revoked", "handed-over"], Told(transfer, service.ClientId));
        Assert.Equal(2, (await house.KindsAsync(request)).Count(kind => kind == EventKinds.ServiceAgencyTold));
        var history = (await request.Citizen.GetAsync("/history")).Words.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("密封您的戶籍資料的機關，已收到您交給「", history, StringComparison.Ordinal);
    }

    /// <summary>Before she has agreed nobody is told; afterwards the page has said who is.</summary>
    [Fact]
    public async Task Page_SaysThatTheAgencyWillBeTold_BeforeItIs()
    {
        using var service = house.OtherDriver();
        var request = await house.OpenAsync(service, "chang");
        await request.FetchAsync();
        var page = await request.Citizen.GetAsync($"/services/requests/{request.Id}");
        Assert.Contains("機關會知道", page.Words, StringComparison.Ordinal);
        Assert.Empty(await house.AgencyEventsAsync(request));
    }

    /// <summary>A hand-over that she took back before the service came: the service learns nothing, the agency that it is over.</summary>
    [Fact]
    public async Task Withdrawal_BeforeTheServiceHasAToken_IsToldToTheAgencyAlone()
    {
        using var service = house.OtherDriver();
        var (request, _) = await house.CodeAsync(service, "chen");
        await house.WithdrawAsync(request);
        await TakenAsync(request, 2);
        var ids = (await house.AgencyEventsAsync(request)).Select(told => told.Id.ToString("D"));
        Assert.Empty((await service.PollAsync(WithdrawalSteps.All)).Sets().Keys.Intersect(ids));
        Assert.DoesNotContain(EventKinds.ServiceAskedToDelete, await house.KindsAsync(request));
    }

    /// <summary>
    /// What she does with a standing consent its agencies hear too, and by words in her history: of a strike the agency of what is struck alone, of its end all
    /// that had sealed what she handed over first.
    /// </summary>
    [Fact]
    public async Task StandingConsent_PausedResumedStruckAndWithdrawn_IsToldToItsAgencies()
    {
        using var service = house.StandingDriver();
        var (request, _, _) = await house.StandingAsync(service, "chang");
        var row = await house.RowAsync(request.Id);
        var standings = house.Get<StandingConsents>();
        Assert.True(await standings.PauseAsync(row.CitizenId!.Value, row.Id, Stop));
        Assert.True(await standings.ResumeAsync(row.CitizenId!.Value, row.Id, Stop));
        string[] both = ["handed-over", "consent-paused", "consent-resumed"];
        await SaidAsync(request, both, both);
        Assert.True(await standings.StrikeAsync(row.CitizenId!.Value, row.Id, Labour, Stop));
        await SaidAsync(request, both, [.. both, "item-struck"]);
        // What is struck goes on no more, so a later pause is not about it.
        Assert.True(await standings.PauseAsync(row.CitizenId!.Value, row.Id, Stop));
        await SaidAsync(request, [.. both, "consent-paused"], [.. both, "item-struck"]);
        await house.WithdrawAsync(request);
        string[] household = [.. both, "consent-paused", "consent-revoked"];
        string[] labour = [.. both, "item-struck", "consent-revoked"];
        await SaidAsync(request, household, labour);

        await TakenAsync(request, household.Length + labour.Length);
        Assert.Equal(household.Order(StringComparer.Ordinal), KindsOf(service.ClientId, Household));
        Assert.Equal(labour.Order(StringComparer.Ordinal), KindsOf(service.ClientId, Labour));
        var history = (await request.Citizen.GetAsync("/history")).Words.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("已收到您暫停「", history, StringComparison.Ordinal);
        Assert.Contains("取這一項的通知", history, StringComparison.Ordinal);
        var told = await request.Citizen.GetAsync("/sandbox/told");
        Assert.Contains($"暫停讓 {service.ClientId} 再取", told.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AgencyEvent_NamesHerAsThatAgencyDoes_AndIsNotTheServicesToTake()
    {
        using var service = house.OtherDriver();
        var (request, _, _) = await house.ReceivedAsync(service, "li");
        await TakenAsync(request, 1);
        var told = Assert.Single(await house.AgencyEventsAsync(request));
        var claims = WithdrawalSteps.Payload(house.Get<SecurityEventTokens>().Sign(told));
        Assert.Equal("sandbox-ris", claims.GetProperty("aud").GetString());
        var row = await house.RowAsync(request.Id);
        Assert.DoesNotContain(row.CitizenId.ToString()!, claims.GetRawText(), StringComparison.Ordinal);
        var subject = claims.GetProperty("sub_id").GetProperty("sub").GetString();
        Assert.NotEqual(
            house.Get<MyData.Core.OpenId.TransferTokens>().Subject(row.CitizenId!.Value, service.ClientId),
            subject
        );
        Assert.Equal(
            house.Get<MyData.Core.OpenId.TransferTokens>().Subject(row.CitizenId!.Value, "sandbox-ris"),
            subject
        );
    }

    [Fact]
    public async Task Agency_TakesNothingThatThePortalDidNotSign()
    {
        using var http = new HttpClient();
        using var body = new StringContent("e30.e30.e30", Encoding.ASCII, "application/secevent+jwt");
        using var answer = await http.PostAsync(
            new Uri(house.Portal.Origin, "/sandbox/agencies/ris/household/handovers"),
            body,
            Stop
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>What each of the two agencies has been told so far, in that order.</summary>
    private async Task SaidAsync(HandedRequest request, string[] household, string[] labour)
    {
        var told = await house.AgencyEventsAsync(request);
        Assert.Equal(household, told.Where(one => one.DataSetId == Household).Select(one => one.Kind));
        Assert.Equal(labour, told.Where(one => one.DataSetId == Labour).Select(one => one.Kind));
    }

    private IEnumerable<string> KindsOf(string service, string dataSet) =>
        house
            .Get<AgencyHandOvers>()
            .All()
            .Where(told => told.Service == service && told.DataSet.Id == dataSet)
            .Select(told => told.Kind)
            .Order(StringComparer.Ordinal);

    private IEnumerable<string> Told(Guid transfer, string service) =>
        house
            .Get<AgencyHandOvers>()
            .All()
            .Where(told => told.Transfer == $"{transfer}" && told.Service == service && told.DataSet.Id == Household)
            .Select(told => told.Kind);

    private Task TakenAsync(HandedRequest request, int count) =>
        Eventually.HoldsAsync(
            house.Portal.Committed,
            "the agency has heard",
            async () =>
                (await house.AgencyEventsAsync(request)).Count(told => told.State == SecurityEventState.Taken) == count
        );
}
