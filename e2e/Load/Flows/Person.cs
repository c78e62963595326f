using System.Text.RegularExpressions;
using MyData.Load.Browsing;

namespace MyData.Load.Flows;

/// <summary>One of the sandbox's made-up people: what proves who she is.</summary>
public sealed partial record Person(int Number, string Id, string HealthCard, string Household)
{
    /// <summary>The first of the sandbox's people: those with data everywhere. The others are its special cases.</summary>
    private const int Ordinary = 6;

    /// <summary>Reads them off the sandbox's own page.</summary>
    public static async Task<IReadOnlyList<Person>> ListAsync(HttpClient client, Uri sandbox, CancellationToken token)
    {
        var page = await new Browser(client, sandbox).GetAsync("/sandbox", token);
        List<Person> people =
        [
            .. People()
                .Matches(page.At("/sandbox").Text)
                .Take(Ordinary)
                .Select(
                    (found, number) =>
                        new Person(
                            number,
                            found.Groups["id"].Value,
                            found.Groups["card"].Value,
                            found.Groups["household"].Value
                        )
                ),
        ];
        return people.Count == Ordinary ? people : throw page.Unexpected("too few people in the sandbox");
    }

    [GeneratedRegex(
        @"\b(?<id>[A-Z][1289]\d{8})\b.*?\b(?<card>\d{12})\b.*?\b(?<household>[A-Z]\d{7})\b",
        RegexOptions.Singleline
    )]
    private static partial Regex People();
}
