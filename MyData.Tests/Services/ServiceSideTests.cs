using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Services;

/// <summary>A service's signed receipt is its report of what it has: put beside the platform's record, and shown to her and the staff.</summary>
public sealed class ServiceSideTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receipt_WithTheSeal_IsShownAsItsReport()
    {
        using var service = house.OtherDriver();
        var (request, transfer, seal) = await house.ReceivedAsync(service, "lin");
        var side = await SideAsync(transfer);
        Assert.Equal(
            (SideState.Agreed, service.ClientId, seal, seal),
            (side.State, side.Client, side.Seal, side.ReportedSeal)
        );
        Assert.Contains("收到，封緘相同", (await request.Citizen.GetAsync("/history")).Words, StringComparison.Ordinal);
        // The agency's own report of the same transfer stands beside it.
        Assert.Contains(
            await house.Get<TransferSides>().OfAsync([transfer], Stop),
            one => one.Operation == TransferReport.Sent
        );
    }

    [Fact]
    public async Task Receipt_ThatDoesNotCome_IsMissingAfterADay_AndSheIsTold()
    {
        using var service = house.OtherDriver();
        var (request, _, token, transfer) = await house.TokenAsync(service, "chen");
        Assert.Empty(await FindAsync(transfer));
        await service.PackageAsync(transfer, token);
        var side = await SideAsync(transfer);
        Assert.Equal((SideState.Waiting, side.EndedAt + TimeSpan.FromHours(24)), (side.State, side.DueAt));
        Assert.Contains("還沒簽收", (await request.Citizen.GetAsync("/history")).Words, StringComparison.Ordinal);
        await OverdueAsync(side);
        Assert.Equal(SideState.Missing, (await SideAsync(transfer)).State);
        var page = (await request.Citizen.GetAsync("/history")).Words.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("服務沒有簽收", page, StringComparison.Ordinal);
        Assert.Contains("沒有在24小時內簽收戶籍資料", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receipt_WithAnotherSeal_IsRefused_AndTheDifferenceShown_UntilItSignsForWhatItHas()
    {
        using var service = house.OtherDriver();
        var (request, _, token, transfer) = await house.TokenAsync(service, "wang");
        var fetched = await service.PackageAsync(transfer, token);
        var seal = SealedPackage.Open(fetched.Bytes, house.Bank.Recipient).Digest.Hex;
        var other = new string('0', 64);
        for (var again = 0; again < 2; again++)
            Assert.Equal(
                "invalid_request service.receipt",
                (
                    await service.ReceiptAsync(transfer, token, service.Receipt(transfer, other, TimeSpan.FromDays(30)))
                ).Refusal
            );
        var side = await SideAsync(transfer);
        Assert.Equal((SideState.Differs, other), (side.State, side.ReportedSeal));
        Assert.Equal([SideDifferences.Seal], side.Differences);
        await house.Get<SideSweep>().SweepAsync(Stop);
        await house.Get<SideSweep>().SweepAsync(Stop);
        var row = await house.RowAsync(request.Id);
        Assert.Equal(RequestState.Granted, row.State);
        Assert.Single(await house.EventsAsync(row.CitizenId!.Value), e => e.Kind == EventKinds.SideDiffers);
        Assert.Contains("兩邊不同", (await request.Citizen.GetAsync("/history")).Words, StringComparison.Ordinal);

        var right = service.Receipt(transfer, seal, TimeSpan.FromDays(30));
        Assert.Equal("ok", (await service.ReceiptAsync(transfer, token, right)).Refusal);
        Assert.Equal(SideState.Agreed, (await SideAsync(transfer)).State);
    }

    /// <summary>Without the table it is made again of what was told.</summary>
    [Fact]
    public async Task Rebuild_ServicesSides_AreAsTheyWere()
    {
        using var service = house.OtherDriver();
        var (_, transfer, seal) = await house.ReceivedAsync(service, "chang");
        var before = await SideAsync(transfer);
        await house
            .Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope.Db.Set<TransferSide>().ExecuteDelete();
            });
        await house.Get<SideRebuild>().WhereEmptyAsync(Stop);
        var after = await SideAsync(transfer);
        Assert.Equal((before.State, before.Client, seal), (after.State, after.Client, after.ReportedSeal));
        Assert.Equal(before.DueAt, after.DueAt);
    }

    private async Task<IReadOnlyList<SideView>> FindAsync(Guid transfer) =>
        [
            .. (await house.Get<TransferSides>().OfAsync([transfer], Stop)).Where(side =>
                side.Operation == TransferReport.Received
            ),
        ];

    private async Task<SideView> SideAsync(Guid transfer) => Assert.Single(await FindAsync(transfer));

    private async Task OverdueAsync(SideView side)
    {
        await house
            .Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<TransferSide>()
                    .Where(one => one.ReportId == side.ReportId)
                    .ExecuteUpdate(set => set.SetProperty(one => one.DueAt, (DateTimeOffset?)scope.Now.AddSeconds(-1)));
            });
        await house.Get<SideSweep>().SweepAsync(Stop);
    }
}
