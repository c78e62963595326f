using System.Net;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Services;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>Until she has answered, a request is that browser's which came with it: no other can answer it, and no look makes it hers.</summary>
public sealed class RequestBrowserTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private const string CookiePrefix = "__Host-request-";

    [Fact]
    public async Task Request_WhoeverIsSentItsAddress_FindsNothing()
    {
        using var service = house.BankDriver();
        using var comer = house.Portal.Visitor();
        using var stranger = house.Portal.Visitor();
        var path = await OpenAsync(service, comer);
        (await comer.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        // Signed in or not, with a mark of her own making, or with that of a request of her own.
        await NothingAsync(stranger, path);
        stranger.Cookies.Set(
            house.Portal.Origin,
            CookiePrefix + path[^36..].Replace("-", "", StringComparison.Ordinal),
            "x"
        );
        await NothingAsync(stranger, path);
        await OpenAsync(service, stranger);
        var own = stranger.Cookies.All.Single(cookie =>
            cookie.Name.StartsWith(CookiePrefix, StringComparison.Ordinal) && cookie.Value.Length > 1
        );
        stranger.Cookies.Set(
            house.Portal.Origin,
            CookiePrefix + path[^36..].Replace("-", "", StringComparison.Ordinal),
            own.Value
        );
        await NothingAsync(stranger, path);
        var known = await house.CitizenAsync("huang");
        await NothingAsync(known, path);
        (await known.PostAsync($"{path}/fetch", ("decision", "refuse"))).ShouldBeAt("/services/over");
        Assert.Equal((RequestState.Opened, null), await StandsAsync(path));
        var mark = comer.Cookies.All.Single(cookie => cookie.Name.StartsWith(CookiePrefix, StringComparison.Ordinal));
        Assert.All(
            (string[])["secure", "httponly", "samesite=lax", "path=/"],
            flag => Assert.True(mark.Has(flag), flag)
        );
        Assert.Contains("max-age=3600", mark.Attributes, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Request_ThatAPageLeadsHerTo_IsNotHersByALook()
    {
        using var service = house.BankDriver();
        var victim = await house.CitizenAsync("li");
        var path = await OpenAsync(service, victim);
        Assert.NotNull((await victim.GetAsync(path)).Form("service-fetch"));
        Assert.Equal((RequestState.Opened, null), await StandsAsync(path));

        // Her answer makes it hers, with what leads up to it in her history; and the mark goes.
        await new HandedRequest(victim, house.Portal.Committed).FetchAsync("refuse");
        var (state, owner) = await StandsAsync(path);
        Assert.Equal(RequestState.Ended, state);
        var told = (await house.EventsAsync(owner!.Value)).Select(e => e.Kind).ToList();
        Assert.Single(told, kind => kind == EventKinds.ServiceAsked);
        Assert.Contains(EventKinds.ConsentRefused, told);
        Assert.DoesNotContain(
            victim.Cookies.All,
            cookie => cookie.Name.StartsWith(CookiePrefix, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Request_DeclinedBeforeAnythingElse_IsInHerHistory()
    {
        using var service = house.BankDriver();
        var request = await house.OpenAsync(service, "yang");
        await request.Citizen.PostAsync($"{request.Path}/decline");
        var row = await house.RowAsync(request.Id);
        Assert.Equal(ServiceCodes.Declined, row.Code);
        Assert.Contains(
            await house.EventsAsync(row.CitizenId!.Value),
            e => e.Kind == EventKinds.ServiceEnded && e.Code == ServiceCodes.Declined
        );
    }

    /// <summary>Loaded again, in the browser that came with it, the address leads to where she was, until she has answered.</summary>
    [Fact]
    [Trait(
        "Conformance",
        "fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds"
    )]
    public async Task Authorize_AgainInTheSameBrowser_LeadsToTheSameRequest()
    {
        using var service = house.BankDriver();
        using var other = house.Portal.Visitor();
        var citizen = await house.CitizenAsync("chen");
        var address = await PushAsync(service);
        var path = (await citizen.GetAsync(address)).Path;
        (await citizen.GetAsync(address)).ShouldBeAt(path);
        (await other.GetAsync(address)).ShouldBeAt("/services/over");
        var request = new HandedRequest(citizen, house.Portal.Committed);
        await citizen.GetAsync(path);
        await request.FetchAsync();
        (await citizen.GetAsync(address)).ShouldBeAt("/services/over");

        var late = await PushAsync(service);
        path = (await citizen.GetAsync(late)).Path;
        var id = Guid.Parse(path[^36..]);
        await house
            .Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<ServiceRequest>()
                    .Where(r => r.Id == id)
                    .ExecuteUpdate(set => set.SetProperty(r => r.CreatedAt, scope.Now.AddSeconds(-61)));
            });
        (await citizen.GetAsync(late)).ShouldBeAt("/services/over");
        (await citizen.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Marks_AreEightAtMost_AndGoWhenSheSignsOut()
    {
        using var service = house.BankDriver();
        using var citizen = house.Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("chang"));
        var paths = new List<string>();
        for (var i = 0; i < 9; i++)
            paths.Add(await OpenAsync(service, citizen));
        Assert.Equal(8, Marks(citizen));
        (await citizen.GetAsync(paths[0])).ShouldBe(HttpStatusCode.NotFound);
        (await citizen.GetAsync(paths[^1])).ShouldBe(HttpStatusCode.OK);
        await citizen.GetAsync("/");
        await citizen.SubmitAsync("/signout");
        Assert.Equal(0, Marks(citizen));
        (await citizen.GetAsync(paths[^1])).ShouldBe(HttpStatusCode.NotFound);
    }

    private static int Marks(CitizenDriver citizen) =>
        citizen.Cookies.All.Count(cookie => cookie.Name.StartsWith(CookiePrefix, StringComparison.Ordinal));

    private async Task<string> PushAsync(ServiceDriver service)
    {
        var pushed = await service.PushAsync(service.Request(house.Details()));
        return ServiceHouse.AuthorizePath(service.ClientId, pushed.Json.GetProperty("request_uri").GetString()!);
    }

    private async Task<string> OpenAsync(ServiceDriver service, CitizenDriver browser)
    {
        var page = await browser.GetAsync(await PushAsync(service));
        Assert.StartsWith("/services/requests/", page.Path, StringComparison.Ordinal);
        return page.Path;
    }

    private static async Task NothingAsync(CitizenDriver stranger, string path)
    {
        (await stranger.GetAsync("/services")).ShouldBe(HttpStatusCode.OK);
        (await stranger.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
        await stranger.GetAsync("/signin/documents");
        (await stranger.PostAsync($"{path}/decline")).ShouldBeAt("/services/over");
    }

    private async Task<(RequestState State, Guid? Owner)> StandsAsync(string path)
    {
        var row = await house.RowAsync(Guid.Parse(path[^36..]));
        return (row.State, row.CitizenId);
    }
}
