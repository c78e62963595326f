using MyData.Core.Recording;

namespace MyData.Web.Features.Ledger;

/// <summary>A log as a page names it to its module.</summary>
/// <param name="Policy">whom to believe (c2sp.org/tlog-policy)</param>
public sealed record PublishedLog(int Year, string Url, string Origin, string Policy);

public sealed class PublishedLogs(OpenLogs logs, LedgerFiles files)
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<PublishedLog> All =>
        [
            .. logs
                .All.OrderByDescending(log => log.Year)
                .Select(log => new PublishedLog(
                    log.Year,
                    LedgerUrls.Of(log.Year),
                    log.Origin,
                    files.Policy(log.Year)!
                )),
        ];

    public PublishedLog? Find(int year) => All.FirstOrDefault(log => log.Year == year);
}
