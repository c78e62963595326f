using MyData.Core.Data;
using MyData.Core.Notifications;
using MyData.Tests.Support;

namespace MyData.Tests.Notifications;

public sealed class UnreadNoticesTests
{
    [Fact]
    public async Task Header_OnAnyPage_CountsHerUnreadNoticesAndNobodyElses()
    {
        await using var portal = Portal.Start(new PortalOptions { Services = TrustedCookie.Add });
        var (citizen, other) = (Ids.New(), Ids.New());
        var notices = (INotices)portal.Services.GetService(typeof(INotices))!;
        await ((IWriter)portal.Services.GetService(typeof(IWriter))!).WriteAsync(
            scope =>
            {
                foreach (var who in new[] { citizen, citizen, other })
                    notices.Queue(scope, who, NoticeKinds.PasskeyAdded, new { when = scope.Now });
            },
            TestContext.Current.CancellationToken
        );

        using var hers = TrustedCookie.SignedIn(portal, citizen, "en");
        var link = (await hers.GetAsync("/datasets")).Single("header a[href='/notices']");
        Assert.Equal("2 not read", link.QuerySelector(".count .visually-hidden")!.TextContent);
        var page = await hers.GetAsync(link.GetAttribute("href")!);
        Assert.Equal("page", page.Single("header a[href='/notices']").GetAttribute("aria-current"));
        await hers.SubmitAsync("read-all");
        Assert.Empty(hers.Page.Html.QuerySelectorAll("header .count"));

        using var stranger = portal.Visitor();
        Assert.Empty((await stranger.GetAsync("/")).Html.QuerySelectorAll("header a[href='/notices']"));
    }
}
