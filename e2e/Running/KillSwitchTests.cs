using MyData.E2E.Support;

namespace MyData.E2E.Running;

public sealed class KillSwitchTests
{
    [Fact]
    public async Task KillSwitch_NotSwitchedOn_IsNotThere()
    {
        await using var portal = await PortalProcess.StartAsync();
        using var citizen = portal.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sandbox/kill-switch?after=1");
        using var answer = await citizen.SendAsync(request);
        Assert.False(answer.IsSuccessStatusCode);
    }
}
