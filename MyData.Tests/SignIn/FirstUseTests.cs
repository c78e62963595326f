using MyData.Core.Events;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

public sealed class FirstUseTests(SignInHouse house) : IClassFixture<SignInHouse>
{
    [Fact]
    public async Task FirstUse_TwoDifferentProofs_OpensTheAccountAndGoesBack()
    {
        var person = Person.Number(1);
        using var browser = house.Portal.Visitor();
        var second = await SignInHouse.DocumentsAsync(browser, person, "?back=/datasets");
        Assert.True(second.Path == "/signin", second.Text);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
        var welcome = await house.UpstreamAsync(browser, person, "?back=/datasets");
        Assert.True("/signin/welcome" == welcome.Path, welcome.Url + string.Join("\n", house.Portal.Log.All));
        Assert.Contains(person.Name, welcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Id, welcome.Text, StringComparison.Ordinal);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
        var done = await browser.SubmitAsync("welcome");
        Assert.Equal("/datasets", done.Path);
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
        Assert.Single(await house.EventsAsync(EventKinds.IdentityVerified), e => e.CitizenId is not null);
    }
}
