using System.Text;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Ledger;

/// <summary>A log as a page names it to its module.</summary>
/// <param name="Policy">whom to believe (c2sp.org/tlog-policy)</param>
/// <param name="Witnesses">those of the policy that a browser reaches</param>
public sealed record PublishedLog(
    int Year,
    string Url,
    string Origin,
    string Policy,
    IReadOnlyList<PublishedWitness> Witnesses
);

/// <param name="Name">in the policy</param>
/// <param name="Url">where anybody reads it, without a slash at its end</param>
public sealed record PublishedWitness(string Name, string Url);

public sealed class PublishedLogs(OpenLogs logs, LedgerFiles files, MyDataSettings settings)
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<PublishedLog> All =>
        [
            .. logs
                .All.OrderByDescending(log => log.Year)
                .Select(log => (Log: log, Policy: files.Policy(log.Year)!))
                .Select(one => new PublishedLog(
                    one.Log.Year,
                    LedgerUrls.Of(one.Log.Year),
                    one.Log.Origin,
                    one.Policy,
                    Witnesses(one.Policy)
                )),
        ];

    public PublishedLog? Find(int year) => All.FirstOrDefault(log => log.Year == year);

    /// <summary>What a page that asks the witnesses may connect to: scheme, host and port of each.</summary>
    public IEnumerable<string> WitnessOrigins =>
        All.SelectMany(log => log.Witnesses)
            .Select(witness => new Uri(witness.Url).GetLeftPart(UriPartial.Authority))
            .Distinct(StringComparer.Ordinal);

    private List<PublishedWitness> Witnesses(string policy) =>
        [
            .. WitnessPolicy
                .Parse(Encoding.UTF8.GetBytes(policy))
                .Witnesses.Select(witness => (witness.Name, Url: Site(witness)))
                .Where(witness => witness.Url is not null)
                .Select(witness => new PublishedWitness(witness.Name, witness.Url!.TrimEnd('/'))),
        ];

    // A witness may take what logs add at another address than the one where everybody reads.
    private string? Site(PolicyMember witness) =>
        settings.Ledger.WitnessSites.TryGetValue(witness.Name, out var site) ? site : witness.Url;
}
