using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>
/// Packages that take a while. The same transfer always gets the same package (protocols.md A2). In memory: after a restart
/// preparing starts again.
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
                entries[key] = entry = new Entry(Fingerprint(job), now + settings.Value.IncomeWait);
            }
            if (entry.Fingerprint != Fingerprint(job))
                throw AgencyRefusal.Consent("transfer.changed", "The same transfer was asked for in another way.");
            return entry.ReadyAt <= now ? TimeSpan.Zero : entry.ReadyAt - now;
        }
    }

    /// <summary>The bytes that were sent before, or those that are made now.</summary>
    public byte[] Body(AgencyJob job, Func<byte[]> make)
    {
        Entry? entry;
        lock (gate)
            entries.TryGetValue(Key(job), out entry);
        if (entry is null)
            return make();
        lock (entry)
            return entry.Body ??= make();
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var key in entries.Where(e => e.Value.ReadyAt + Keep < now).Select(e => e.Key).ToList())
            entries.Remove(key);
    }

    private static string Key(AgencyJob job) => $"{job.DataSet.Id} {job.Transfer}";

    private static string Fingerprint(AgencyJob job)
    {
        var parts = job
            .Recipients.Select(r => r.Key.Thumbprint())
            .Concat(job.Fields)
            .Concat(job.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))
            .Prepend(job.Subject);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    private sealed class Entry(string fingerprint, DateTimeOffset readyAt)
    {
        public string Fingerprint { get; } = fingerprint;

        public DateTimeOffset ReadyAt { get; } = readyAt;

        public byte[]? Body { get; set; }
    }
}
