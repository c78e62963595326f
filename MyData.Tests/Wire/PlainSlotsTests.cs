using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Tests.Transfers;

namespace MyData.Tests.Wire;

/// <summary>Room in memory for plain packages: no agency's slowness is another's, and waiting for room is no agency's fault.</summary>
public sealed class PlainSlotsTests
{
    private const string Odd = "API.sandboxOddP";
    private const string Vehicle = "API.60GGfgGX1A";

    [Fact]
    public async Task National_OneAgencyTrickles_AnotherIsNotHeldUp()
    {
        // Nobody gives up on the trickling ones within this test.
        await using var portal = Start(
            new() { ReadTimeout = TimeSpan.FromMinutes(5), BodyTimeout = TimeSpan.FromMinutes(5) }
        );
        using var lin = await Traveller.SignInAsync(portal);
        var stuck = new List<Guid>();
        for (var i = 0; i < 6; i++)
            stuck.Add(await lin.AgreeAsync($"ds={Odd}&{Odd}:BEHAVIOUR=trickle"));
        await portal.EventuallyAsync(
            "calls that trickle",
            async () =>
                (await Task.WhenAll(stuck.Select(lin.TransfersAsync))).All(t => t[0].State == TransferState.Calling)
                    ? stuck
                    : null
        );
        var consent = await lin.AgreeAsync($"ds={Vehicle}");
        Assert.Equal(TransferState.Ready, Assert.Single(await lin.SettledAsync(consent)).State);
        foreach (var id in stuck)
            Assert.Equal(TransferState.Calling, Assert.Single(await lin.TransfersAsync(id)).State);
    }

    [Fact]
    public async Task National_WaitedLongerForRoomThanABodyMayTake_Arrives()
    {
        await using var portal = Start(
            new()
            {
                ReadTimeout = TimeSpan.FromMinutes(5),
                BodyTimeout = TimeSpan.FromSeconds(3),
                SealedOnArrivalPerProvider = 1,
            }
        );
        using var lin = await Traveller.SignInAsync(portal);
        var slow = new List<Guid>();
        for (var i = 0; i < 2; i++)
        {
            slow.Add(await lin.AgreeAsync($"ds={Odd}&{Odd}:BEHAVIOUR=trickle"));
            await portal.EventAsync(Core.Events.EventKinds.TransferCalled, e => e.ConsentId == slow[^1]);
        }
        // Behind both: it waits for twice the time that its own body may take.
        var last = await lin.AgreeAsync($"ds={Odd}&{Odd}:BEHAVIOUR=none");
        Assert.Equal(TransferState.Ready, Assert.Single(await lin.SettledAsync(last)).State);
        foreach (var id in slow)
            Assert.Equal(TransferCodes.Timeout, Assert.Single(await lin.SettledAsync(id)).Code);
    }

    private static Portal Start(TransferSettings settings) =>
        Portal.Start(new() { Services = services => services.Replace(ServiceDescriptor.Singleton(settings)) });
}
