using System.Net;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.Relying;

namespace MyData.Tests.Services;

/// <summary>Signed events on their way to a service: pushed (RFC 8935), or asked for (RFC 8936).</summary>
public sealed class SecurityEventTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Event_ThatIsNotTaken_IsSentAgain_WithTheSameId()
    {
        house.Set(RelyingConduct.Deaf);
        using var service = house.BankDriver();
        var (request, _, _) = await house.ReceivedAsync(service, "wang");
        await house.WithdrawAsync(request);
        await Eventually.HoldsAsync(
            house.Portal.Committed,
            "the failure stands there",
            async () => (await house.EventAsync(request)).Failure is not null
        );
        var failed = await house.EventAsync(request);
        Assert.Equal(
            (SecurityEventState.Waiting, TransferCodes.Maintenance, 1),
            (failed.State, failed.Failure, failed.Attempts)
        );
        Assert.Contains("還沒有確認", (await request.CardAsync()).TextContent, StringComparison.Ordinal);
        house.Set(RelyingConduct.Deletes);
        await AgainAsync(failed.Id);
        await house.StatusAsync(request, "Deleted");
    }

    [Fact]
    public async Task Bank_EventThatIsNotThePortals_IsRefused()
    {
        using var stranger = house.Portal.Visitor();
        var forged = Jws.Sign(
            Jwk.GenerateEc(use: "sig"),
            JoseNames.Es256,
            JsonSerializer.SerializeToUtf8Bytes(new { iss = house.Portal.Origin, aud = BankListing.Id }),
            "secevent+jwt"
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sandbox/bank/events");
        request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(forged))
        {
            Headers = { ContentType = new("application/secevent+jwt") },
        };
        using var answer = await stranger.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Event_ThatAServiceSaysIsWrong_StandsInHerHistoryOnce_AndAtTheDesk()
    {
        using var service = house.OtherDriver();
        var (request, _, _) = await house.ReceivedAsync(service, "lin");
        await house.WithdrawAsync(request);
        var told = await house.EventAsync(request);
        var wrong = new { setErrs = new Dictionary<string, object> { [$"{told.Id}"] = new { err = "invalid_key" } } };
        Assert.True((await service.PollAsync(wrong)).IsOk);
        Assert.True((await service.PollAsync(wrong)).IsOk);
        Assert.Equal(SecurityEventState.Refused, (await house.EventAsync(request)).State);
        await SeenAsync(request, told.Id, "No");
    }

    [Fact]
    public async Task Event_ThatIsPushedAndSaidToBeWrong_StandsThereUntilItIsTaken()
    {
        using var service = house.StandingDriver();
        var (request, _, _) = await house.ReceivedAsync(service, "chen");
        try
        {
            // The bank's own address takes what is meant for the bank alone: for any other it is wrong (RFC 8935 §2.3).
            await house.ImportAsync(one =>
                one.Id == ServiceHouse.Standing
                    ? one with
                    {
                        EventUrl = BankListing.Services(house.Bank)[0].EventUrl,
                    }
                    : one
            );
            await house.WithdrawAsync(request);
            await Eventually.HoldsAsync(
                house.Portal.Committed,
                "the refusal stands there",
                async () => (await house.EventAsync(request)).Failure is not null
            );
            var told = await house.EventAsync(request);
            Assert.Equal((SecurityEventState.Waiting, ServiceCodes.EventRefused), (told.State, told.Failure));
            await AgainAsync(told.Id);
            Assert.True((await house.EventAsync(request)).Attempts > 1);
            await SeenAsync(request, told.Id, "Yes");
            Assert.True((await service.PollAsync(new { ack = new[] { $"{told.Id}" } })).IsOk);
            Assert.DoesNotContain($"{told.Id}", (await DeskAsync()).Words, StringComparison.Ordinal);
        }
        finally
        {
            await house.ImportAsync();
        }
    }

    private async Task SeenAsync(HandedRequest request, Guid id, string again)
    {
        Assert.Single(await house.KindsAsync(request), MyData.Core.Events.EventKinds.ServiceEventRefused);
        var history = (await request.Citizen.GetAsync("/history")).Words;
        Assert.Contains("收件者說有錯，沒有採用", history, StringComparison.Ordinal);
        var line = (await DeskAsync())
            .Html.QuerySelectorAll("#refused-events tbody tr")
            .Single(row => row.TextContent.Contains($"{id}", StringComparison.Ordinal));
        Assert.Contains("consent-revoked", line.TextContent, StringComparison.Ordinal);
        Assert.Equal(again, line.QuerySelectorAll("td")[1].TextContent.Trim());
        var row = await house.RowAsync(request.Id);
        Assert.DoesNotContain(row.CitizenId!.Value.ToString(), line.TextContent, StringComparison.Ordinal);
    }

    private async Task<Page> DeskAsync()
    {
        using var staff = house.Portal.Visitor("en");
        await staff.GetAsync(MyData.Web.Features.Staff.StaffUrls.SignIn);
        await staff.SubmitAsync("staff-sandbox");
        return (await staff.GetAsync("/desk/deletions")).ShouldBe(HttpStatusCode.OK);
    }

    private async Task AgainAsync(Guid id)
    {
        await house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    scope
                        .Db.Set<SecurityEvent>()
                        .Where(e => e.Id == id)
                        .ExecuteUpdate(set => set.SetProperty(e => e.NextAttemptAt, (DateTimeOffset?)scope.Now));
                },
                Stop
            );
        await house.Get<SecurityEventSender>().SendDueAsync(Stop);
    }

    [Fact]
    public async Task Poll_WithoutAnAssertion_OrAnObject_IsRefused()
    {
        using var service = house.OtherDriver();
        Assert.Equal("invalid_client invalid_client", (await service.PollAsync(null, "none")).Refusal);
        Assert.Equal("invalid_request service.parameter", (await service.PollAsync(new[] { 1 })).Refusal);
        Assert.True(
            (
                await service.PollAsync(
                    new
                    {
                        ack = 5,
                        setErrs = "none",
                        maxEvents = "x",
                    }
                )
            ).IsOk
        );
    }
}
