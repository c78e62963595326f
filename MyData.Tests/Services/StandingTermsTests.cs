using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Tests.Support;

namespace MyData.Tests.Services;

/// <summary>Other terms than she agreed to: the standing consent ends when they are registered, or by the next fetch where that is sooner.</summary>
public sealed class StandingTermsTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("terms")]
    [InlineData("fields")]
    [InlineData("purpose")]
    public async Task Terms_ThatChange_EndItAtOnce_AndSheSeesIt(string what)
    {
        using var service = house.StandingDriver();
        var changed = await house.StandingAsync(service, "lin");
        await house.Get<StandingSweeper>().SweepAsync(Stop);
        Assert.Null((await house.StandingRowAsync(changed)).EndedAt);
        try
        {
            await house.ImportAsync(one =>
                one.Id != ServiceHouse.Standing ? one
                : what == "terms" ? one with { TermsVersion = one.TermsVersion + 1 }
                : what == "purpose" ? one with { PurposeCode = "other-purpose" }
                : one with { Items = [.. one.Items.Select(item => item with { Fields = [item.Fields[0]] })] }
            );
            await house.Get<StandingSweeper>().SweepAsync(Stop);
            var row = await house.StandingRowAsync(changed);
            Assert.Equal(StandingCodes.Changed, row.Code);
            Assert.Contains(NoticeKinds.StandingEnded, await house.NoticesAsync(row.CitizenId));
            Assert.Null((await changed.Request.CardAsync()).QuerySelector("form[action$=pause], form[action$=strike]"));
            Assert.Equal("consent-ended", (await house.HeardAsync(service, changed))[^1].Kind);
            Assert.Equal("invalid_grant standing.changed", (await service.RefreshAsync(changed.Refresh)).Refusal);
        }
        finally
        {
            await house.ImportAsync();
        }
    }

    [Fact]
    public async Task Fetch_ByATokenFromBefore_IsRefused_AndEndsIt()
    {
        using var service = house.StandingDriver();
        var again = await (await house.StandingAsync(service, "chen")).AgainAsync(service);
        await house.WhenAskedAsync(again.Household);
        try
        {
            await house.ImportAsync(one =>
                one.Id == ServiceHouse.Standing ? one with { TermsVersion = one.TermsVersion + 1 } : one
            );
            var answer = await house.WhenReadyAsync(service, again, again.Household);
            Assert.False(answer.IsOk);
            Assert.Equal(StandingCodes.Changed, (await house.StandingRowAsync(again)).Code);
            Assert.Null((await house.ItemAsync(again.Household)).FetchedAt);
        }
        finally
        {
            await house.ImportAsync();
        }
    }
}
