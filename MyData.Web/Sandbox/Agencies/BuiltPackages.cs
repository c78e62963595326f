namespace MyData.Web.Sandbox.Agencies;

/// <summary>
/// What the agencies have built. The same transfer again gives the same package (protocols.md A2), so a portal that was cut
/// off and asks again makes no agency build twice; and the agencies can say how often they did. In memory.
/// </summary>
public sealed class BuiltPackages
{
    // Some ten kilobytes each, and a portal asks again within minutes.
    private const int MostKept = 500;
    private const int MostCounted = 20_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> kept = new(StringComparer.Ordinal);
    private readonly Queue<string> keptInOrder = [];
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly Queue<string> countedInOrder = [];

    /// <summary>How often a package was built, by transfer.</summary>
    public IReadOnlyDictionary<string, int> Counts
    {
        get
        {
            lock (gate)
                return new Dictionary<string, int>(counts, StringComparer.Ordinal);
        }
    }

    /// <summary>The bytes that were sent before for the same question, or those that are made now.</summary>
    public byte[] Body(AgencyJob job, Func<byte[]> make)
    {
        var entry = EntryOf($"{job.DataSet.Id} {job.Transfer} {job.Fingerprint()}");
        lock (entry)
        {
            if (entry.Body is null)
            {
                Count(job);
                entry.Body = make();
                entry.Seal = job.Seal;
            }
            job.Seal = entry.Seal;
            return entry.Body;
        }
    }

    /// <summary>Notes a package that is too large to be kept.</summary>
    public void Count(AgencyJob job)
    {
        lock (gate)
        {
            if (counts.TryAdd(job.Transfer, 0))
                countedInOrder.Enqueue(job.Transfer);
            counts[job.Transfer]++;
            if (countedInOrder.Count > MostCounted)
                counts.Remove(countedInOrder.Dequeue());
        }
    }

    private Entry EntryOf(string key)
    {
        lock (gate)
        {
            if (kept.TryGetValue(key, out var entry))
                return entry;
            keptInOrder.Enqueue(key);
            if (keptInOrder.Count > MostKept)
                kept.Remove(keptInOrder.Dequeue());
            return kept[key] = new Entry();
        }
    }

    private sealed class Entry
    {
        public byte[]? Body { get; set; }
        public byte[]? Seal { get; set; }
    }
}
