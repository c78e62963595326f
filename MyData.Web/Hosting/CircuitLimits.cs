using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using MyData.Web.Features.SignIn;

namespace MyData.Web.Hosting;

/// <summary>
/// How many live pages may be open at once (security.md W2): for each person, for each network, in all. Counted by the
/// connection, because each holds one circuit at most. Who is refused keeps a plain page that loads itself again.
/// </summary>
public sealed partial class CircuitLimits(
    RequestDelegate next,
    MyDataSettings settings,
    OpenCircuits open,
    ILogger<CircuitLimits> log
)
{
    /// <summary>The stable code of a refusal.</summary>
    public const string TooMany = "circuit.too_many";

    /// <summary>The policy of the request that opens a connection: so many for each network.</summary>
    public const string RatePolicy = "circuit";

    /// <summary>A /48 holds 65,536 networks: its visitors have so many times what those of one of them have.</summary>
    public const int OfSite = 4;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase, out var rest))
        {
            await next(context);
            return;
        }
        var negotiates = rest.StartsWithSegments("/negotiate", StringComparison.OrdinalIgnoreCase);
        // The request that carries a WebSocket lasts as long as it does: a GET, or over HTTP/2 a CONNECT (RFC 8441). The
        // other transports live on between their requests, where nothing counts them.
        var connects = rest.Value is null or "" or "/";
        if (connects && !IsSocket(context))
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "websocket";
            return;
        }
        if (!negotiates && !connects)
        {
            await next(context);
            return;
        }
        var limits = Limits(context, settings.Circuits);
        if (!open.Enter(limits))
        {
            Refused(context.User.IsCitizen() ? context.User.GetCitizenId() : null);
            await TooManyRequests.AnswerAsync(context, TooMany, Wait);
            return;
        }
        try
        {
            await next(context);
        }
        finally
        {
            open.Leave(limits);
        }
    }

    public static void AddRates(RateLimiterOptions options) =>
        options.AddPolicy(
            RatePolicy,
            context =>
            {
                var circuits = context.RequestServices.GetRequiredService<MyDataSettings>().Circuits;
                return RateLimitPartition.GetTokenBucketLimiter(
                    Visitor.Network(context),
                    _ => new TokenBucketRateLimiterOptions
                    {
                        TokenLimit = circuits.NegotiateBurst,
                        TokensPerPeriod = circuits.NegotiatesPerSecond,
                        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    }
                );
            }
        );

    // As SignalR's dispatcher chooses: server-sent events where they are accepted, whatever else is asked for.
    private static bool IsSocket(HttpContext context) =>
        context.WebSockets.IsWebSocketRequest
        && !context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);

    // Who is nobody's citizen reads the public ledger only, and takes no place of those who fetch their data.
    private static IReadOnlyList<(string Key, int Most)> Limits(HttpContext context, CircuitSettings most) =>
        context.User.IsCitizen()
            ?
            [
                ("all", most.InAll),
                ($"network {Visitor.Network(context)}", most.PerNetwork),
                ($"person {context.User.GetCitizenId():N}", most.PerPerson),
            ]
            :
            [
                ("visitors", most.VisitorsInAll),
                ($"visitors {Visitor.Network(context)}", most.VisitorsPerNetwork),
                .. Visitor.Site(context.Connection.RemoteIpAddress) is { } site
                    ? [($"visitors {site}", most.VisitorsPerNetwork * OfSite)]
                    : Array.Empty<(string, int)>(),
            ];

    [LoggerMessage(Level = LogLevel.Warning, Message = "A live page of {Citizen} was refused: " + TooMany)]
    private partial void Refused(Guid? citizen);
}

/// <summary>The connections of live pages that are open now.</summary>
public sealed class OpenCircuits
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>False where one of them is full; then none was counted.</summary>
    public bool Enter(IReadOnlyList<(string Key, int Most)> limits)
    {
        lock (_gate)
        {
            if (limits.Any(limit => _open.GetValueOrDefault(limit.Key) >= limit.Most))
                return false;
            foreach (var (key, _) in limits)
                _open[key] = _open.GetValueOrDefault(key) + 1;
            return true;
        }
    }

    public void Leave(IReadOnlyList<(string Key, int Most)> limits)
    {
        lock (_gate)
            foreach (var (key, _) in limits)
                if (--_open[key] == 0)
                    _open.Remove(key);
    }
}

/// <summary>The section <c>MyData:Circuits</c>: live pages that may be open at once, and how fast they may be opened.</summary>
public sealed record CircuitSettings
{
    public int PerPerson { get; init; } = 6;

    /// <summary>For each IPv4 address or IPv6 /64: an office or a household, and many people behind a mobile network.</summary>
    public int PerNetwork { get; init; } = 60;

    public int InAll { get; init; } = 4_000;

    /// <summary>Live pages of visitors who are not signed in: the public ledger.</summary>
    public int VisitorsPerNetwork { get; init; } = 20;

    public int VisitorsInAll { get; init; } = 500;

    /// <summary>Connections that one network may begin at once, as after a restart of the server.</summary>
    public int NegotiateBurst { get; init; } = 120;

    /// <summary>Connections a second that one network may go on beginning.</summary>
    public int NegotiatesPerSecond { get; init; } = 4;
}

public static class CircuitLimitsSetup
{
    /// <summary>Holds the request that opens a live page's connection to <see cref="CircuitLimits.RatePolicy"/>.</summary>
    public static RazorComponentsEndpointConventionBuilder LimitCircuits(
        this RazorComponentsEndpointConventionBuilder components,
        CircuitSettings most
    )
    {
        components.Add(endpoint =>
        {
            if (endpoint is not RouteEndpointBuilder route)
                return;
            var path = route.RoutePattern.RawText?.Trim('/');
            if (path == "_blazor/negotiate")
                route.Metadata.Add(new EnableRateLimitingAttribute(CircuitLimits.RatePolicy));
            if (path is "_blazor" or "_blazor/negotiate" or "_blazor/initializers" or "_blazor/disconnect")
                route.Metadata.Add(new AllowAnonymousAttribute());
            if (path is "_blazor" or "_blazor/negotiate")
                route.Metadata.Add(
                    new EndpointLimit(
                        $"live pages: {most.PerPerson} of a person, {most.PerNetwork} of a network, {most.InAll} in all; of visitors {most.VisitorsPerNetwork} of a network, {most.VisitorsPerNetwork * CircuitLimits.OfSite} of a /48, {most.VisitorsInAll} in all (`{CircuitLimits.TooMany}`)"
                    )
                );
        });
        return components;
    }
}
