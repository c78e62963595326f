using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

public static class ApiSetup
{
    public const string RatePolicy = "ledger-intake";

    public static void AddLedgerApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ClientOrders>();
        builder.Services.AddSingleton<AnswerTimes>();
        builder.Services.AddSingleton<LedgerMetrics>();
        builder.Services.AddSingleton<LedgerNews>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LedgerNews>());
        builder.Services.AddSingleton<ReadSignature>();
        builder.Services.AddSingleton<SyslogListener>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SyslogListener>());
        builder.Services.AddRateLimiter(options =>
            options.AddPolicy(
                RatePolicy,
                context =>
                {
                    var rate = context.RequestServices.GetRequiredService<MyDataSettings>().Ledger;
                    return RateLimitPartition.GetTokenBucketLimiter(
                        Visitor.Network(context),
                        _ => new TokenBucketRateLimiterOptions
                        {
                            TokenLimit = rate.IntakeBurst,
                            TokensPerPeriod = rate.IntakePerSecond,
                            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                        }
                    );
                }
            )
        );
    }

    /// <summary>No cookie counts here, but for <c>me/accesses</c>: writers sign each record, and what is read is everybody's.</summary>
    public static void MapLedgerApi(this IEndpointRouteBuilder app)
    {
        // It listens from here on, and not from the first question.
        app.ServiceProvider.GetRequiredService<AnswerTimes>();
        var written = app.MapGroup("").AllowAnonymous().RequireRateLimiting(RatePolicy);
        var read = app.MapGroup("").AllowAnonymous().RequireRateLimiting(LedgerSetup.RatePolicy);
        written.MapRecords(read);
        read.MapLogs();
        read.MapSearch();
        read.MapWatching();
        read.MapExports();
        read.MapSides();
        app.MapAccesses();
    }
}
