using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>The viewer before real witnesses: who they are, what they signed, and which of them is silent.</summary>
public sealed class WitnessViewTests : IAsyncLifetime
{
    private readonly string _keys = Directory.CreateTempSubdirectory("mydata-keys-").FullName;
    private FourWitnesses _witnesses = null!;
    private Portal _portal = null!;

    public async ValueTask InitializeAsync()
    {
        _witnesses = await FourWitnesses.StartAsync(_keys);
        var policy = Path.Combine(_keys, "policy");
        await File.WriteAllTextAsync(policy, _witnesses.Lines + FourWitnesses.Quorum);
        _portal = Portal.Start(
            new()
            {
                Settings = [("MyData:Keys", _keys), ("MyData:Ledger:Policy", policy)],
                Services = TrustedCookie.Add,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _witnesses.DisposeAsync();
        Directory.Delete(_keys, recursive: true);
    }

    [Fact]
    public async Task Viewer_WithFourWitnesses_ShowsEachAndWhatItSigned()
    {
        using var citizen = _portal.Visitor("en");
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        var page = await _portal.EventuallyAsync(
            "every witness has signed the newest checkpoint, and shows its root",
            async () =>
            {
                var seen = await citizen.GetAsync(LedgerUrls.Viewer);
                var roots = seen
                    .Html.QuerySelectorAll(".node dd .code, .block:first-child .root")
                    .Select(one => one.TextContent)
                    .ToList();
                var signed = seen.Html.QuerySelectorAll(".block:first-child .signers .on").Length;
                // Each node shows the root that it has signed.
                return signed == 5 && roots.Count == 6 && roots.Distinct().Count() == 1 ? seen : null;
            }
        );
        Assert.Equal(5, page.Html.QuerySelectorAll(".node").Length);
        Assert.Equal("5 nodes", page.Single(".headline").TextContent);
        Assert.DoesNotContain("not yet witnessed", page.Text, StringComparison.OrdinalIgnoreCase);

        await _witnesses.All[0].StopAsync();
        await _portal
            .Services.GetRequiredService<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Raise(new Event { Kind = EventKinds.CatalogChanged, Actor = "platform" });
            });
        await _portal.EventuallyAsync(
            "the silent witness is named",
            async () =>
            {
                var seen = await citizen.GetAsync(LedgerUrls.Viewer);
                return seen.Html.QuerySelectorAll(".node .badge-bad").Length == 1 ? seen : null;
            }
        );
    }
}
