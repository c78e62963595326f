using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Tests.Support;

namespace MyData.Tests.Services;

/// <summary>A refresh token that comes a second time: an answer that was lost, or a thief (FAPI 2.0 Security Profile §5.3.2.1, RFC 9700 §4.14.2).</summary>
public sealed class StandingRetryTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    [Fact]
    public async Task Refresh_AnswerLost_IsGivenOnceMore_AndTheOldOneEndsAllOfThemAfterwards()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "huang");
        var lost = await first.AgainAsync(service);
        var again = await first.AgainAsync(service);
        Assert.Equal(lost.Refresh, again.Refresh);
        Assert.Equal(lost.Transfers.Values.Order(), again.Transfers.Values.Order());
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(lost.Household, lost.Token)).Refusal);
        await house.ReceiveAsync(service, again, again.Household);
        Assert.Single(await house.FetchesAsync(first));

        await house.PassAsync(first, TimeSpan.FromDays(1));
        var next = await again.AgainAsync(service);
        // A thief with the first one, or the victim of a thief: nobody can tell.
        Assert.Equal("invalid_grant standing.reused", (await service.RefreshAsync(first.Refresh)).Refusal);
        Assert.Equal("invalid_grant standing.reused", (await service.RefreshAsync(next.Refresh)).Refusal);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(next.Household, next.Token)).Refusal);
        var row = await house.StandingRowAsync(first);
        Assert.Equal(StandingCodes.Reused, row.Code);
        Assert.Contains(NoticeKinds.StandingEnded, await house.NoticesAsync(row.CitizenId));
        Assert.Equal("consent-ended", (await house.HeardAsync(service, first))[^1].Kind);
    }

    [Fact]
    public async Task Refresh_OldTokenAfterTheTimeOfItsAccessToken_EndsAllOfThem()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "kolas");
        await first.AgainAsync(service);
        await house.PassAsync(first, house.Get<ServiceSettings>().TokenLife + TimeSpan.FromSeconds(1));
        Assert.Equal("invalid_grant standing.reused", (await service.RefreshAsync(first.Refresh)).Refusal);
        Assert.NotNull((await house.StandingRowAsync(first)).EndedAt);
    }

    /// <summary>Hours later, the fetch being over: without the successor the service could never come again.</summary>
    [Fact]
    public async Task Refresh_AnswerLost_AndItsFetchOver_GivesTheSuccessor_AndWhatBecameOfIt()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "yang");
        var lost = await first.AgainAsync(service);
        await house.ReceiveAsync(service, lost, lost.Household);
        await house.ReceiveAsync(service, lost, lost.Labour);
        Assert.Equal(RequestState.Received, Assert.Single(await house.FetchesAsync(first)).State);
        await house.PassAsync(first, house.Get<ServiceSettings>().TokenLife - TimeSpan.FromMinutes(1));

        var again = await first.AgainAsync(service);
        Assert.Equal(lost.Refresh, again.Refresh);
        Assert.Single(await house.FetchesAsync(first));
        Assert.Equal("service.received", (await service.PackageAsync(again.Household, again.Token)).Refusal);
        Assert.True(again.Answer.GetProperty("expires_in").GetInt64() > 0);
        await house.PassAsync(first, TimeSpan.FromDays(1));
        await again.AgainAsync(service);
    }

    /// <summary>Who shows the successor had the answer, also where it comes too early: the one before is a thief's from then on.</summary>
    [Fact]
    public async Task Refresh_OldTokenAfterItsSuccessorWasShown_EndsAllOfThem()
    {
        using var service = house.StandingDriver();
        var first = await house.StandingAsync(service, "li");
        var next = await first.AgainAsync(service);
        Assert.Equal("temporarily_unavailable standing.too_early", (await service.RefreshAsync(next.Refresh)).Refusal);
        Assert.Equal("invalid_grant standing.reused", (await service.RefreshAsync(first.Refresh)).Refusal);
        Assert.NotNull((await house.StandingRowAsync(first)).EndedAt);
    }
}
