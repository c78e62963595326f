using MyData.E2E.Support;

namespace MyData.E2E.Journeys;

/// <summary>Everything that a visitor can reach by links from the first page, as she may see it.</summary>
public sealed class PublicPagesTests
{
    [Theory]
    [InlineData("zh-TW", false, 360)]
    [InlineData("en", true, 1200)]
    public async Task PublicPages_EveryLinkFollowed_AreThereAndAccessible(string language, bool dark, int width)
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader
            {
                Language = language,
                Dark = dark,
                Width = width,
            },
            async journey =>
            {
                var found = new List<string>();
                var ahead = new Queue<string>(["/"]);
                var seen = new HashSet<string>(["/"]);
                while (ahead.TryDequeue(out var path))
                {
                    var response = await journey.Page.GotoAsync(path);
                    if (
                        response!.Headers.TryGetValue("content-type", out var type)
                        && !type.Contains("html", StringComparison.Ordinal)
                    )
                        continue;
                    if (!response.Ok)
                        found.Add($"{path}: {response.Status}");
                    found.AddRange(await journey.FlawsOfLooksAsync());
                    if (await journey.Page.GetAttributeAsync("html", "lang") != language)
                        found.Add($"{path}: not in {language}");
                    foreach (var link in await LinksAsync(journey))
                        if (seen.Add(link))
                            ahead.Enqueue(link);
                }
                Assert.True(seen.Count > 1);
                Assert.True(found.Count == 0, string.Join('\n', found));
            }
        );
    }

    // Links of this portal, one query each; the switches would change who is reading, and the sandbox is not the portal.
    private static async Task<IEnumerable<string>> LinksAsync(Journey journey)
    {
        var links = await journey.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('a[href]:not([download])')].filter(a => a.origin === location.origin).map(a => a.pathname)"
        );
        return links.Where(path =>
            !path.StartsWith("/language/", StringComparison.Ordinal)
            && !path.StartsWith("/theme/", StringComparison.Ordinal)
            && !path.StartsWith("/sandbox", StringComparison.Ordinal)
        );
    }
}
