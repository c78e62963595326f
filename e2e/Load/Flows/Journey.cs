using MyData.Load.Browsing;

namespace MyData.Load.Flows;

/// <summary>The whole flow of one citizen: sign-in, catalogue, consent, transfer, fetch, open and verify, done.</summary>
public sealed class Journey(Packages packages, Person person, HttpClient client, Uri portal)
{
    /// <summary>Two native data sets: household register and labour insurance.</summary>
    private const string Choice = "ds=API.7QovE2Gev6&ds=API.UZQkKbsOpz";
    private const int DataSets = 2;

    /// <summary>How often she has looked at her progress page, over all her visits.</summary>
    public int Looks { get; private set; }

    /// <summary>Her first visit: two proofs, then the same flow.</summary>
    public async Task FirstAsync(CancellationToken token)
    {
        var browser = new Browser(client, portal);
        await SignIn.FirstTimeAsync(browser, person, token);
        await DownloadAsync(browser, token);
    }

    /// <summary>A later visit, in a browser that holds no session.</summary>
    public async Task AgainAsync(CancellationToken token)
    {
        var browser = new Browser(client, portal);
        var page = await SignIn.ByDocumentsAsync(browser, person, token);
        if (page.Path.StartsWith("/signin", StringComparison.Ordinal))
            throw page.Unexpected("not signed in");
        await DownloadAsync(browser, token);
    }

    private async Task DownloadAsync(Browser browser, CancellationToken token)
    {
        (await browser.GetAsync("/datasets", token)).At("/datasets");
        var consent = await Consent.GiveAsync(browser, Choice, token);
        Looks += await Packages.WaitAsync(browser, consent, DataSets, token);
        var (page, nationalId, waiting) = await Packages.ListAsync(browser, consent, token);
        if (waiting.Count != DataSets || nationalId != person.Id)
            throw page.Unexpected("not what she agreed to");
        foreach (var package in waiting)
        {
            var bytes = await Packages.FetchAsync(browser, consent, package, token);
            packages.Verify(bytes, consent, package, nationalId);
        }
        (await browser.SubmitAsync(page, "data-done", token)).At("/");
    }
}
