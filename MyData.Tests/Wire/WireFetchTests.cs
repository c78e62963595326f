using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Core.Wire.ServiceSide;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.City;

namespace MyData.Tests.Wire;

/// <summary><c>GET /service/data</c> (protocols.md B2): every answer, once, and what her withdrawal leaves in each state.</summary>
public sealed class WireFetchTests(WireHouse house) : IClassFixture<WireHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 400)]
    [InlineData("", 400)]
    [InlineData("not-a-uuid", 400)]
    [InlineData("{7d444840-9dc0-11d1-b245-5ffdce74fad2}", 400)]
    [InlineData("7d444840-9dc0-11d1-b245-5ffdce74fad2", 401)]
    public async Task Ticket_ThatIsNone_IsRefused(string? ticket, int status) =>
        Assert.Equal(status, (await house.FetchAsync(ticket)).Status);

    [Fact]
    public async Task Fetch_FromAnAddressThatIsNotListed_IsRefused_AndSheSeesIt()
    {
        house.Conduct(CityConduct.Good);
        var request = await house.HandedOverAsync("lin");
        Assert.Equal(403, (await house.FetchAsync(request.Application.Ticket, from: "127.0.0.5")).Status);
        Assert.Contains(
            await house.Portal.EventsAsync(),
            e => e.Kind == EventKinds.ServiceRefused && e.Code == WireCodes.Address
        );
        // A header says nothing about where one comes from.
        using var caller = house.Portal.Visitor(from: System.Net.IPAddress.Parse("127.0.0.5"));
        using var forged = new HttpRequestMessage(HttpMethod.Get, "/service/data");
        forged.Headers.Add("permission_ticket", request.Application.Ticket);
        forged.Headers.Add("X-Real-IP", "127.0.0.1");
        using var answer = await caller.SendAsync(forged);
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Equal(200, (await house.FetchAsync(request.Application.Ticket)).Status);
    }

    [Fact]
    public async Task Fetch_IsOnce_TheSecondIs201_AndOfManyAtOnceOneHasIt()
    {
        house.Conduct(CityConduct.Good);
        var request = await house.HandedOverAsync("chen");
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => house.FetchAsync(request.Application.Ticket))
        );
        var one = Assert.Single(answers, answer => answer.Status == 200);
        Assert.NotEmpty(one.Body);
        Assert.All(answers, answer => Assert.Contains(answer.Status, (int[])[200, 201, 429]));
        Assert.All(answers.Where(a => a.Status == 429), a => Assert.True(a.RetryAfter >= TimeSpan.FromSeconds(10)));
        var again = await house.FetchAsync(request.Application.Ticket);
        Assert.Equal(201, again.Status);
        Assert.DoesNotContain(
            System.Text.Encoding.ASCII.GetString(one.Body),
            System.Text.Encoding.ASCII.GetString(again.Body),
            StringComparison.Ordinal
        );
        var row = await house.RowAsync(request.Id);
        Assert.Single(
            await house.Portal.EventsAsync(),
            e => e.Kind == EventKinds.ServiceFetched && e.ConsentId == row.ConsentId
        );
    }

    /// <summary>Events of before did not say that a service on the national wire signs for nothing: no receipt of it is missing for that.</summary>
    [Theory]
    [InlineData(CityListing.Parking, SideState.Unneeded)]
    [InlineData(BankListing.Id, SideState.Waiting)]
    public async Task SidesMadeAnew_OfAnEventOfBefore_ExpectAReceiptWhereTheServiceSigns(
        string service,
        SideState state
    )
    {
        var transfer = Ids.New();
        await house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Raise(
                        new Event
                        {
                            Kind = EventKinds.ServiceFetched,
                            Actor = $"service:{service}",
                            TransferId = transfer,
                            DataSetId = CityListing.Vehicle,
                            Details = $$"""{"service":"{{service}}","to":"{{service}}","seal":"00"}""",
                        }
                    );
                },
                Stop
            );
        await house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    scope.Db.Set<TransferSide>().ExecuteDelete();
                },
                Stop
            );
        await house.Get<SideRebuild>().WhereEmptyAsync(Stop);
        Assert.Equal(state, Assert.Single(await house.Get<TransferSides>().OfAsync([transfer], Stop)).State);
    }

    [Fact]
    public async Task Fetch_ThatIsUnderWay_KeepsOthersAway_UntilItsTimeIsOver()
    {
        house.Conduct(CityConduct.Good);
        var request = await house.HandedOverAsync("chang");
        var begun = await house
            .Get<NationalFetch>()
            .BeginAsync(request.Application.Ticket, System.Net.IPAddress.Loopback, Stop);
        Assert.Equal(200, begun.Status);
        // It may have it already: so it says in her history, whether it comes back or not.
        var row = await house.RowAsync(request.Id);
        Assert.Single(
            await house.Portal.EventsAsync(),
            e => e.Kind == EventKinds.ServiceFetched && e.ConsentId == row.ConsentId
        );
        Assert.Equal(429, (await house.FetchAsync(request.Application.Ticket)).Status);
        await house.Get<NationalFetch>().ReleaseAsync(begun.Delivery!);
        Assert.Equal(200, (await house.FetchAsync(request.Application.Ticket)).Status);
    }

    [Fact]
    public async Task Ticket_WhoseTimeIsOver_Is408_AndNothingIsLeft()
    {
        house.Conduct(CityConduct.Good);
        var request = await house.HandedOverAsync("wang");
        await AgeAsync(request.Id);
        Assert.Equal(408, (await house.FetchAsync(request.Application.Ticket)).Status);
        await house.Get<ServiceSweeper>().SweepAsync(Stop);
        Assert.Equal(408, (await house.FetchAsync(request.Application.Ticket)).Status);
        await NothingIsLeftAsync(request);
        var back = await request.Citizen.GetAsync($"{request.Steps.Path}/back");
        Assert.Equal(
            "408",
            request.CodeOf(
                back.Via.Single(url =>
                    url.AbsolutePath.EndsWith($"{CityListing.Parking}/back", StringComparison.Ordinal)
                )
            )
        );
    }

    [Theory]
    [InlineData("opened")]
    [InlineData("fetching")]
    [InlineData("handed-over")]
    [InlineData("granted")]
    [InlineData("received")]
    public async Task Withdrawal_InEachState_EndsWhatIsNotFetched_AndSaysWhatIs(string state)
    {
        house.Conduct(state == "handed-over" ? CityConduct.Deaf : CityConduct.Good);
        var persona = state switch
        {
            "opened" => "wu",
            "fetching" => "huang",
            "handed-over" => "nguyen",
            "granted" => "yang",
            _ => "kolas",
        };
        var request = state switch
        {
            "opened" => await house.ApplyAsync(persona),
            "fetching" => await house.FetchedAsync(persona),
            _ => await house.HandedOverAsync(persona),
        };
        var ticket = request.Application.Ticket;
        if (state == "received")
            Assert.Equal(200, (await house.FetchAsync(ticket)).Status);
        if (state == "opened")
        {
            // Nothing is agreed to yet, so there is nothing to take back: she leaves.
            (await request.Citizen.GetAsync($"/consents/{request.Id}/withdraw")).ShouldBe(
                System.Net.HttpStatusCode.NotFound
            );
            return;
        }
        var question = await request.Citizen.GetAsync($"/consents/{request.Id}/withdraw");
        if (state == "received")
            Assert.Contains("不會回覆", question.Words, StringComparison.Ordinal);
        var page = await request.Citizen.SubmitAsync("withdraw");
        page.ShouldBeAt("/consents");
        Assert.Contains(
            state == "received" ? "沒有辦法通知它刪除" : "沒有拿到任何資料",
            page.Words,
            StringComparison.Ordinal
        );
        var row = await house.RowAsync(request.Id);
        Assert.NotNull(row.WithdrawnAt);
        Assert.Equal(state == "received" ? RequestState.Received : RequestState.Ended, row.State);
        if (ticket is not null)
            Assert.Equal(state == "received" ? 201 : 403, (await house.FetchAsync(ticket)).Status);
        if (state != "fetching")
            await NothingIsLeftAsync(request);
        house.Conduct(CityConduct.Good);
        await house.Get<SpApiSender>().SendDueAsync(Stop);
        if (state == "handed-over")
            Assert.Null(request.Application.Ticket);
        // Nothing is due of a service that cannot answer.
        Assert.Empty(
            await house.Portal.ReadAsync(db =>
                db.Set<ServiceItem>().Where(i => i.RequestId == request.Id && i.DueAt != null).ToListAsync(Stop)
            )
        );
    }

    [Fact]
    public async Task Account_Closed_TakesTicketAndKeyWithIt()
    {
        house.Conduct(CityConduct.Good);
        var request = await house.HandedOverAsync("li");
        var row = await house.RowAsync(request.Id);
        await house.Get<AccountClosing>().CloseAsync(row.CitizenId!.Value, Guid.NewGuid(), Stop);
        Assert.Equal(401, (await house.FetchAsync(request.Application.Ticket)).Status);
        Assert.False(
            await house.Portal.ReadAsync(db => db.Set<WireDelivery>().AnyAsync(d => d.Id == request.Id, Stop))
        );
        Assert.Equal(0, await house.PartsAsync(request.Id));
    }

    private async Task NothingIsLeftAsync(WireRequest request)
    {
        Assert.Null((await house.DeliveryAsync(request.Id)).Secret);
        Assert.Equal(0, await house.PartsAsync(request.Id));
    }

    private Task AgeAsync(Guid id) =>
        house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    scope
                        .Db.Set<ServiceRequest>()
                        .Where(r => r.Id == id)
                        .ExecuteUpdate(set => set.SetProperty(r => r.ExpiresAt, scope.Now.AddSeconds(-1)));
                },
                Stop
            );
}
