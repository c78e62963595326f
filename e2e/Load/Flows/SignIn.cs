using System.Text.RegularExpressions;
using MyData.Load.Browsing;

namespace MyData.Load.Flows;

/// <summary>How a citizen comes in: the first time by two proofs of different kind, later by one.</summary>
public static partial class SignIn
{
    private const string Page = "/signin";
    private const string DocumentsPage = "/signin/documents";
    private const string UpstreamStart = "/signin/oidc/start";
    private const string WelcomePage = "/signin/welcome";

    public static async Task FirstTimeAsync(Browser browser, Person person, CancellationToken token)
    {
        var page = await ByDocumentsAsync(browser, person, token);
        // Known already, where another run of this program was here before.
        if (!page.Path.StartsWith(Page, StringComparison.Ordinal))
            return;
        page = (await ByUpstreamAsync(browser, person, token)).At(WelcomePage);
        page = await browser.SubmitAsync(page, $"action=\"{WelcomePage}\"", token);
        if (page.Path.StartsWith(Page, StringComparison.Ordinal))
            throw page.Unexpected("the first sign-in did not end");
    }

    public static async Task<Answer> ByDocumentsAsync(Browser browser, Person person, CancellationToken token)
    {
        (await browser.GetAsync(Page, token)).At(Page);
        var form = (await browser.GetAsync(DocumentsPage, token)).At(DocumentsPage);
        return await browser.SubmitAsync(
            form,
            "name=\"health_card\"",
            token,
            ("id", person.Id),
            ("health_card", person.HealthCard),
            ("household", person.Household)
        );
    }

    public static async Task<Answer> ByUpstreamAsync(Browser browser, Person person, CancellationToken token)
    {
        var choice = await browser.GetAsync(UpstreamStart, token);
        if (Personas().Matches(choice.Text) is not { } people || people.Count <= person.Number)
            throw choice.Unexpected("the identity provider offers nobody");
        return await browser.SubmitAsync(
            choice,
            "name=\"persona\"",
            token,
            ("persona", people[person.Number].Groups["key"].Value),
            ("decision", "agree")
        );
    }

    [GeneratedRegex("name=\"persona\" value=\"(?<key>[^\"]+)\"")]
    private static partial Regex Personas();
}
