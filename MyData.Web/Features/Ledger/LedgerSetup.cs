using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Ledger;

public static class LedgerSetup
{
    public const string RatePolicy = "ledger";

    public static void AddLedger(this WebApplicationBuilder builder) =>
        builder
            .Services.AddSingleton<PublishedLogs>()
            .AddSingleton<ScrubOrders>()
            .AddSingleton<LedgerWords>()
            .AddRateLimiter(options =>
                options.AddPolicy(
                    RatePolicy,
                    context =>
                    {
                        var rate = context.RequestServices.GetRequiredService<MyDataSettings>().Ledger;
                        return RateLimitPartition.GetTokenBucketLimiter(
                            Visitor.Network(context),
                            _ => new TokenBucketRateLimiterOptions
                            {
                                TokenLimit = rate.NetworkBurst,
                                TokensPerPeriod = rate.NetworkPerSecond,
                                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                            }
                        );
                    }
                )
            );
}
