using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace MyData.Tests.Support;

public sealed class PortalTests(Portal portal) : IClassFixture<Portal>
{
    [Fact]
    public async Task Get_Home_AnswersInTheLanguageThatTheBrowserAsksFor()
    {
        using var chinese = portal.Visitor();
        using var english = portal.Visitor("en");
        var home = await chinese.GetAsync("/");
        Assert.Equal("zh-TW", home.ShouldBe(HttpStatusCode.OK).Html.DocumentElement.GetAttribute("lang"));
        Assert.NotEqual(home.Heading, (await english.GetAsync("/")).Heading);
    }

    [Fact]
    public async Task Get_LanguageSwitch_KeepsTheChoiceInACookieAndComesBack()
    {
        using var citizen = portal.Visitor();
        var page = await citizen.GetAsync("/language/en?back=/");
        Assert.Equal("en", page.ShouldBeAt("/").Html.DocumentElement.GetAttribute("lang"));
        Assert.Single(page.Via);
        Assert.True(citizen.Cookies["lang"]!.Has("httponly"));
    }

    [Fact]
    public async Task Restart_SamePortAndFolder_ServesAgain()
    {
        await using var own = Portal.Start(new PortalOptions { Time = new ManualTime() });
        await own.RestartAsync();
        using var citizen = own.Visitor();
        (await citizen.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        Assert.IsType<ManualTime>(own.Services.GetRequiredService<TimeProvider>());
    }

    [Fact]
    public void Advance_TimersDue_FireInOrderAndOnTime()
    {
        var time = new ManualTime();
        var fired = new List<string>();
        var start = time.GetUtcNow();
        using var late = time.CreateTimer(
            _ => fired.Add($"late {time.GetUtcNow() - start}"),
            null,
            TimeSpan.FromSeconds(5),
            Timeout.InfiniteTimeSpan
        );
        using var often = time.CreateTimer(
            _ => fired.Add($"often {time.GetUtcNow() - start}"),
            null,
            TimeSpan.FromSeconds(2),
            TimeSpan.FromSeconds(2)
        );
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["often 00:00:02", "often 00:00:04", "late 00:00:05"], fired);
    }
}
