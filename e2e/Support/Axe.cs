using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace MyData.E2E.Support;

/// <summary>axe-core on the page as it stands, in the page itself; its script is loaded once a document.</summary>
internal static class Axe
{
    private const string Look = """
        async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
          .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.html}`))
        """;
    private static readonly string Load = $"() => {{ {new BundledAxeScriptProvider().GetScript()} }}";

    /// <summary>One line for each element that breaks a rule.</summary>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("() => !!window.axe"))
            await page.EvaluateAsync(Load);
        return await page.EvaluateAsync<string[]>(Look);
    }
}
