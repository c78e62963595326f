using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.RateLimiting;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

public static class SignInSetup
{
    /// <summary>The policy of every endpoint that takes part in a sign-in: so many requests for each network.</summary>
    public const string RatePolicy = "sign-in";

    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IdentitySources>();
        services.AddSingleton<ClientAssertion>();
        services.AddSingleton<Visitor>();
        services.AddSingleton<SignInChecks>();
        services.AddSingleton<SignInAnswer>();
        services.AddSingleton<UpstreamSignIn>();
        services.AddSingleton<DocumentSignIn>();
        services.AddSingleton<IDocumentAuthority, HttpDocumentAuthority>();
        services
            .AddHttpClient(HttpDocumentAuthority.ClientName)
            .ConfigureHttpClient(
                (provider, client) =>
                {
                    client.Timeout = provider.GetRequiredService<MyDataSettings>().SignIn.AuthorityTimeout;
                    client.MaxResponseContentBufferSize = HttpDocumentAuthority.LongestAnswer;
                }
            )
            .ConfigurePrimaryHttpMessageHandler(HttpDocumentAuthority.Handler);
        services.AddScoped<AuthenticationStateProvider, SessionRevalidation>();
        AddSchemes(services);
        AddPasskeys(services);
        services.AddRateLimiter(AddRates);
    }

    private static void AddSchemes(IServiceCollection services)
    {
        services
            .AddAuthentication(SessionAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthenticationHandler>(
                SessionAuthenticationHandler.SchemeName,
                null
            )
            .AddOAuth<UpstreamLoginOptions, UpstreamLoginHandler>(UpstreamLoginHandler.SchemeName, _ => { });
        services
            .AddOptions<UpstreamLoginOptions>(UpstreamLoginHandler.SchemeName)
            .Configure<MyDataSettings, IdentitySources, UpstreamSignIn>(Configure);
    }

    private static void Configure(
        UpstreamLoginOptions options,
        MyDataSettings settings,
        IdentitySources sources,
        UpstreamSignIn signIn
    )
    {
        options.Authority = () => sources.Upstream;
        options.RequireHttpsMetadata = () => sources.RequiresHttps;
        options.ClientId = settings.SignIn.Upstream.ClientId;
        options.PublicOrigin = settings.Origin.TrimEnd('/');
        options.CallbackPath = SignInUrls.UpstreamCallback;
        options.BackchannelTimeout = settings.SignIn.AuthorityTimeout;
        options.Hosts = settings.SignIn.Upstream.Hosts;
        options.IsAwaited = signIn.IsAwaitedAsync;
        options.BackchannelHttpHandler = new UpstreamAddresses(options);
        options.UsePkce = true;
        options.Scope.Add("openid");
        options.Scope.Add("profile");
        options.CorrelationCookie.Name = "__Host-oidc-";
        options.CorrelationCookie.Path = "/";
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.Always;
        options.Events = new OAuthEvents
        {
            OnTicketReceived = signIn.ReceivedAsync,
            OnRemoteFailure = signIn.RefusedAsync,
            OnAccessDenied = denied =>
            {
                denied.HandleResponse();
                var address = SignInUrls.Problem(UpstreamSignIn.Cancelled);
                return SignInAnswer.See(address).ExecuteAsync(denied.HttpContext);
            },
        };
    }

    private static void AddPasskeys(IServiceCollection services)
    {
        services.AddIdentityCore<PasskeyUser>();
        services.AddScoped<IUserStore<PasskeyUser>, PasskeyUsers>();
        services.AddScoped<IPasskeyHandler<PasskeyUser>, PasskeyHandler<PasskeyUser>>();
        services.AddScoped<PasskeySignIn>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<MyDataSettings>(PasskeyRules.Configure);
    }

    private static void AddRates(RateLimiterOptions options)
    {
        options.AddPolicy(
            RatePolicy,
            context =>
            {
                var rate = context.RequestServices.GetRequiredService<MyDataSettings>().SignIn.Rate;
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
        );
        options.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
                ? after
                : TimeSpan.FromSeconds(1);
            if (ProblemPages.IsReadByAPerson(rejected.HttpContext))
                await TooManyTries.Answer(rejected.HttpContext, wait).ExecuteAsync(rejected.HttpContext);
            else
                await TooManyRequests.AnswerAsync(rejected.HttpContext, "page.too_many", wait);
        };
    }
}
