using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Notifications;
using MyData.Tests.Support;

namespace MyData.Tests.Notifications;

public sealed class NoticesPageTests : IAsyncLifetime
{
    private readonly FakeMailServer _server = new();
    private readonly FakeDirectory _people = new();
    private readonly Portal _portal;
    private readonly Guid _citizen = Ids.New();

    public NoticesPageTests() =>
        _portal = Portal.Start(
            new PortalOptions
            {
                Services = services =>
                {
                    TrustedCookie.Add(services);
                    services.AddSingleton<IMailTransport>(_server);
                    services.AddSingleton<INoticeDirectory>(_people);
                },
            }
        );

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Get_NotSignedIn_LeadsToSignIn()
    {
        using var stranger = _portal.Visitor();
        using var answer = await stranger.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/notices"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.StartsWith("/signin", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Get_None_TeachesWhatWillBeHere()
    {
        using var citizen = TrustedCookie.SignedIn(_portal, _citizen);
        var page = (await citizen.GetAsync("/notices")).ShouldBe(HttpStatusCode.OK);
        Assert.NotNull(page.Single(".empty"));
        Assert.Empty(page.Html.QuerySelectorAll("main form"));
    }

    [Fact]
    public async Task MarkRead_OneThenAll_LeavesNothingUnreadAndAnothersAlone()
    {
        var other = Ids.New();
        await QueueAsync(_citizen, _citizen, _citizen, other);
        using var citizen = TrustedCookie.SignedIn(_portal, _citizen);
        var page = await citizen.GetAsync("/notices");
        Assert.Equal(3, page.Html.QuerySelectorAll("main li.card").Length);

        page = await citizen.SubmitAsync("/notices/read");
        page.ShouldBeAt("/notices");
        var theirs = Assert.Single(
            await _portal.ReadAsync(db =>
                Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ToListAsync(
                    db.Set<Notice>().Where(n => n.CitizenId == other)
                )
            )
        );
        await citizen.PostAsync("/notices/read", ("id", theirs.Id.ToString()));
        var notices = _portal.Services.GetRequiredService<Core.Notifications.Notices>();
        Assert.Equal(1, await notices.UnreadCountAsync(other, TestContext.Current.CancellationToken));
        Assert.Equal(0, await notices.UnreadCountAsync(_citizen, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Queue_WhilePortalRuns_MailLeavesByItselfAndNobodyWaits()
    {
        _server.Refusal = new MailException("mail.unreachable", forGood: false);
        await QueueAsync(_citizen);
        await _portal.EventuallyAsync("a first attempt", () => Task.FromResult(_server.Attempts > 0 ? _server : null));
        using var citizen = TrustedCookie.SignedIn(_portal, _citizen);
        Assert.Single((await citizen.GetAsync("/notices")).Html.QuerySelectorAll("main li.card"));
        _server.Refusal = null;
        await QueueAsync(_citizen);
        await _portal.EventuallyAsync("a mail", () => Task.FromResult(_server.Taken.Count > 0 ? _server : null));
    }

    [Fact]
    public async Task Post_WithoutTheFormsToken_ChangesNothing()
    {
        await QueueAsync(_citizen);
        using var citizen = TrustedCookie.SignedIn(_portal, _citizen);
        await citizen.GetAsync("/notices");
        (await citizen.PostWithTokenAsync("/notices/read", null)).ShouldBe(HttpStatusCode.BadRequest);
        var notices = _portal.Services.GetRequiredService<Core.Notifications.Notices>();
        Assert.Equal(1, await notices.UnreadCountAsync(_citizen, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Queue_InTheSandbox_ArrivesInItsMailbox()
    {
        await using var portal = Portal.Start(
            new PortalOptions { Services = services => services.AddSingleton<INoticeDirectory>(_people) }
        );
        await QueueAsync(portal, _citizen);
        var mailbox = portal.Services.GetRequiredService<Web.Sandbox.Mail.Mailbox>();
        var mail = await portal.EventuallyAsync(
            "a mail in the sandbox's mailbox",
            () => Task.FromResult(mailbox.All().FirstOrDefault())
        );
        Assert.Equal("有人用新的裝置登入了您的帳戶", mail.Subject);
        Assert.Contains(portal.Origin.GetLeftPart(UriPartial.Authority) + "/account", mail.Text);
    }

    private Task QueueAsync(params Guid[] citizens) => QueueAsync(_portal, citizens);

    private static Task QueueAsync(Portal portal, params Guid[] citizens)
    {
        var notices = portal.Services.GetRequiredService<INotices>();
        return portal
            .Services.GetRequiredService<IWriter>()
            .WriteAsync(scope =>
            {
                foreach (var citizen in citizens)
                    notices.Queue(scope, citizen, NoticeKinds.SignInNewDevice, new { when = scope.Now });
            });
    }
}
