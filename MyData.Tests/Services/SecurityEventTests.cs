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

namespace MyData.Tests.Services;

/// <summary>Signed events on their way to a service: pushed (RFC 8935), or asked for (RFC 8936).</summary>
public sealed class SecurityEventTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Event_ThatIsNotTaken_IsSentAgain_WithTheSameId()
    {
        house.Set(BankConduct.Deaf);
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
        house.Set(BankConduct.Deletes);
        await house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    scope
                        .Db.Set<SecurityEvent>()
                        .Where(e => e.Id == failed.Id)
                        .ExecuteUpdate(set => set.SetProperty(e => e.NextAttemptAt, (DateTimeOffset?)scope.Now));
                },
                Stop
            );
        await house.Get<SecurityEventSender>().SendDueAsync(Stop);
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
