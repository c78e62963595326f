using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Recording;
using MyData.Tests.Rules;
using MyData.Tests.Support;
using MyData.Web.Features.History;
using MyData.Web.Features.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>The public pages: what they show, and that nobody can be found on them.</summary>
public sealed class LedgerPagesTests(LedgerPagesTests.Visited visited) : IClassFixture<LedgerPagesTests.Visited>
{
    private int Year => visited.Year;

    [Theory]
    [InlineData("zh-TW", "單一節點，尚無外部見證")]
    [InlineData("en", "One node, not yet witnessed")]
    public async Task EveryPage_WithoutWitnesses_SaysSoInWordsOfItsLanguage(string language, string words)
    {
        using var stranger = visited.Portal.Visitor(language);
        foreach (var path in Paths.Append("/verify"))
            Assert.Contains(words, (await stranger.GetAsync(path)).ShouldBe(HttpStatusCode.OK).Words);
        var home = await stranger.GetAsync("/");
        Assert.NotEmpty(home.Single("footer .ledger-alone").TextContent);
        Assert.Equal(LedgerUrls.Viewer, home.Single($"footer a[href='{LedgerUrls.Viewer}']").GetAttribute("href"));
    }

    [Fact]
    public async Task PublicPages_AfterSomebodySignedIn_HoldNothingThatLeadsToHer()
    {
        var persona = visited.Persona;
        string[] hers = [persona.Id.Value, persona.Name, persona.HealthCard, persona.Household, $"{visited.Citizen}"];
        using var stranger = visited.Portal.Visitor();
        var size = visited.Log.Proven!.Checkpoint.Size;
        var all = Paths.Concat(Enumerable.Range(0, (int)size).Select(at => LedgerUrls.Record(Year, at)));
        var found = new List<string>();
        foreach (var path in all.ToList())
        {
            var page = (await stranger.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
            found.AddRange(hers.Where(value => page.Text.Contains(value, StringComparison.OrdinalIgnoreCase)));
        }
        Findings.None(found);
        // The control: her own page names her account's lines.
        using var her = TrustedCookie.SignedIn(visited.Portal, visited.Citizen);
        Assert.NotEmpty((await her.GetAsync(HistoryUrls.Page)).Html.QuerySelectorAll("[data-line]"));
    }

    [Fact]
    public async Task Viewer_ShowsTheNodeItsCheckpointsAndWhoSigned()
    {
        using var stranger = visited.Portal.Visitor();
        var page = await stranger.GetAsync(LedgerUrls.Viewer);
        var size = LedgerWords.Number(visited.Log.Proven!.Checkpoint.Size);
        Assert.Contains(size, page.Single(".node").TextContent, StringComparison.Ordinal);
        Assert.Equal(size, page.Texts(".chain .size")[0]);
        Assert.Equal(LedgerBoard.MostBlocks, page.Html.QuerySelectorAll("tbody tr").Length);
        Assert.Equal(LedgerBoard.MostBlocks, page.Html.QuerySelectorAll("tbody .dot.on").Length);
        Assert.Equal("no", page.Single("[data-live]").GetAttribute("data-live"));
    }

    [Fact]
    public async Task Records_Filtered_AreThoseAlone_AndTheFilterStaysInTheAddress()
    {
        using var stranger = visited.Portal.Visitor("en");
        var page = await stranger.GetAsync($"{LedgerUrls.Records(Year)}?op={EventKinds.SignInRefused}&res=not-ok");
        Assert.Single(page.Html.QuerySelectorAll("tbody tr"));
        Assert.Contains("signin.other-person", page.Words);
        Assert.Equal(EventKinds.SignInRefused, page.Single("#op option[selected]").GetAttribute("value"));

        var none = await stranger.GetAsync($"{LedgerUrls.Records(Year)}?via=somebody-else");
        Assert.Contains("No record fits", none.Words);
        var before = await stranger.GetAsync($"{LedgerUrls.Records(Year)}?to=2001-01-01");
        Assert.Contains("No record fits", before.Words);
        var today = await stranger.GetAsync($"{LedgerUrls.Records(Year)}?from=2001-01-01");
        Assert.NotEmpty(today.Html.QuerySelectorAll("tbody tr"));
    }

    [Fact]
    public async Task Records_MoreThanAPage_GoOnWhereItEnded()
    {
        using var stranger = visited.Portal.Visitor();
        var seen = new List<string>();
        for (var path = LedgerUrls.Records(Year); path is not null; )
        {
            var page = await stranger.GetAsync(path);
            seen.AddRange(page.Texts("tbody th a"));
            path = page.Html.QuerySelector(".actions a.button")?.GetAttribute("href");
        }
        var size = visited.Log.Proven!.Checkpoint.Size;
        Assert.Equal(Enumerable.Range(0, (int)size).Reverse().Select(at => LedgerWords.Number(at)), seen);
    }

    [Theory]
    [InlineData("/ledger/1999/records")]
    [InlineData("/ledger/1999/compare")]
    [InlineData("/ledger/1999/records/0")]
    [InlineData("/ledger/{0}/records/9999999")]
    public async Task Pages_OfWhatIsNotThere_SayThat(string path)
    {
        using var stranger = visited.Portal.Visitor();
        var page = await stranger.GetAsync(path.Replace("{0}", $"{Year}", StringComparison.Ordinal));
        page.ShouldBe(HttpStatusCode.NotFound);
        Assert.NotEmpty(page.Heading);
    }

    [Theory]
    [InlineData("from=0&to=3")]
    [InlineData("from=3&to=2")]
    [InlineData("from=1&to=9999999")]
    [InlineData("from=x&to=%00")]
    public async Task Compare_OfSizesThatAreNone_SaysWhatToGive(string query)
    {
        using var stranger = visited.Portal.Visitor();
        var page = await stranger.GetAsync($"{LedgerUrls.Compare(Year)}?{query}");
        Assert.NotEmpty(page.ShouldBe(HttpStatusCode.UnprocessableEntity).Alert);
    }

    private IEnumerable<string> Paths =>
        [
            LedgerUrls.Viewer,
            LedgerUrls.Records(Year),
            LedgerUrls.Record(Year, 0),
            LedgerUrls.Compare(Year),
            LedgerUrls.Compare(Year, 1, 3),
        ];

    /// <summary>A portal in which a persona has signed in, and much else has happened.</summary>
    public sealed class Visited : IAsyncLifetime
    {
        public Portal Portal { get; } = Portal.Start(new PortalOptions { Services = TrustedCookie.Add });

        public MyData.Web.Sandbox.Personas.Persona Persona { get; } = SandboxSteps.Persona("lin");

        public Guid Citizen { get; private set; }

        public OpenLog Log => Portal.Services.GetRequiredService<OpenLogs>().Current!;

        public int Year => Log.Year;

        public async ValueTask InitializeAsync()
        {
            using var browser = Portal.Visitor();
            await browser.SignInFirstTimeAsync(Persona);
            Citizen = (await Portal.EventAsync(EventKinds.SignInSucceeded)).CitizenId!.Value;
            for (var i = 0; i < LedgerRecords.PageSize; i++)
                await RaiseAsync(EventKinds.SignInSucceeded, "ok");
            await RaiseAsync(EventKinds.SignInRefused, "signin.other-person");
        }

        public ValueTask DisposeAsync() => Portal.DisposeAsync();

        private Task RaiseAsync(string kind, string code) =>
            Portal
                .Services.GetRequiredService<IWriter>()
                .WriteAsync(scope =>
                    scope.Raise(
                        new Event
                        {
                            Kind = kind,
                            Actor = "citizen",
                            CitizenId = Citizen,
                            Code = code,
                        }
                    )
                );
    }
}
