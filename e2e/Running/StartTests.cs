using MyData.E2E.Support;

namespace MyData.E2E.Running;

/// <summary>The program as an operator runs it.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Start_AfterKill_ServesAgainOnTheSameDatabase()
    {
        await using var portal = await PortalProcess.StartAsync();
        using var citizen = portal.Visitor();
        Assert.Equal("/", (await citizen.GetAsync("/")).Path);
        await portal.RestartAsync();
        Assert.NotEmpty((await citizen.GetAsync("/")).Heading);
    }
}
