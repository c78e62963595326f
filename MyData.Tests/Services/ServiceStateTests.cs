using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Tests.Transfers;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>What others do to a request while it is under way: a stronger proof is asked for, an agency fails, she takes it back, she leaves.</summary>
public sealed class ServiceStateTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Level_HigherThanSheSignedInBy_IsAskedForAndNothingIsFetched()
    {
        using var service = house.BankDriver();
        var request = await house.OpenAsync(service, "lin", level: "LoA3");
        Assert.Contains("更強的身分證明", request.Citizen.Page.Heading, StringComparison.Ordinal);
        Assert.Null(request.Citizen.Page.Html.GetElementById("service-fetch"));
        // A forger's form, with the very statement of another request.
        var open = await house.OpenAsync(service, "lin");
        var page = open.Citizen.Page;
        var statement = page.Single("#service-fetch [name=statement]").GetAttribute("value")!;
        await open.Citizen.PostAsync(
            $"{request.Path}/fetch",
            ("id", Guid.NewGuid().ToString()),
            ("statement", statement),
            ("decision", "agree"),
            ("recipient_jwk", MyData.Core.Encryption.Jwk.GenerateEc().PublicOnly().ToJson()),
            ("claim_hash", ServiceDriver.Random())
        );
        Assert.Equal(RequestState.Opened, (await house.RowAsync(request.Id)).State);
    }

    [Fact]
    public async Task Agency_ThatFails_SendsHerBackWithThat_AndNotWithANo()
    {
        using var service = house.OtherDriver(ServiceHouse.Odd);
        var request = await house.OpenAsync(service, "chen", OddDetails("error"));
        await request.FetchAsync(until: $"main:not(:has([data-follow])) form[action='{request.Path}/decline']");
        Assert.Contains("沒有拿到", request.Citizen.Page.Heading, StringComparison.Ordinal);
        await request.Citizen.SubmitAsync($"{request.Path}/decline");
        Assert.Contains("error=temporarily_unavailable", request.Citizen.Page.Url.Query, StringComparison.Ordinal);
        var row = await house.RowAsync(request.Id);
        Assert.Equal((RequestState.Ended, ServiceCodes.NotFetched), (row.State, row.Code));
    }

    [Fact]
    public async Task Parameters_ThatTheAgencyDoesNotTake_AreRefusedBeforeAnybodySeesThem()
    {
        using var service = house.OtherDriver(ServiceHouse.Odd);
        foreach (
            var wrong in (Dictionary<string, string>[])
                [new() { ["BEHAVIOUR"] = "NO SUCH" }, new() { ["another"] = "x" }]
        )
        {
            var details = house.Details(
                fields: ServiceHouse.OddFields,
                dataSet: ServiceHouse.OddSet,
                parameters: wrong
            );
            Assert.Equal(
                "invalid_authorization_details service.dataset",
                (await service.PushAsync(service.Request(details))).Refusal
            );
        }
    }

    [Fact]
    public async Task Consent_TakenBack_KillsCodeAndToken()
    {
        using var service = house.BankDriver();
        var (request, _, token, transfer) = await house.TokenAsync(service, "wang");
        var row = await house.RowAsync(request.Id);
        await house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    Assert.True(Consents.Withdraw(scope, row.CitizenId!.Value, row.ConsentId!.Value));
                    scope.Raise(
                        new Event
                        {
                            Kind = EventKinds.ConsentWithdrawn,
                            Actor = "citizen",
                            CitizenId = row.CitizenId,
                            ConsentId = row.ConsentId,
                        }
                    );
                },
                Stop
            );
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(transfer, token)).Refusal);
        Assert.Equal(ServiceCodes.Withdrawn, (await house.RowAsync(request.Id)).Code);
    }

    [Fact]
    public async Task Account_Closed_TakesRequestAndTokenWithIt()
    {
        using var service = house.BankDriver();
        var (request, code, token, transfer) = await house.TokenAsync(service, "li");
        var row = await house.RowAsync(request.Id);
        await house.Get<AccountClosing>().CloseAsync(row.CitizenId!.Value, Guid.NewGuid(), Stop);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(transfer, token)).Refusal);
        Assert.Equal(
            "invalid_grant service.code_unknown",
            (await service.TokenAsync(service.Redemption(code))).Refusal
        );
    }

    [Fact]
    public async Task Request_ThatSheLeaves_EndsByItself_AndItsPageSaysSo()
    {
        using var service = house.BankDriver();
        var request = await house.OpenAsync(service, "huang");
        await request.FetchAsync();
        await house.AgeAsync(request.Id);
        var page = await request.Citizen.GetAsync(request.Path);
        Assert.Contains(ServiceCodes.Expired, page.Words, StringComparison.Ordinal);
        await house.Get<ServiceSweeper>().SweepAsync(Stop);
        Assert.Equal(ServiceCodes.Expired, (await house.RowAsync(request.Id)).Code);
        Assert.Contains(
            ServiceCodes.Expired,
            (await request.Citizen.GetAsync(request.Path)).Words,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task No_WhileAgenciesSeal_EndsTheirCalls()
    {
        using var service = house.OtherDriver(ServiceHouse.Odd);
        foreach (var behaviour in (string[])["slow-first-byte", "preparing-forever"])
        {
            var request = await house.OpenAsync(service, "kolas", OddDetails(behaviour));
            await request.FetchAsync(until: "[data-follow]");
            var consent = (await house.RowAsync(request.Id)).FetchConsentId;
            var called = behaviour == "slow-first-byte" ? EventKinds.TransferCalled : EventKinds.TransferPreparing;
            await house.Portal.EventAsync(called, e => e.ConsentId == consent);

            await request.Citizen.SubmitAsync($"{request.Path}/decline");

            Assert.Contains("error=access_denied", request.Citizen.Page.Url.Query, StringComparison.Ordinal);
            var transfer = await house.Portal.ReadAsync(db =>
                db.Set<Transfer>().SingleAsync(t => t.ConsentId == consent, Stop)
            );
            Assert.Equal((TransferState.Failed, TransferCodes.Stopped), (transfer.State, transfer.Code));
            var alive = await house.Portal.ReadAsync(db =>
                db.Set<AccessToken>().CountAsync(t => t.TransferId == transfer.Id && t.RevokedAt == null, Stop)
            );
            Assert.Equal(0, alive);
            var told = (await house.EventsAsync(transfer.CitizenId)).Single(e =>
                e.Kind == EventKinds.TransferFailed && e.TransferId == transfer.Id
            );
            Assert.Equal(("citizen", TransferCodes.Stopped), (told.Actor, told.Code));
            // Of what she broke off the agency may tell what it likes: it is no difference that she would have to be told of.
            var side = await house.Portal.ReadAsync(db =>
                db.Set<TransferSide>().SingleAsync(one => one.TransferId == transfer.Id, Stop)
            );
            await PostAsync(SideHouse.Envelope(SideHouse.Report(side.ReportId)));
            side = await house.Portal.ReadAsync(db =>
                db.Set<TransferSide>().SingleAsync(one => one.ReportId == side.ReportId, Stop)
            );
            Assert.Equal(("ok", SideState.Agreed), (side.ReportedResult, side.State));
            // The agency says nothing for half a minute: what ends the call is her no.
            if (behaviour == "slow-first-byte")
                await HungUpAsync(transfer.Id);
        }
    }

    [Fact]
    public async Task Withdrawal_WhileAgenciesSeal_EndsTheirCalls()
    {
        using var service = house.OtherDriver(ServiceHouse.Odd);
        var request = await house.OpenAsync(service, "kolas", OddDetails("slow-first-byte"));
        await request.FetchAsync(until: "[data-follow]");
        var consent = (await house.RowAsync(request.Id)).FetchConsentId;
        await house.Portal.EventAsync(EventKinds.TransferCalled, e => e.ConsentId == consent);

        await house.WithdrawAsync(request);

        var transfer = await house.Portal.ReadAsync(db =>
            db.Set<Transfer>().SingleAsync(t => t.ConsentId == consent, Stop)
        );
        Assert.Equal((TransferState.Failed, TransferCodes.Withdrawn), (transfer.State, transfer.Code));
        await HungUpAsync(transfer.Id);
    }

    private Task HungUpAsync(Guid transfer) =>
        Eventually.HoldsAsync(
            house.Portal.Committed,
            "the call is broken off",
            () =>
                Task.FromResult(
                    house.Portal.Log.All.Any(line =>
                        line.Contains($"{transfer} failed: {TransferCodes.Stopped}", StringComparison.Ordinal)
                    )
                )
        );

    [Fact]
    public async Task Required_ThatItsAgencyDoesNotHave_StandsInTheSecondConsent()
    {
        await house.ImportAsync(bank =>
            bank with
            {
                Items = [bank.Items[0], new(ServiceHouse.OddSet, ServiceHouse.OddFields, Required: true)],
            }
        );
        try
        {
            using var service = house.BankDriver();
            var both = $"[{house.Details().Trim('[', ']')}]".Replace(
                "\"datasets\":[",
                $"\"datasets\":[{JsonSerializer.Serialize(new { id = ServiceHouse.OddSet, fields = ServiceHouse.OddFields, parameters = new { BEHAVIOUR = "no-data" } })},",
                StringComparison.Ordinal
            );
            var request = await house.OpenAsync(service, "nguyen", both);
            await request.FetchAsync();
            var lines = request.Citizen.Page.Texts("#service-hand-over [data-statement-line]");
            var line = Assert.Single(lines, line => line.Contains("沒有您的這項資料", StringComparison.Ordinal));
            Assert.Contains("沙盒銀行會看到缺了這一項", line, StringComparison.Ordinal);
            var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(
                (await request.HandOverAsync()).Query
            );
            var granted = await service.TokenAsync(service.Redemption(query["code"].ToString()));
            var sets = granted.Json.GetProperty("authorization_details")[0].GetProperty("datasets");
            Assert.Equal(BankListing.Household, Assert.Single(sets.EnumerateArray()).GetProperty("id").GetString());
        }
        finally
        {
            await house.ImportAsync();
        }
    }

    [Fact]
    public async Task Pages_OfEveryState_HaveNoCircuit()
    {
        using var service = house.BankDriver();
        using var odd = house.OtherDriver(ServiceHouse.Odd);
        using var visitor = house.Portal.Visitor();
        // The control: a page with a circuit says so.
        Assert.Equal(2, Live((await visitor.GetAsync("/ledger")).Text));
        var pushed = await service.PushAsync(service.Request(house.Details()));
        var address = ServiceHouse.AuthorizePath(service.ClientId, pushed.Json.GetProperty("request_uri").GetString()!);
        Plain(await visitor.GetAsync(address), "form[action$='/decline']");

        var strict = await house.OpenAsync(service, "lin", level: "LoA3");
        Plain(strict.Citizen.Page, "a[href^='/signin'], form[action$='/decline']");
        var waiting = await house.OpenAsync(odd, "chen", OddDetails("preparing-forever"));
        Plain(waiting.Citizen.Page, "#service-fetch");
        await waiting.FetchAsync(until: "[data-follow]");
        Plain(waiting.Citizen.Page, "[data-follow]");
        await waiting.Citizen.SubmitAsync($"{waiting.Path}/decline");
        Plain(await waiting.Citizen.GetAsync(waiting.Path), "a[rel=external]");
        var failed = await house.OpenAsync(odd, "chen", OddDetails("error"));
        await failed.FetchAsync(until: $"main:not(:has([data-follow])) form[action='{failed.Path}/decline']");
        Plain(failed.Citizen.Page, $"form[action='{failed.Path}/decline']");

        var (given, _, token, transfer) = await house.TokenAsync(service, "chang");
        Plain(await given.Citizen.GetAsync(given.Path), "a[rel=external]");
        var open = await house.OpenAsync(service, "wang");
        await open.FetchAsync();
        Plain(open.Citizen.Page, "#service-hand-over");
        Assert.True((await service.RevokeAsync(token)).IsOk);
        Plain(await given.Citizen.GetAsync(given.Path), "a[rel=external]");

        static void Plain(Page page, string has)
        {
            page.ShouldBe(HttpStatusCode.OK);
            Assert.NotNull(page.Html.QuerySelector(has));
            Assert.Equal(0, Live(page.Text));
        }

        // The script that opens the connection, and the place of a part that would live on it.
        static int Live(string text) =>
            new[] { "_framework/blazor", "<!--Blazor:{" }.Count(part => text.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_LeadsToTheServicesOwnSite_AndWhatIsNotThereSaysSo()
    {
        using var visitor = house.Portal.Visitor("en");
        var list = (await visitor.GetAsync("/services")).ShouldBe(HttpStatusCode.OK);
        Assert.EndsWith(
            "/sandbox/bank",
            list.Link("To Sandbox Bank’s site").GetAttribute("href"),
            StringComparison.Ordinal
        );
        (await visitor.GetAsync("/services/over")).ShouldBe(HttpStatusCode.BadRequest);
        (await visitor.GetAsync($"/services/requests/{Guid.NewGuid()}")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Push_MoreThanMayWait_IsRefusedUntilTheirTimeIsOver()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var portal = Portal.Start(
            new PortalOptions
            {
                Time = time,
                Services = services => services.AddSingleton(new ServiceSettings { MostPushed = 2 }),
            }
        );
        var keys = portal.Services.GetRequiredService<BankKeys>();
        using var service = new ServiceDriver(portal.Origin, BankListing.Id, keys.Client);
        async Task<string> PushAsync() => (await service.PushAsync(service.Request(house.Details()))).Refusal;

        for (var i = 0; i < 2; i++)
            Assert.Equal("ok", await PushAsync());
        Assert.Equal("temporarily_unavailable service.too_many", await PushAsync());
        time.Advance(TimeSpan.FromSeconds(58));
        Assert.Equal("temporarily_unavailable service.too_many", await PushAsync());
        time.Advance(TimeSpan.FromSeconds(3));
        for (var i = 0; i < 2; i++)
            Assert.Equal("ok", await PushAsync());
        Assert.Equal("temporarily_unavailable service.too_many", await PushAsync());
    }

    private async Task PostAsync(string envelope)
    {
        using var http = new HttpClient();
        using var body = new StringContent(envelope, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(house.Portal.Origin, "/ledger/v1/records"), body, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private string OddDetails(string behaviour) =>
        house.Details(
            fields: ServiceHouse.OddFields,
            dataSet: ServiceHouse.OddSet,
            parameters: new() { ["BEHAVIOUR"] = behaviour }
        );
}
