using System.Security.Claims;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Transfers;
using MyData.Tests.Catalog;
using MyData.Tests.Support;
using MyData.Tests.Ui;
using MyData.Web.Features.Download;
using MyData.Web.Hosting;

namespace MyData.Tests.Transfers;

/// <summary>The one live page: whose data it shows, and until when.</summary>
public sealed class TransferProgressTests : IAsyncLifetime
{
    // Its reading ends before the page is drawn; on PostgreSQL the page would be drawn twice.
    private readonly CoreHost _host = new(
        services => services.AddSingleton(new TransferSettings()).AddSingleton<IIssuer, Issuer>(),
        engine: Engine.Sqlite
    );
    private readonly UiContext _ui = new();
    private readonly Guid _citizen = Ids.New();
    private readonly Guid _consent = Ids.New();

    public async ValueTask InitializeAsync()
    {
        await _host.Get<Catalogue>().ImportAsync(SampleListings.All);
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Add(TransferOf(scope));
        });
        _ui.Services.AddSingleton(_host.Get<Downloads>());
        _ui.Services.AddSingleton(_host.Get<Catalogue>());
        _ui.Services.AddSingleton(_host.Get<CommittedEvents>());
    }

    public async ValueTask DisposeAsync()
    {
        await _ui.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public void Shown_ToAnotherCitizen_IsNothing()
    {
        SignIn(Ids.New());
        Assert.Empty(Open().FindAll("section.card"));
    }

    [Fact]
    public async Task Commit_OfHerTransfer_IsShown()
    {
        SignIn(_citizen);
        var page = Open();
        Assert.Equal("Requested", Assert.Single(page.FindAll("section.card")).GetAttribute("data-state"));
        await _host.WriteAsync(scope =>
        {
            var transfer = scope.Db.Set<Transfer>().Single();
            transfer.State = TransferState.Calling;
            scope.Raise(Happened());
        });
        await page.WaitForAssertionAsync(() =>
            Assert.Equal("Calling", page.Find("section.card").GetAttribute("data-state"))
        );
    }

    [Fact]
    public async Task Session_Ended_ShowsNothingMoreAndGoesToSignIn()
    {
        var session = SignIn(_citizen);
        var page = Open();
        Assert.Single(page.FindAll("section.card"));
        session.SetNotAuthorized();
        await page.WaitForAssertionAsync(() => Assert.Empty(page.FindAll("section.card")));
        var navigation = _ui.Services.GetRequiredService<BunitNavigationManager>();
        Assert.True(Assert.Single(navigation.History).Options.ForceLoad);
        await _host.WriteAsync(scope => scope.Raise(Happened()));
        Assert.Empty(page.FindAll("section.card"));
    }

    private BunitAuthorizationContext SignIn(Guid citizen)
    {
        var session = _ui.AddAuthorization();
        session.SetAuthorized("her");
        session.SetClaims(new Claim(CitizenClaims.CitizenId, citizen.ToString()));
        return session;
    }

    private IRenderedComponent<TransferProgress> Open()
    {
        _ui.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        return _ui.Render<TransferProgress>(parameters => parameters.Add(page => page.ConsentId, _consent));
    }

    private Event Happened() =>
        new()
        {
            Kind = EventKinds.TransferCalled,
            Actor = "platform",
            CitizenId = _citizen,
            ConsentId = _consent,
        };

    private Transfer TransferOf(WriteScope scope) =>
        new()
        {
            Id = Ids.New(),
            ConsentId = _consent,
            CitizenId = _citizen,
            DataSetId = SampleListings.All[0].DataSets[0].Id,
            ProviderId = SampleListings.All[0].Id,
            SchemaVersion = 1,
            RecipientJwk = "{}",
            ClaimHash = "",
            Level = AssuranceLevel.LoA2,
            Methods = "oidc",
            AuthTime = scope.Now,
            CreatedAt = scope.Now,
            DeadlineAt = scope.Now.AddHours(1),
        };

    private sealed class Issuer : IIssuer
    {
        public string Value => "https://mydata.test";
    }
}
