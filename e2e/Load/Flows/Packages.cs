using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Load.Browsing;

namespace MyData.Load.Flows;

/// <summary>One package that waits, as the page that opens packages lists it.</summary>
public sealed record Waiting(string Id, string DataSet, string PackageUrl, string CertificateSha256);

/// <summary>Her browser's part at the end: watch, fetch with the claim, decrypt, and check all that the page's module checks.</summary>
public sealed class Packages(IProviderCertificateCheck roots)
{
    private const string ReadyMark = "data-state=\"Ready\"";
    private static readonly string[] Ended =
    [
        "data-state=\"Failed\"",
        "data-state=\"Empty\"",
        "data-state=\"Expired\"",
    ];
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LookAtOnce = TimeSpan.FromMilliseconds(20);
    private readonly ConcurrentDictionary<string, bool> _trusted = new();

    public static async Task<Packages> TrustingAsync(Browser browser, CancellationToken token)
    {
        var answer = await browser.GetAsync("/.well-known/mydata-trust.json", token);
        using var trust = JsonDocument.Parse(answer.Body);
        var roots = trust
            .RootElement.GetProperty("roots")
            .EnumerateArray()
            .Select(root => X509CertificateLoader.LoadCertificate(root.GetBytesFromBase64()));
        return new Packages(new ConfiguredRoots(roots));
    }

    /// <summary>
    /// Looks at the progress page again and again, as a browser without script would, until all have come. Alone she is as
    /// eager as a live page, which is told; in a crowd each look costs the others.
    /// </summary>
    /// <returns>how often she looked</returns>
    /// <exception cref="LoadException">A transfer has ended without a package.</exception>
    public static async Task<int> WaitAsync(
        Browser browser,
        Consent consent,
        int count,
        CancellationToken token,
        bool alone = false
    )
    {
        var page = consent.Progress;
        var looks = 1;
        for (; Count(page.Text, ReadyMark) < count; looks++)
        {
            if (Ended.Any(mark => page.Text.Contains(mark, StringComparison.Ordinal)))
                throw page.Unexpected("a transfer ended");
            await Task.Delay(alone ? LookAtOnce : LookAgain, token);
            page = (await browser.GetAsync(consent.ProgressPath, token)).At(consent.ProgressPath);
        }
        return looks;
    }

    public static async Task<(Answer Page, string NationalId, IReadOnlyList<Waiting> Waiting)> ListAsync(
        Browser browser,
        Consent consent,
        CancellationToken token
    )
    {
        var page = (await browser.GetAsync(consent.OpenPath, token)).At(consent.OpenPath);
        using var model = JsonDocument.Parse(page.Block("open-data"));
        return (
            page,
            model.RootElement.GetProperty("nationalId").GetString()!,
            [
                .. model
                    .RootElement.GetProperty("transfers")
                    .EnumerateArray()
                    .Select(transfer => transfer.Deserialize<Waiting>(JsonSerializerOptions.Web)!),
            ]
        );
    }

    /// <summary>The sealed package as it came.</summary>
    public static async Task<byte[]> FetchAsync(
        Browser browser,
        Consent consent,
        Waiting package,
        CancellationToken token
    )
    {
        using var response = await ClaimAsync(browser, consent, package, token);
        return await response.Content.ReadAsByteArrayAsync(token);
    }

    /// <summary>The same as it comes. The answer ends with the stream.</summary>
    public static async Task<Stream> StreamAsync(
        Browser browser,
        Consent consent,
        Waiting package,
        CancellationToken token
    ) => await (await ClaimAsync(browser, consent, package, token)).Content.ReadAsStreamAsync(token);

    private static async Task<HttpResponseMessage> ClaimAsync(
        Browser browser,
        Consent consent,
        Waiting package,
        CancellationToken token
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(browser.Origin, package.PackageUrl));
        request.Headers.Add("MyData-Claim", consent.Key.Claim);
        var response = await browser.SendAsync(request, token);
        return response.IsSuccessStatusCode
            ? response
            : throw new LoadException($"The relay answered {(int)response.StatusCode}.");
    }

    /// <summary>Opens it, and holds it to everything that js/pages/open.js does.</summary>
    /// <exception cref="LoadException">It is not hers, or of another transfer.</exception>
    /// <exception cref="EncryptionException">It does not open, or is not whole.</exception>
    public void Verify(byte[] package, Consent consent, Waiting meant, string nationalId)
    {
        var opened = SealedPackage.Open(package, consent.Key.Key);
        if (opened.Head.Transfer != meant.Id || opened.Head.DataSet != meant.DataSet)
            throw new LoadException("A package of another transfer.");
        using var content = PackageReader.Read(opened.Zip, PackageLimits.Default);
        if (content.CertificateSha256 != meant.CertificateSha256)
            throw new LoadException("Signed by a certificate that the agency did not register.");
        _trusted.GetOrAdd(content.CertificateSha256, _ => Check(content.Certificate));
        if (content.Info?.Subject.Matches(nationalId) != true)
            throw new LoadException("A package about another person.");
        if (content.Read("data.json").Length == 0)
            throw new LoadException("An empty package.");
    }

    private bool Check(X509Certificate2 certificate)
    {
        roots.Check(certificate, TimeProvider.System.GetUtcNow());
        return true;
    }

    private static int Count(string text, string mark)
    {
        var count = 0;
        for (var at = text.IndexOf(mark, StringComparison.Ordinal); at >= 0; count++)
            at = text.IndexOf(mark, at + mark.Length, StringComparison.Ordinal);
        return count;
    }
}
