using System.Net;
using System.Text.RegularExpressions;
using MyData.Core.Citizens;
using MyData.Core.Events;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

public sealed partial class DocumentTests(SignInHouse house) : IClassFixture<SignInHouse>
{
    private static int _network;

    [Fact]
    public async Task Documents_KnownAndUnknownPeople_GetTheSameBytes()
    {
        var citizen = Person.Number(1);
        (await house.CitizenAsync(citizen)).Dispose();
        var started = Person.Number(2);
        using (var half = house.Portal.Visitor())
            await SignInHouse.DocumentsAsync(half, started);
        string[] ids = [citizen.Id, started.Id, Person.Number(3).Id, Person.Number(9_000).Id];
        var answers = new List<string>();
        foreach (var id in ids)
        {
            using var browser = Somewhere();
            var page = await SignInHouse.DocumentsAsync(browser, new(id, "", "999999999999", "Z9999999"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
            Assert.Contains(DocumentSignIn.NoMatch, page.Text, StringComparison.Ordinal);
            var headers = string.Join(
                '\n',
                page.Headers.Where(h => h.Key != "Date").Select(h => $"{h.Key}: {h.Value}")
            );
            answers.Add(Same(page.Text, id) + Same(headers, id));
        }
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Documents_KnownAndUnknownPeople_AreAskedOfTheAuthorityAlikeAndLeaveTheSameTrace()
    {
        var citizen = Person.Number(4);
        (await house.CitizenAsync(citizen)).Dispose();
        foreach (var id in new[] { citizen.Id, Person.Number(9_001).Id })
        {
            using var browser = Somewhere();
            var (asked, before) = (house.Documents.Asked, (await house.Portal.EventsAsync()).Count);
            await SignInHouse.DocumentsAsync(browser, new(id, "", "999999999999", "Z9999999"));
            Assert.Equal(asked + 1, house.Documents.Asked);
            var added = (await house.Portal.EventsAsync()).Skip(before).ToList();
            var refused = Assert.Single(added);
            Assert.Equal((EventKinds.SignInRefused, DocumentSignIn.NoMatch), (refused.Kind, refused.Code));
            Assert.Equal(id == citizen.Id, refused.CitizenId is not null);
            Assert.DoesNotContain(id, refused.Details, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Documents_FiveFailures_MeanWaiting_AndOnlyForThatPersonThere()
    {
        var victim = Person.Number(5);
        (await house.CitizenAsync(victim)).Dispose();
        using var attacker = Somewhere();
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await WrongAsync(attacker, victim)).Status);
        var asked = house.Documents.Asked;
        var blocked = await WrongAsync(attacker, victim);
        Assert.Equal(HttpStatusCode.TooManyRequests, blocked.Status);
        Assert.Equal("30", blocked.Headers["Retry-After"]);
        Assert.Contains(victim.Id, blocked.Text, StringComparison.Ordinal);
        Assert.Equal(asked, house.Documents.Asked);
        // Not even with the right numbers: a wait is a wait.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SignInHouse.DocumentsAsync(attacker, victim)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await WrongAsync(attacker, Person.Number(9_002))).Status);
        using var elsewhere = Somewhere();
        await SignInHouse.DocumentsAsync(elsewhere, victim);
        Assert.True(await SignInHouse.IsSignedInAsync(elsewhere));
    }

    [Fact]
    public async Task Documents_Waiting_DoublesAndEndsAtAQuarterOfAnHour()
    {
        var victim = Person.Number(6);
        using var attacker = Somewhere();
        for (var i = 0; i < 5; i++)
            await WrongAsync(attacker, victim);
        foreach (var seconds in new[] { 30, 60, 120, 240, 480, 900, 900 })
        {
            var blocked = await WrongAsync(attacker, victim);
            Assert.Equal($"{seconds}", blocked.Headers["Retry-After"]);
            house.Time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await WrongAsync(attacker, victim)).Status);
        }
    }

    [Fact]
    public async Task Documents_FiftyAtOnce_GetNoMoreTriesThanOneByOne()
    {
        var victim = Person.Number(7);
        using var attacker = Somewhere();
        await attacker.GetAsync(SignInUrls.Documents);
        var token = attacker.Page.Html.QuerySelector("input[name=_form]")!.GetAttribute("value")!;
        var asked = house.Documents.Asked;
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i =>
                    attacker.SendAsync(
                        new(HttpMethod.Post, SignInUrls.Documents)
                        {
                            Content = new FormUrlEncodedContent([
                                new("_form", token),
                                new("id", victim.Id),
                                new("health_card", $"{i:D12}"),
                                new("household", "Z9999999"),
                            ]),
                        }
                    )
                )
        );
        Assert.Equal(5, house.Documents.Asked - asked);
        Assert.Equal(45, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
        Array.ForEach(answers, a => a.Dispose());
    }

    [Fact]
    public async Task Documents_ASweepOfPeopleFromOneNetwork_IsCutOff_AndHerOwnDeviceThereIsNot()
    {
        var victim = Person.Number(8);
        var address = Network();
        using var hers = house.Portal.Visitor(from: address);
        await SignInHouse.DocumentsAsync(hers, victim);
        await house.UpstreamAsync(hers, victim);
        await hers.SubmitAsync("welcome");
        await hers.GetAsync("/account");
        await hers.PostAsync(SignInUrls.SignOut);

        using var sweeper = house.Portal.Visitor(from: address);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 60; i++)
            statuses.Add((await WrongAsync(sweeper, Person.Number(8_000 + i))).Status);
        Assert.Equal(50, statuses.Count(s => s == HttpStatusCode.UnprocessableEntity));
        Assert.All(statuses.Skip(50), s => Assert.Equal(HttpStatusCode.TooManyRequests, s));

        await SignInHouse.DocumentsAsync(hers, victim);
        Assert.True(await SignInHouse.IsSignedInAsync(hers));
    }

    [Fact]
    public async Task Documents_TheAuthorityIsAway_IsSaidAndDoesNotCount()
    {
        var person = Person.Number(9);
        using var browser = Somewhere();
        house.Documents.IsDown = true;
        for (var i = 0; i < 10; i++)
        {
            var page = await SignInHouse.DocumentsAsync(browser, person);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
            Assert.Contains(DocumentSignIn.Unavailable, page.Text, StringComparison.Ordinal);
        }
        house.Documents.IsDown = false;
        Assert.Equal("/signin", (await SignInHouse.DocumentsAsync(browser, person)).Path);
    }

    [Theory]
    [InlineData("Ａ１２３４５６７８９", "１２３４　５６７８　９０１２", "ｆ１２３４５６７")]
    [InlineData(" a123456789 ", "1234-5678-9012", "f 1234567")]
    public async Task Documents_AsPeopleType_AreRead(string id, string card, string household)
    {
        house.Documents.Add(new Person("A123456789", "甲", "123456789012", "F1234567"));
        using var browser = Somewhere();
        Assert.Equal("/signin", (await SignInHouse.DocumentsAsync(browser, new(id, "", card, household))).Path);
    }

    [Fact]
    public async Task Documents_NothingTyped_SaysWhatIsMissingAtEachField()
    {
        using var browser = Somewhere();
        var page = await SignInHouse.DocumentsAsync(browser, new("", "", " ", "　"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        var summary = page.Html.QuerySelector(".error-summary")!;
        Assert.True(summary.HasAttribute("autofocus") && summary.GetAttribute("role") == "alert");
        Assert.Equal(3, summary.QuerySelectorAll("a").Length);
        foreach (var field in new[] { "id", "health_card", "household" })
        {
            var input = page.Html.QuerySelector($"input[name={field}]")!;
            Assert.Equal("true", input.GetAttribute("aria-invalid"));
            Assert.Contains($"{field}-error", input.GetAttribute("aria-describedby"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Documents_WithoutAFormToken_AreRefused()
    {
        using var browser = Somewhere();
        var asked = house.Documents.Asked;
        var page = await browser.PostWithTokenAsync(SignInUrls.Documents, null, ("id", Person.Number(1).Id));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Equal(asked, house.Documents.Asked);
    }

    [Fact]
    public async Task Log_AfterAll_HoldsNoNumberAndNoName()
    {
        var person = Person.Number(10);
        using var browser = await house.CitizenAsync(person);
        await WrongAsync(browser, person);
        foreach (var line in house.Portal.Log.All)
        foreach (var secret in new[] { person.Id, person.Name, person.HealthCard, person.Household })
            Assert.DoesNotContain(secret, line, StringComparison.Ordinal);
    }

    private static Task<Page> WrongAsync(CitizenDriver browser, Person person) =>
        SignInHouse.DocumentsAsync(browser, person with { HealthCard = "999999999999" });

    private CitizenDriver Somewhere() => house.Portal.Visitor(from: Network());

    private static IPAddress Network() => new([127, 2, 0, (byte)Interlocked.Increment(ref _network)]);

    // The form token is random in every answer, and the number is what she typed herself.
    private static string Same(string text, string id) =>
        Token().Replace(text, "").Replace(id, "", StringComparison.Ordinal);

    [GeneratedRegex("CfDJ8[A-Za-z0-9_-]+")]
    private static partial Regex Token();
}
