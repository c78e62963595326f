using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using MyData.Core.Witnessing;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Witness;

/// <summary>
/// What anybody reads at a witness: the files of its copies, proofs, where tags stand, and the ledger's addresses for programs. Nothing of
/// a question is logged, and no cookie counts.
/// </summary>
internal static class ReadingSetup
{
    private const string ReadPolicy = "witness-reading";
    private const string FilePolicy = "witness-files";
    private const string WritePolicy = "witness-writing";

    public static void AddReading(this WebApplicationBuilder builder, WitnessSettings settings)
    {
        builder.Services.AddSingleton<WitnessReading>();
        builder.Services.AddHostedService<LookupKeeper>();
        builder.Services.AddSingleton<PassedWrites>();
        var limits = settings.Limits;
        builder.Services.AddRateLimiter(options =>
        {
            options.AddPolicy(ReadPolicy, context => Bucket(context, limits.NetworkBurst, limits.NetworkPerSecond));
            options.AddPolicy(FilePolicy, context => Bucket(context, limits.FileBurst, limits.FilesPerSecond));
            options.AddPolicy(WritePolicy, context => Bucket(context, limits.WriteBurst, limits.WritePerSecond));
            options.OnRejected = (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
                    ? after
                    : TimeSpan.FromSeconds(1);
                CrossOrigin.Open(rejected.HttpContext);
                return new(TooManyRequests.AnswerAsync(rejected.HttpContext, "page.too_many", wait));
            };
        });
    }

    public static void MapReading(this WebApplication app)
    {
        var read = app.MapGroup("").AddEndpointFilter(CrossOrigin.OpenAsync).RequireRateLimiting(ReadPolicy);
        read.MapStatus();
        read.MapNodeReads();
        read.MapCopies();
        app.MapGroup("").AddEndpointFilter(CrossOrigin.OpenAsync).RequireRateLimiting(FilePolicy).MapFiles();
        app.MapGroup("").AddEndpointFilter(CrossOrigin.OpenAsync).RequireRateLimiting(WritePolicy).MapPassedWrites();
    }

    // Where logs alone come, no stranger is to be held off.
    private static RateLimitPartition<string> Bucket(HttpContext context, int burst, int perSecond) =>
        WitnessDoor.IsReading(context)
            ? RateLimitPartition.GetTokenBucketLimiter(
                Visitor.Network(context),
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = burst,
                    TokensPerPeriod = perSecond,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                }
            )
            : RateLimitPartition.GetNoLimiter("");
}

/// <summary>Anybody's page may read what is everybody's (WHATWG Fetch, "CORS protocol"); no cookie goes along.</summary>
internal static class CrossOrigin
{
    public static void Open(HttpContext context) => context.Response.Headers.AccessControlAllowOrigin = "*";

    public static ValueTask<object?> OpenAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        Open(context.HttpContext);
        return next(context);
    }

    /// <summary>The question before a question with a content type of its own.</summary>
    public static IResult Ask(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = "Content-Type";
        headers.AccessControlMaxAge = "86400";
        return TypedResults.NoContent();
    }
}
