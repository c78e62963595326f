using Microsoft.Extensions.Options;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>
/// Packages that take a while. In memory: after a restart preparing starts again.
/// </summary>
public sealed class PreparedTransfers(IOptions<SandboxSettings> settings, TimeProvider clock)
{
    private const int Most = 2_000;

    private static readonly TimeSpan Keep = TimeSpan.FromHours(2);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Notes the transfer at its first call, and says how long it still takes: zero when it is ready.</summary>
    /// <exception cref="AgencyRefusal">403 where the transfer was asked for by or for somebody else; 503 when too many wait.</exception>
    public TimeSpan Wait(AgencyJob job)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            Forget(now);
            var key = Key(job);
            if (!entries.TryGetValue(key, out var entry))
            {
                if (entries.Count >= Most)
                    throw new AgencyRefusal(StatusCodes.Status503ServiceUnavailable, "agency.busy", "Too many wait.")
                    {
                        RetryAfter = 60,
                    };
                entries[key] = entry = new Entry(job.Fingerprint(), now + settings.Value.IncomeWait);
            }
            if (entry.Fingerprint != job.Fingerprint())
                throw AgencyRefusal.Consent("transfer.changed", "The same transfer was asked for in another way.");
            return entry.ReadyAt <= now ? TimeSpan.Zero : entry.ReadyAt - now;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var key in entries.Where(e => e.Value.ReadyAt + Keep < now).Select(e => e.Key).ToList())
            entries.Remove(key);
    }

    private static string Key(AgencyJob job) => $"{job.DataSet.Id} {job.Transfer}";

    private sealed class Entry(string fingerprint, DateTimeOffset readyAt)
    {
        public string Fingerprint { get; } = fingerprint;

        public DateTimeOffset ReadyAt { get; } = readyAt;
    }
}
