using System.Reflection;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Core.Staff;
using MyData.Core.Watch;
using MyData.Web.Features.LedgerApi;

namespace MyData.Web.Features.Report;

/// <summary>Reads every figure of the report from the running system, at one moment.</summary>
public sealed class ReportReading(ReportLedger ledger, IServiceProvider services, IIssuer issuer, TimeProvider time)
{
    private const int MostIncidents = 1_000;
    private const int MostWitnesses = 12;

    /// <summary>Null before the first record that is proven.</summary>
    public async Task<ReportFacts?> ReadAsync(IProgress<long> verified, CancellationToken token)
    {
        if (await ledger.ReadAsync(verified, token) is not { } found)
            return null;
        var now = time.GetUtcNow();
        var callers = await Get<ClientKeys>().ListAsync(token);
        var agencies = await Get<Catalogue>().ProvidersAsync(token);
        var staff = await Get<StaffRoster>().ListAsync(token);
        var (answers, disk) = (Get<AnswerTimes>().Minute, Get<DiskRoom>());
        var (needed, mayFail) = Quorum(found.View.Policy);
        return new ReportFacts
        {
            At = now,
            Address = issuer.Value,
            Version = typeof(ReportReading).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                is { } version
                ? version.InformationalVersion
                : "",
            Year = found.Log.Year,
            Origin = found.Log.Origin,
            Key = found.Log.Signer.Verifier.ToString(),
            Size = found.Proven.Checkpoint.Size,
            Root = Convert.ToBase64String(found.Proven.Checkpoint.Root.Span),
            CheckpointAt = found.View.Blocks is [var newest, ..] ? newest.At : null,
            Nodes = found.View.Nodes,
            Witnesses = found.View.Policy.Witnesses.Count(),
            Needed = needed,
            MayFail = mayFail,
            Signers = [.. found.Log.Policy.Cosigners(found.Proven.Note).Select(one => one.Name)],
            Audit = found.Audit,
            AuditTook = found.AuditTook,
            ReceiptHolds = found.ReceiptHolds,
            Incidents = (await Get<LedgerIncidents>().ListAsync(MostIncidents, token))
                .GroupBy(one => one.Code)
                .ToDictionary(same => same.Key, same => same.Count()),
            Alarms = await Get<Alarms>().CountSinceAsync(now.AddDays(-30), token),
            Hours = found.Hours,
            Week = found.Week,
            HalfAnswers = answers.Half,
            MostAnswers = answers.Most,
            AnswersCounted = answers.Count,
            Callers = callers.Where(key => key.RevokedAt is null).Select(key => key.Client).Distinct().Count(),
            CallerKeys = callers.Count,
            Agencies = agencies.Count,
            DataSets = agencies.Sum(agency => agency.DataSets.Count),
            Staff = staff
                .Where(member => member.LeftAt is null)
                .GroupBy(member => member.Role)
                .ToDictionary(same => same.Key, same => same.Count()),
            DiskUsed = disk.Used,
            DiskFree = disk.Free,
        };
    }

    // Of so many sources that each of them would be a constructor's line.
    private T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>The fewest witnesses that can be enough, and how many may be away whichever they are.</summary>
    public static (int Needed, int MayFail) Quorum(WitnessPolicy policy)
    {
        var names = policy.Witnesses.Select(witness => witness.Name).Take(MostWitnesses).ToArray();
        var bySize = Enumerable
            .Range(0, 1 << names.Length)
            .Select(set => names.Where((_, at) => (set >> at & 1) == 1).ToHashSet())
            .ToLookup(set => set.Count, policy.HasQuorum);
        var sizes = Enumerable.Range(0, names.Length + 1);
        var needed = sizes.First(size => bySize[size].Any(enough => enough));
        // Whoever has enough still has with one more.
        var always = sizes.First(size => bySize[size].All(enough => enough));
        return (needed, names.Length - always);
    }
}
