using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Features.SignIn;
using MyData.Web.Features.Staff;

namespace MyData.Web.Hosting;

/// <summary>One limit of an endpoint, in the words of the table in the README; the numbers are those that hold.</summary>
public sealed record EndpointLimit(string Words)
{
    /// <summary>Every limit of an endpoint: what its policies say, and what its feature says of its own counting.</summary>
    public static IReadOnlyList<string> Of(Endpoint endpoint, MyDataSettings settings) =>
        [
            .. endpoint.Metadata.GetOrderedMetadata<EnableRateLimitingAttribute>().Select(p => OfPolicy(p, settings)),
            .. endpoint.Metadata.GetOrderedMetadata<PersonLimit>().Select(limit => limit.Words(settings.Person)),
            .. endpoint.Metadata.GetOrderedMetadata<EndpointLimit>().Select(limit => limit.Words),
        ];

    private static string OfPolicy(EnableRateLimitingAttribute policy, MyDataSettings settings) =>
        policy.PolicyName switch
        {
            SignInSetup.RatePolicy => Bucket(
                "network",
                settings.SignIn.Rate.NetworkBurst,
                settings.SignIn.Rate.NetworkPerSecond,
                "second"
            ),
            CircuitLimits.RatePolicy => Bucket(
                "network",
                settings.Circuits.NegotiateBurst,
                settings.Circuits.NegotiatesPerSecond,
                "second"
            ),
            LedgerSetup.RatePolicy => Bucket(
                "network",
                settings.Ledger.NetworkBurst,
                settings.Ledger.NetworkPerSecond,
                "second"
            ),
            ApiSetup.RatePolicy => Bucket(
                "network",
                settings.Ledger.IntakeBurst,
                settings.Ledger.IntakePerSecond,
                "second"
            ),
            var other => throw new InvalidOperationException($"'{other}' has no words."),
        };

    internal static string Bucket(string whose, int atOnce, int then, string per) =>
        string.Create(CultureInfo.InvariantCulture, $"{whose}: {atOnce} at once, then {then} a {per}");
}

/// <summary>A bucket for each signed-in person, shared by the endpoints of one kind.</summary>
public sealed record PersonLimit
{
    /// <summary>Packages from the relay: many at once where much has come, each up to 68 MB.</summary>
    public static readonly PersonLimit Packages = new() { Kind = nameof(Packages), Of = s => s.Packages };

    /// <summary>Copies of everything: each reads all that is held about her.</summary>
    public static readonly PersonLimit Exports = new() { Kind = nameof(Exports), Of = s => s.Exports };

    /// <summary>Forms: each is a write.</summary>
    public static readonly PersonLimit Changes = new() { Kind = nameof(Changes), Of = s => s.Changes };

    /// <summary>What she checks her history with: each reads all its lines.</summary>
    public static readonly PersonLimit Checks = new() { Kind = nameof(Checks), Of = s => s.Checks };

    /// <summary>At the counter, on either side: each step of a hand-over is a small request or two.</summary>
    public static readonly PersonLimit Counter = new() { Kind = nameof(Counter), Of = s => s.Counter };

    /// <summary>What her browser encrypts for a service on the national wire: a large one comes in hundreds of pieces.</summary>
    public static readonly PersonLimit Uploads = new() { Kind = nameof(Uploads), Of = s => s.Uploads };

    public required string Kind { get; init; }
    public required Func<PersonSettings, PersonRate> Of { get; init; }

    public string Words(PersonSettings settings) =>
        EndpointLimit.Bucket("person", Of(settings).AtOnce, Of(settings).AMinute, "minute")
        + (Of(settings).UnderWay is { } answers ? $", {answers} under way" : "");
}

/// <summary>So many at once, and so many a minute for whoever goes on.</summary>
public sealed record PersonRate
{
    public int AtOnce { get; init; }
    public int AMinute { get; init; }

    /// <summary>Answers under way at the same time, the others wait; null: as many as the bucket gives.</summary>
    public int? UnderWay { get; init; }
}

/// <summary>The section <c>MyData:Person</c>: what one signed-in person may do how often.</summary>
public sealed record PersonSettings
{
    public PersonRate Packages { get; init; } =
        new()
        {
            AtOnce = 180,
            AMinute = 60,
            UnderWay = 4,
        };
    public PersonRate Exports { get; init; } = new() { AtOnce = 10, AMinute = 1 };
    public PersonRate Changes { get; init; } = new() { AtOnce = 60, AMinute = 60 };
    public PersonRate Checks { get; init; } = new() { AtOnce = 60, AMinute = 30 };
    public PersonRate Counter { get; init; } = new() { AtOnce = 240, AMinute = 120 };
    public PersonRate Uploads { get; init; } =
        new()
        {
            AtOnce = 700,
            AMinute = 60,
            UnderWay = 4,
        };

    /// <summary>Decisions (yes or no) an hour; counted from what is stored, so also over a restart.</summary>
    public int DecisionsAnHour { get; init; } = 60;

    /// <summary>Transfers that are under way or wait for her.</summary>
    public int OpenTransfers { get; init; } = 60;
}

/// <summary>Holds each person to the <see cref="PersonLimit"/> of the endpoint: 429 with the time to wait beyond it (security.md W8).</summary>
public sealed class PersonLimits(RequestDelegate next, MyDataSettings settings) : IDisposable
{
    /// <summary>The stable code of a refusal, the same as on the page that a person sees.</summary>
    public const string TooMany = "page.too_many";

    private readonly PartitionedRateLimiter<(Guid Citizen, PersonLimit Limit)> _buckets = Each(
        settings.Person,
        (key, rate) => RateLimitPartition.GetTokenBucketLimiter(key, _ => Bucket(rate))
    );

    private readonly PartitionedRateLimiter<(Guid Citizen, PersonLimit Limit)> _underWay = Each(
        settings.Person,
        (key, rate) =>
            rate.UnderWay is null
                ? RateLimitPartition.GetNoLimiter(key)
                : RateLimitPartition.GetConcurrencyLimiter(key, _ => UnderWay(rate))
    );

    public async Task InvokeAsync(HttpContext context)
    {
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<PersonLimit>();
        // A clerk is a person too: she has a bucket of her own, as a citizen has.
        if (limit is null || PersonOf(context) is not { } person)
        {
            await next(context);
            return;
        }
        var asked = (person, limit);
        using var lease = _buckets.AttemptAcquire(asked);
        using var place = lease.IsAcquired ? await _underWay.AcquireAsync(asked, 1, context.RequestAborted) : null;
        if (place is { IsAcquired: true })
        {
            await next(context);
            return;
        }
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
        if (!ProblemPages.IsReadByAPerson(context))
        {
            await TooManyRequests.AnswerAsync(context, TooMany, wait);
            return;
        }
        TooManyRequests.SetRetryAfter(context, wait);
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
    }

    private static Guid? PersonOf(HttpContext context) =>
        context.User.IsCitizen() ? context.User.GetCitizenId()
        : context.User.IsStaff() ? context.User.GetStaffId()
        : null;

    public void Dispose()
    {
        _buckets.Dispose();
        _underWay.Dispose();
    }

    private static PartitionedRateLimiter<(Guid Citizen, PersonLimit Limit)> Each(
        PersonSettings settings,
        Func<(Guid, string), PersonRate, RateLimitPartition<(Guid, string)>> partition
    ) =>
        PartitionedRateLimiter.Create<(Guid Citizen, PersonLimit Limit), (Guid, string)>(asked =>
            partition((asked.Citizen, asked.Limit.Kind), asked.Limit.Of(settings))
        );

    private static TokenBucketRateLimiterOptions Bucket(PersonRate rate) =>
        new()
        {
            TokenLimit = rate.AtOnce,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / rate.AMinute,
        };

    private static ConcurrencyLimiterOptions UnderWay(PersonRate rate) =>
        new() { PermitLimit = rate.UnderWay!.Value, QueueLimit = rate.AtOnce };
}
