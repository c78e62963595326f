using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>How often something was tried and not made good. Store: its thief learns pseudonyms; who deletes it gives guessers a fresh start.</summary>
public sealed class AttemptCounter
{
    /// <summary>How long after the last failure it is kept.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    public required string Key { get; init; }
    public double Count { get; set; }
    public DateTimeOffset At { get; set; }
    public DateTimeOffset ClosedUntil { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<AttemptCounter>
    {
        public void Configure(EntityTypeBuilder<AttemptCounter> builder)
        {
            builder.ToTable("attempt_counters");
            builder.HasKey(c => c.Key);
            builder.HasIndex(c => c.At);
        }
    }
}

/// <summary>One counter to pass.</summary>
/// <param name="Subject">Whom or what it counts; kept as a keyed pseudonym.</param>
/// <param name="Free">Failures without a wait.</param>
/// <param name="Forget">One failure is forgotten after this time.</param>
public sealed record AttemptLimit(string Subject, int Free, TimeSpan Forget);

/// <summary>
/// Slows guessing down, and locks nobody out: the counters are of (person, network, device) together, of the network and of
/// the device, never of a person alone. An attempt is counted before it is made, so that many at once gain nothing.
/// </summary>
public sealed class SignInLimits(IWriter writer, PersonalDataVault vault)
{
    private readonly Func<MyDataDb, string, AttemptCounter?> _byKey = EF.CompileQuery(
        (MyDataDb db, string key) => db.Set<AttemptCounter>().FirstOrDefault(c => c.Key == key)
    );

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>Counts an attempt. Null: go on; else: how long to wait, and nothing was counted.</summary>
    public Task<TimeSpan?> TakeAsync(IReadOnlyList<AttemptLimit> limits, CancellationToken cancellationToken = default)
    {
        var keyed = limits.Select(limit => (Limit: limit, Key: Key(limit))).ToList();
        return writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var counters = keyed.ConvertAll(entry => Find(scope, entry.Key));
                var wait = counters.Max(counter => counter.ClosedUntil - scope.Now);
                if (wait > TimeSpan.Zero)
                    return wait;
                for (var i = 0; i < counters.Count; i++)
                    Count(scope, counters[i], keyed[i].Limit);
                return (TimeSpan?)null;
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Takes an attempt back that was no failure. It opens what this attempt alone had closed, and nothing that the failures
    /// of others closed: who can prove one identity must not be able to clear the counter of a network.
    /// </summary>
    /// <param name="proved">She has proved who she is: the first counter, hers, starts anew.</param>
    public Task GiveBackAsync(
        IReadOnlyList<AttemptLimit> limits,
        bool proved,
        CancellationToken cancellationToken = default
    )
    {
        var keyed = limits.Select(limit => (limit.Free, Key: Key(limit))).ToList();
        return writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                for (var i = 0; i < keyed.Count; i++)
                {
                    var counter = Find(scope, keyed[i].Key);
                    counter.Count = i == 0 && proved ? 0 : Math.Max(0, counter.Count - 1);
                    if (counter.Count < keyed[i].Free)
                        counter.ClosedUntil = scope.Now;
                }
            },
            cancellationToken
        );
    }

    private AttemptCounter Find(WriteScope scope, string key)
    {
        if (_byKey(scope.Db, key) is { } known)
            return known;
        var counter = new AttemptCounter { Key = key, At = scope.Now };
        scope.Db.Add(counter);
        return counter;
    }

    private static void Count(WriteScope scope, AttemptCounter counter, AttemptLimit limit)
    {
        var forgotten = (scope.Now - counter.At) / limit.Forget;
        counter.Count = Math.Max(0, counter.Count - Math.Max(0, forgotten)) + 1;
        counter.At = scope.Now;
        var over = counter.Count - limit.Free;
        if (over < 0)
            return;
        var wait = FirstWait * Math.Pow(2, Math.Min(Math.Ceiling(over), 16));
        counter.ClosedUntil = scope.Now + (wait < LongestWait ? wait : LongestWait);
    }

    private string Key(AttemptLimit limit) => vault.Pseudonym(limit.Subject, "attempt");
}
