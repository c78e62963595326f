using Microsoft.EntityFrameworkCore;
using MyData.Core.Events;
using MyData.Core.Transfers;

namespace MyData.Tests.Transfers;

/// <summary>Row F6 of the fault table: whatever an agency does, one final state, one code, and nothing kept or handed over.</summary>
public sealed class FaultMatrixTests(FaultPortal house) : IClassFixture<FaultPortal>
{
    private const string Native = "API.sandboxOddN";
    private const string National = "API.sandboxOddP";

    [Theory]
    [InlineData("slow-first-byte", TransferCodes.Timeout)]
    [InlineData("trickle", TransferCodes.TooSlow)]
    [InlineData("stall", TransferCodes.TooSlow)]
    [InlineData("reset", TransferCodes.Cut)]
    [InlineData("wrong-length", TransferCodes.Cut)]
    [InlineData("wrong-type", TransferCodes.WrongType)]
    [InlineData("redirect", TransferCodes.Redirect)]
    [InlineData("unauthorized", TransferCodes.Refused)]
    [InlineData("forbidden", TransferCodes.Refused)]
    [InlineData("wrong-parameter", TransferCodes.Parameter)]
    [InlineData("error", TransferCodes.Error)]
    [InlineData("maintenance", TransferCodes.Maintenance)]
    [InlineData("huge", TransferCodes.TooLarge)]
    public async Task Call_AgencyMisbehavesOnEitherWire_FailsWithItsCode(string behaviour, string code)
    {
        await FailsAsync(Native, behaviour, code);
        await FailsAsync(National, behaviour, code);
    }

    /// <summary>A request without a body is tried on another connection by HTTP itself; then nobody answers there either.</summary>
    [Theory]
    [InlineData(Native)]
    [InlineData(National)]
    public async Task Call_AgencyHangsUp_FailsAsCutOrUnreachable(string dataSet)
    {
        var transfer = await FailsAsync(dataSet, "hang-up", null);
        Assert.Contains(transfer.Code, new[] { TransferCodes.Cut, TransferCodes.Unreachable });
    }

    [Theory]
    [InlineData("preparing-forever", TransferCodes.NeverReady)]
    [InlineData("retry-negative", TransferCodes.RetryAfter)]
    [InlineData("retry-huge", TransferCodes.NeverReady)]
    [InlineData("other-person", TransferCodes.OtherPerson)]
    [InlineData("other-transfer", TransferCodes.OtherTransfer)]
    public Task Call_NativeAgencyLies_FailsWithItsCode(string behaviour, string code) =>
        FailsAsync(Native, behaviour, code);

    [Theory]
    [InlineData("too-many-forever", TransferCodes.NeverReady)]
    [InlineData("other-person", TransferCodes.OtherPerson)]
    [InlineData("other-person-inside", TransferCodes.OtherPerson)]
    [InlineData("member-twice", "data.format")]
    [InlineData("empty", null)]
    [InlineData("garbage", null)]
    [InlineData("damaged", null)]
    [InlineData("wrong-file-signed", null)]
    [InlineData("wrong-digest", null)]
    [InlineData("unlisted", null)]
    [InlineData("missing", null)]
    [InlineData("twice", null)]
    [InlineData("dtd", null)]
    [InlineData("zip-slip", null)]
    [InlineData("zip-slip-backslash", null)]
    [InlineData("zip-absolute", null)]
    [InlineData("too-many-files", null)]
    [InlineData("bomb", null)]
    [InlineData("not-a-zip", null)]
    [InlineData("expired-certificate", null)]
    [InlineData("unknown-certificate", null)]
    public async Task Call_PlainPackageIsWrong_IsRefusedBeforeSealing(string behaviour, string? code)
    {
        var transfer = await FailsAsync(National, behaviour, code);
        Assert.True(code is not null || transfer.Code!.Split('.')[0] is "package" or "certificate", transfer.Code);
    }

    [Theory]
    [InlineData(Native)]
    [InlineData(National)]
    public async Task Call_AgencyHoldsNothing_IsEmptyAndNoFailure(string dataSet)
    {
        var transfer = await SettleAsync(dataSet, "no-data");
        Assert.Equal(TransferState.Empty, transfer.State);
        Assert.Null(transfer.Code);
    }

    [Fact]
    public async Task Call_AgencyNamesATime_IsAskedAgainThen()
    {
        var consent = await house.Citizen.AgreeAsync($"ds={Native}&{Native}:BEHAVIOUR=retry-date");
        await house.Portal.EventAsync(EventKinds.TransferPreparing, e => e.ConsentId == consent);
        var transfer = Assert.Single(await house.Citizen.SettledAsync(consent));
        Assert.Equal(TransferState.Ready, transfer.State);
        Assert.Equal(2, transfer.Round);
    }

    [Fact]
    public async Task Call_OneAgencyHangs_TheOthersAreNotHeldUp()
    {
        var stuck = new List<Guid>();
        for (var i = 0; i < 4; i++)
            stuck.Add(await house.Citizen.AgreeAsync($"ds={Native}&{Native}:BEHAVIOUR=slow-first-byte"));
        var consent = await house.Citizen.AgreeAsync("ds=API.7QovE2Gev6");
        var healthy = Assert.Single(await house.Citizen.SettledAsync(consent));
        Assert.Equal(TransferState.Ready, healthy.State);
        foreach (var id in stuck)
            Assert.Equal(TransferCodes.Timeout, Assert.Single(await house.Citizen.SettledAsync(id)).Code);
    }

    [Theory]
    [InlineData("API.sandboxRefused", TransferCodes.Unreachable)]
    public async Task Call_AddressThatMayNotBeReached_IsUnreachable(string dataSet, string code)
    {
        var consent = await house.Citizen.AgreeAsync($"ds={dataSet}");
        Assert.Equal(code, Assert.Single(await house.Citizen.SettledAsync(consent)).Code);
    }

    private async Task<Transfer> FailsAsync(string dataSet, string behaviour, string? code)
    {
        var transfer = await SettleAsync(dataSet, behaviour);
        Assert.Equal(TransferState.Failed, transfer.State);
        if (code is not null)
            Assert.Equal(code, transfer.Code);
        var told = Assert.Single(
            await house.Citizen.EventsAsync(transfer.ConsentId),
            e => e.Kind == EventKinds.TransferFailed
        );
        Assert.Equal(transfer.Code, told.Code);
        using var answer = await house.Citizen.FetchAsync(transfer.Id);
        Assert.Equal(404, (int)answer.StatusCode);
        return transfer;
    }

    /// <summary>Settled, and with nothing left of what came: no chunk, no live token.</summary>
    private async Task<Transfer> SettleAsync(string dataSet, string behaviour)
    {
        var consent = await house.Citizen.AgreeAsync($"ds={dataSet}&{dataSet}:BEHAVIOUR={behaviour}");
        var transfer = Assert.Single(await house.Citizen.SettledAsync(consent));
        Assert.Equal(
            0,
            await house.Portal.ReadAsync(db => db.Set<PackageChunk>().CountAsync(c => c.TransferId == transfer.Id))
        );
        Assert.Equal(
            0,
            await house.Portal.ReadAsync(db =>
                db.Set<Core.OpenId.AccessToken>().CountAsync(t => t.TransferId == transfer.Id && t.RevokedAt == null)
            )
        );
        return transfer;
    }
}
