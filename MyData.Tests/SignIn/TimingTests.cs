using System.Diagnostics;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

/// <summary>
/// Requirement R17, its second half: whether a number belongs to an account, to somebody without one, or to nobody cannot be
/// told by the clock. The number is asked for at one endpoint only; the medians may differ by less than 5 ms.
/// </summary>
[Collection(Alone.Name)]
public sealed class TimingTests
{
    private const double MostMilliseconds = 5;
    private const int Rounds = 3;
    private const int Samples = 60;

    [Fact]
    public async Task Documents_KnownUnboundAndUnknownNumbers_TakeTheSameTime()
    {
        await using var house = await SignInHouse.StartAsync(
            ("MyData:SignIn:Rate:PersonFailures", "100000"),
            ("MyData:SignIn:Rate:NetworkFailures", "100000")
        );
        var (known, unbound, unknown) = (Person.Number(1), Person.Number(2), Person.Number(9_003));
        (await house.CitizenAsync(known)).Dispose();
        using var browser = house.Portal.Visitor(from: new([127, 4, 0, 1]));
        await browser.GetAsync(SignInUrls.Documents);
        var token = browser.Page.Html.QuerySelector("input[name=_form]")!.GetAttribute("value")!;
        Person[] people = [known, unbound, unknown];
        var took = people.ToDictionary(person => person, _ => new List<double>());
        // The first ones compile and fill caches.
        foreach (var person in people)
            for (var i = 0; i < 5; i++)
                await AskAsync(browser, token, person);

        var apart = double.MaxValue;
        for (var round = 0; round < Rounds && apart >= MostMilliseconds; round++)
        {
            foreach (var samples in took.Values)
                samples.Clear();
            // One after another in every order, so that what else the machine does falls on all alike.
            for (var i = 0; i < Samples; i++)
            for (var place = 0; place < people.Length; place++)
            {
                var person = people[(i + place) % people.Length];
                took[person].Add(await AskAsync(browser, token, person));
            }
            var medians = took.Values.Select(Median).ToList();
            apart = medians.Max() - medians.Min();
        }
        Assert.True(apart < MostMilliseconds, $"The medians are {apart:F1} ms apart.");
    }

    private static async Task<double> AskAsync(CitizenDriver browser, string token, Person person)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, SignInUrls.Documents)
        {
            Content = new FormUrlEncodedContent([
                new("_form", token),
                new("id", person.Id),
                new("health_card", "999999999999"),
                new("household", person.Household),
            ]),
        };
        var started = Stopwatch.GetTimestamp();
        using var answer = await browser.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Assert.Contains(DocumentSignIn.NoMatch, text, StringComparison.Ordinal);
        return took;
    }

    private static double Median(List<double> samples) => samples.Order().ElementAt(samples.Count / 2);
}
