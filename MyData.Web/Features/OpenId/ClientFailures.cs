using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.OpenId;

/// <summary>
/// Refused requests of agencies fill buckets that run empty by themselves: of the client that the request names, as seen
/// from one network, of that network, and of its /48. Never of the client alone: whoever names an agency from elsewhere fills nothing of
/// hers; nor does a service that has proved itself (<see cref="OpenIdAnswers.Caller.Proven"/>). In memory: no secret here can be guessed, so a
/// restart gives nothing away.
/// </summary>
public sealed class ClientFailures(MyDataSettings settings, TimeProvider time)
{
    /// <summary>The stable code of a refusal.</summary>
    public const string TooMany = "client.too_many";

    /// <summary>What a proof without the server's nonce counts: the protocol's first step, and nobody may take it without end.</summary>
    public const double NonceShare = 0.125;

    /// <summary>A /48 holds 65,536 networks: it may have so many times the failures of one of them, and forgets them as much faster.</summary>
    public const int OfSite = 4;

    private const int MostBuckets = 20_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>How long this network has to wait; null: not at all.</summary>
    public TimeSpan? Wait(HttpContext context)
    {
        var wait = Wait(Network(context), settings.ClientFailures.PerNetwork);
        var ofSite = Site(context) is { } site ? Wait(site, settings.ClientFailures.PerNetwork) : null;
        return ofSite > wait || wait is null ? ofSite : wait;
    }

    /// <summary>How long the client of this name has to wait in this network; null: not at all.</summary>
    public TimeSpan? Wait(HttpContext context, string client) =>
        Wait(Client(context, client), settings.ClientFailures.PerClient);

    /// <summary>Counts a request that was refused.</summary>
    /// <param name="share">of one failure</param>
    public void Add(HttpContext context, string client, double share = 1)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_buckets.Count >= MostBuckets)
                Forget(now);
            foreach (var key in (string[])[Network(context), Client(context, client)])
                _buckets[key] = new(Level(key, now) + share, now);
            if (Site(context) is { } site)
                _buckets[site] = new(Level(site, now) + share / OfSite, now);
        }
    }

    private TimeSpan? Wait(string key, int most)
    {
        lock (_gate)
        {
            var over = Level(key, time.GetUtcNow()) - most;
            return over < 0 ? null : (over + 1) * settings.ClientFailures.Forget;
        }
    }

    private double Level(string key, DateTimeOffset now) =>
        _buckets.TryGetValue(key, out var bucket)
            ? Math.Max(0, bucket.Level - Math.Max(0, (now - bucket.At) / settings.ClientFailures.Forget))
            : 0;

    // The fullest stay: nobody gets a fresh start by making many.
    private void Forget(DateTimeOffset now)
    {
        var levels = _buckets.Keys.ToDictionary(key => key, key => Level(key, now), StringComparer.Ordinal);
        foreach (var (key, _) in levels.OrderBy(pair => pair.Value).Take(MostBuckets / 2).ToList())
            _buckets.Remove(key);
    }

    private static string Network(HttpContext context) => Visitor.Network(context);

    private static string? Site(HttpContext context) => Visitor.Site(context.Connection.RemoteIpAddress);

    private static string Client(HttpContext context, string client) =>
        $"{Visitor.Network(context)} {client[..Math.Min(client.Length, 200)]}";

    private readonly record struct Bucket(double Level, DateTimeOffset At);
}

/// <summary>The section <c>MyData:ClientFailures</c>: refused requests of agencies before they have to wait.</summary>
public sealed record ClientFailureSettings
{
    /// <summary>Of one client from one network.</summary>
    public int PerClient { get; init; } = 30;

    /// <summary>Of one network, whomever its requests name.</summary>
    public int PerNetwork { get; init; } = 120;

    /// <summary>One is forgotten after this time.</summary>
    public TimeSpan Forget { get; init; } = TimeSpan.FromSeconds(2);
}
