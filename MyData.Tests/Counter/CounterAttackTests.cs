using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Counter;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Tests.Support;
using MyData.Web.Features.LedgerApi;

namespace MyData.Tests.Counter;

/// <summary>Many at once, somebody else's, guesses and rubbish (security.md C1, C3, C4, C6, R10).</summary>
public sealed class CounterAttackTests(CounterHouse house) : IClassFixture<CounterHouse>
{
    [Fact]
    public async Task Redeem_HundredAtOnce_OneSucceeds()
    {
        var (_, _, ticket) = await house.TicketAsync("lin", "paper");
        var clerk = await house.ClerkAsync("hro");
        Assert.True((await clerk.ScanAsync(ticket.Number)).IsOk);
        var card = SandboxSteps.Persona("lin").Id.Value[^4..];
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => clerk.CardAsync(card)));
        Assert.Single(answers, answer => answer.IsOk);
        Assert.All(answers.Where(answer => !answer.IsOk), answer => Assert.Equal(CounterCodes.Used, answer.Code));
        Assert.Single(await house.EventsAsync(ticket.ConsentId), e => e.Kind == EventKinds.CounterConfirmed);
    }

    [Fact]
    public async Task Scan_ManyClerksAtOnce_OneHoldsIt()
    {
        var (_, _, ticket) = await house.TicketAsync("chen");
        var clerks = new List<ClerkAtWork>();
        for (var n = 0; n < 8; n++)
            clerks.Add(await house.ClerkAsync("hro"));
        var answers = await Task.WhenAll(clerks.Select(clerk => clerk.ScanAsync(ticket.Number)));
        Assert.Single(answers, answer => answer.IsOk);
    }

    [Fact]
    public async Task Calls_OnSomebodyElsesTicket_GiveNothing()
    {
        var (_, _, ticket) = await house.TicketAsync("chang");
        var clerk = await house.ClerkAsync("hro");
        await clerk.HandOverAsync(ticket);
        var url = (await clerk.PackagesAsync()).Json[0].GetProperty("url").GetString()!;

        // Another session of the same clerk, a colleague, a citizen who knows the ids, a stranger.
        var again = await house.ClerkAsync("hro");
        var colleague = await house.ClerkAsync("east");
        foreach (var other in new[] { again, colleague })
        {
            Assert.Equal(CounterCodes.NotYours, (await other.Calls.GetAsync(url)).Code);
            foreach (var call in new[] { "state?seen=-1", "packages" })
                Assert.Equal(CounterCodes.NotYours, (await other.Calls.GetAsync(clerk.Url(call))).Code);
            foreach (var call in new[] { "printed", "case", "reveal" })
                Assert.False((await other.Calls.PostAsync(clerk.Url(call), ("number", "1"))).IsOk);
            Assert.Equal(
                CounterCodes.NotYours,
                (await other.Calls.PostAsync(clerk.Url("card"), ("card", "1174"))).Code
            );
            // "Next" says nothing, and ends nothing of anybody else's.
            await other.Calls.PostAsync(clerk.Url("next"));
        }
        Assert.Equal(TicketState.Redeemed, (await house.RowAsync(ticket.TicketId)).State);

        var curious = await house.CitizenAsync("wang");
        await curious.GetAsync("/counters");
        var calls = PageCalls.Of(curious);
        foreach (var call in new[] { "state?seen=-1", "heads" })
            Assert.Equal(CounterCodes.Over, (await calls.GetAsync(ticket.Url(call))).Code);
        foreach (var call in new[] { "decline", "confirm", "print", "answer" })
            Assert.False((await calls.PostAsync(ticket.Url(call), ("entries", "{}"))).IsOk);
        (await curious.GetAsync($"/counter/{ticket.ConsentId}")).ShouldBe(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.SeeOther, (await calls.GetAsync(url)).Status);
        using var stranger = house.Portal.Visitor();
        (await stranger.GetAsync("/counter/desk")).ShouldBeAt("/staff/signin");
    }

    [Fact]
    public async Task Guesses_FiveCloseTheClerkAndDevice_NotAColleague()
    {
        var guessing = await house.ClerkAsync("west");
        for (var n = 0; n < 5; n++)
            Assert.Equal(CounterCodes.Unknown, (await guessing.ScanAsync(TicketNumber.New().Value)).Code);
        var closed = await guessing.ScanAsync(TicketNumber.New().Value);
        Assert.Equal((HttpStatusCode.TooManyRequests, CounterCodes.Closed), (closed.Status, closed.Code));
        Assert.True(
            closed.Json.GetProperty("until").GetDateTimeOffset() > TimeProvider.System.GetUtcNow().AddMinutes(14)
        );
        // Somebody else in the same browser is closed with it, in one of her own she is not.
        var sameDevice = await ClerkAtWork.SignInAsync(guessing.Browser, "east");
        Assert.Equal(CounterCodes.Closed, (await sameDevice.ScanAsync(TicketNumber.New().Value)).Code);
        Assert.Equal(
            CounterCodes.Unknown,
            (await (await house.ClerkAsync("east")).ScanAsync(TicketNumber.New().Value)).Code
        );
        Assert.Contains(await house.Portal.EventsAsync(), e => e.Kind == EventKinds.CounterClosed);
        Assert.Contains(
            await house.Get<CounterLocks>().ClosedAsync(TestContext.Current.CancellationToken),
            f => f.Key.StartsWith("clerk:", StringComparison.Ordinal)
        );
        await house.OpenAgainAsync();
    }

    [Fact]
    public async Task Guesses_BetweenScansOfOnesOwnTicket_CloseTheClerkAllTheSame()
    {
        var (_, _, own) = await house.TicketAsync("wang");
        var clerk = await house.ClerkAsync("hro");
        for (var n = 0; n < 5; n++)
        {
            Assert.Equal(CounterCodes.Unknown, (await clerk.ScanAsync(TicketNumber.New().Value)).Code);
            Assert.Equal(n < 4, (await clerk.ScanAsync(own.Number)).IsOk);
        }
        Assert.Equal(CounterCodes.Closed, (await clerk.ScanAsync(TicketNumber.New().Value)).Code);
        await house.OpenAgainAsync();
        // What she is handed forgives her.
        Assert.Equal(CounterCodes.Unknown, (await clerk.ScanAsync(TicketNumber.New().Value)).Code);
        await clerk.HandOverAsync(own);
        await clerk.OpenAsync();
        Assert.DoesNotContain(
            await house.Portal.ReadAsync(db => db.Set<CounterFailure>().ToListAsync()),
            f => !f.Key.StartsWith("office:", StringComparison.Ordinal)
        );
        await house.OpenAgainAsync();
    }

    [Fact]
    public async Task Clerk_WhoRepeatsHerself_FillsNeitherHistoryNorLog()
    {
        var (_, _, ticket) = await house.TicketAsync("kolas");
        var clerk = await house.ClerkAsync("hro");
        for (var n = 0; n < 5; n++)
            Assert.True((await clerk.ScanAsync(ticket.Number)).IsOk);
        await clerk.HandOverAsync(ticket);
        for (var n = 0; n < 5; n++)
        {
            Assert.True((await clerk.PostAsync("printed")).IsOk);
            Assert.True((await clerk.PostAsync("case", ("number", "113-1"))).IsOk);
        }
        var most = house.Get<CounterSettings>().MostCaseNotes;
        for (var n = 2; n <= most; n++)
            Assert.True((await clerk.PostAsync("case", ("number", $"113-{n}"))).IsOk);
        Assert.Equal(CounterCodes.TooManyNotes, (await clerk.PostAsync("case", ("number", "114-1"))).Code);
        var told = await house.EventsAsync(ticket.ConsentId);
        Assert.Single(told, e => e.Kind == EventKinds.CounterScanned);
        Assert.Single(told, e => e.Kind == EventKinds.CounterPrinted);
        Assert.Equal(most, told.Count(e => e.Kind == EventKinds.CounterCaseNoted));
    }

    [Fact]
    public async Task Bell_KeepsNothingOfWhomNobodyWaitsFor_AndRingsForThoseWhoDo()
    {
        var (bell, stop) = (new TicketBell(TimeProvider.System), TestContext.Current.CancellationToken);
        for (var n = 0; n < 1000; n++)
        {
            Assert.Null(await bell.NextAsync(Guid.NewGuid(), () => Task.FromResult<string?>(null), _ => false, stop));
            Assert.Equal(
                "new",
                await bell.NextAsync(Guid.NewGuid(), () => Task.FromResult<string?>("new"), _ => true, stop)
            );
        }
        Assert.Equal(0, bell.Waiting);
        var (id, seen) = (Guid.NewGuid(), "old");
        var two = Enumerable
            .Range(0, 2)
            .Select(_ => bell.NextAsync(id, () => Task.FromResult<string?>(seen), one => one == "new", stop))
            .ToList();
        Assert.Equal(1, bell.Waiting);
        seen = "new";
        bell.Ring(id);
        Assert.All(await Task.WhenAll(two), one => Assert.Equal("new", one));
        Assert.Equal(0, bell.Waiting);
        using var gone = new CancellationTokenSource();
        var left = bell.NextAsync(id, () => Task.FromResult<string?>("old"), _ => false, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal(0, bell.Waiting);
    }

    [Fact]
    public void EndpointsThatAreHeldOpen_AreNoAnswerTimes()
    {
        var held = house
            .Get<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(one =>
                one.RoutePattern.RawText is { } route
                && (
                    (
                        route.StartsWith("/counter/", StringComparison.Ordinal)
                        && route.EndsWith("/state", StringComparison.Ordinal)
                    ) || route is ApiUrls.Events or ApiUrls.Export
                )
            )
            .ToList();
        Assert.Equal(4, held.Count);
        Assert.All(held, one => Assert.NotNull(one.Metadata.GetMetadata<IDisableHttpMetricsMetadata>()));
    }

    [Fact]
    public async Task Guesses_FiftyOfOneOffice_CloseItAndNoOther()
    {
        var desk = house.Get<CounterDesk>();
        var commitment = Base64UrlText.Encode(new byte[32]);
        async Task<string> Guess(int clerk, string office) =>
            (
                await desk.ScanAsync(
                    new Clerk(new Guid(clerk, 0, 0, new byte[8]), Guid.NewGuid(), office, $"device-{office}-{clerk}"),
                    TicketNumber.New().Value,
                    commitment,
                    TestContext.Current.CancellationToken
                )
            ).Code;
        for (var n = 0; n < 50; n++)
            Assert.Equal(CounterCodes.Unknown, await Guess(n / 4, "crowded"));
        Assert.Equal(CounterCodes.OfficeClosed, await Guess(99, "crowded"));
        Assert.Equal(CounterCodes.Unknown, await Guess(99, "quiet"));
        await house.OpenAgainAsync();
    }

    [Fact]
    public async Task Scan_NaughtyStrings_AreRefusedAndCountForNothing()
    {
        var clerk = await house.ClerkAsync("dmv");
        string[] more =
        [
            "",
            "0",
            new string('A', 10_000),
            "' OR 1=1 --",
            "0123456789\0",
            "<script>1</script>",
            "０１２３４５６７８９",
        ];
        using var stream = typeof(Program).Assembly.GetManifestResourceStream("Sandbox/naughty-strings.json")!;
        var naughty = JsonSerializer.Deserialize<string[]>(stream)!;
        Assert.NotEmpty(naughty);
        foreach (var text in naughty.Concat(more))
        {
            var answer = await clerk.ScanAsync(text);
            // What is no form at all the framework refuses before.
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.True(answer.Code is null or CounterCodes.Malformed, answer.Body);
        }
        Assert.Equal(CounterCodes.Unknown, (await clerk.ScanAsync(TicketNumber.New().Value)).Code);
        await house.OpenAgainAsync();
    }

    [Fact]
    public async Task TakeOver_Once_SignedForTheSealsSeen_AndHerCaseStandsInHerPage()
    {
        var (citizen, _, ticket) = await house.TicketAsync("li");
        var clerk = await house.ClerkAsync("hro");
        await clerk.HandOverAsync(ticket);
        var opened = Assert.Single(await clerk.OpenAsync()).Value;
        var digest = Base64UrlText.Encode(System.Security.Cryptography.SHA256.HashData(opened.Zip));
        var files = $"{{\"{opened.Head.Transfer}\":\"{digest}\"}}";
        Task<CounterAnswer> Take(string number, string digests) =>
            clerk.PostAsync("takeover", ("number", number), ("digests", digests));
        Assert.Equal(CounterCodes.Malformed, (await Take("=cmd|' /C calc'!A0", files)).Code);
        var first = await Take("113-0042", files);
        var statement = first.Json.GetProperty("statement").GetString()!;
        // Signed anew, and the same words: a signature by an elliptic curve is another one each time.
        var again = (await Take("113-0042", files)).Json.GetProperty("statement").GetString()!;
        Assert.Equal(statement.Split('.')[1], again.Split('.')[1]);
        Assert.Equal(CounterCodes.TakenOver, (await Take("113-0043", files)).Code);

        var keys = house.Get<MyData.Core.Data.SigningKeys>().Published.ToList();
        var signed = Jws.Verify(statement, keys, JoseNames.SignatureAlgs, CounterCases.Type);
        using var content = JsonDocument.Parse(signed.Payload);
        var package = content.RootElement.GetProperty("packages")[0];
        Assert.Equal(opened.Digest.Hex, package.GetProperty("seal").GetString());
        Assert.Equal(digest, package.GetProperty("zip_sha256").GetString());
        Assert.Contains(
            "113-0042",
            (await citizen.GetAsync($"/counter/{ticket.ConsentId}")).Words,
            StringComparison.Ordinal
        );
        Assert.Single(await house.EventsAsync(ticket.ConsentId), e => e.Kind == EventKinds.CounterTakenOver);
    }

    [Fact]
    public async Task Show_PackageWithMoreFieldsThanRegistered_AsksForANarrowOne()
    {
        var citizen = await house.CitizenAsync("huang");
        await house.FetchAsync(citizen, CounterHouse.Household, CounterHouse.Labour);
        var page = await citizen.GetAsync($"/counters/{CounterHouse.Rent}/show");
        Assert.Equal(
            CounterHouse.Household,
            page.Single("form[action='/download'] input[type=hidden][name=ds]").GetAttribute("value")
        );
        await citizen.GetAsync($"/download/consent?ds={CounterHouse.Household}&for={CounterHouse.Rent}");
        Assert.DoesNotContain("配偶", citizen.Page.Words, StringComparison.Ordinal);
        Assert.Contains("租金補貼", citizen.Page.Words, StringComparison.Ordinal);
    }
}
