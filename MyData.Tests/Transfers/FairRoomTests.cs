using MyData.Core.Transfers;

namespace MyData.Tests.Transfers;

public sealed class FairRoomTests
{
    private static readonly Guid Much = Guid.NewGuid();
    private static readonly Guid Little = Guid.NewGuid();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_BehindSomebodyWhoAskedForMuch_IsNext()
    {
        var room = new FairRoom(places: 1);
        var first = await room.EnterAsync(Much, Token);
        var hers = Enumerable.Range(0, 10).Select(_ => room.EnterAsync(Much, Token)).ToList();
        var his = room.EnterAsync(Little, Token);

        first.Dispose();
        (await hers[0]).Dispose();
        (await his).Dispose();
        foreach (var one in hers.Skip(1))
            (await one).Dispose();
        Assert.True(room.EnterAsync(Little, Token).IsCompleted);
    }

    [Fact]
    public async Task Enter_WhoGaveUp_TakesNoPlace()
    {
        var room = new FairRoom(places: 1);
        var first = await room.EnterAsync(Much, Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var gone = room.EnterAsync(Much, stop.Token);
        var his = room.EnterAsync(Little, Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first.Dispose();
        (await his).Dispose();
        Assert.True(room.EnterAsync(Much, Token).IsCompleted);
    }
}
