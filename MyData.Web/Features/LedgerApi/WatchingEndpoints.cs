using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

/// <summary>How the nodes are, what must not have happened, what happens now, and how fast: for whoever watches the ledger by a program.</summary>
internal static class WatchingEndpoints
{
    private const int MostIncidents = 100;

    /// <summary>A line that means nothing, so that neither side takes the silence for an end (WHATWG HTML §9.2.7).</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Then the listener comes again; a stream that is kept for ever outlives its limits.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static void MapWatching(this RouteGroupBuilder read)
    {
        read.MapGet(ApiUrls.Nodes, NodesAsync);
        read.MapGet(ApiUrls.Incidents, IncidentsAsync);
        read.MapGet(ApiUrls.Metrics, MetricsAsync);
        read.MapGet(ApiUrls.Events, EventsAsync).DisableHttpMetrics();
    }

    private static async Task<IResult> NodesAsync(HttpContext context, LedgerBoard board, CancellationToken token)
    {
        Open(context);
        if (await board.ReadAsync(token) is not { Blocks: [var newest, ..] } view)
            return ApiProblem.Of(404, ApiProblem.NotFound, "There is no log yet.").Answer();
        var nodes = view.Nodes.Select(node => new ApiNode(
            node.Name,
            node.Role == NodeRole.Sequencer ? "sequencer" : "witness",
            node.Size,
            node.Lag,
            node.SignedAt,
            node.Error,
            node.Report
        ));
        return Results.Json(
            new ApiNodes(
                view.Year,
                view.Origin,
                newest.Size,
                Convert.ToBase64String(newest.Root.Span),
                newest.At,
                !view.IsAlone,
                [.. nodes],
                [.. view.Databases.Select(ApiDatabase.Of)]
            ),
            ApiJson.Options
        );
    }

    private static async Task<IResult> IncidentsAsync(
        HttpContext context,
        LedgerIncidents incidents,
        string? cursor,
        CancellationToken token
    )
    {
        Open(context);
        cursor = cursor is "" ? null : cursor;
        return await incidents.PageAsync(MostIncidents, cursor, token) is { } page
            ? Results.Json(new ApiIncidents([.. page.Incidents.Select(ApiIncident.Of)], page.Next), ApiJson.Options)
            : ApiProblem.Of(SearchEndpoints.NoCursor()).Answer();
    }

    /// <summary>For Prometheus, text format 0.0.4; from the networks that the setting names alone.</summary>
    private static async Task<IResult> MetricsAsync(
        HttpContext context,
        LedgerMetrics metrics,
        MyDataSettings settings,
        CancellationToken token
    )
    {
        if (!IsFrom(context.Connection.RemoteIpAddress, settings.Ledger.MetricsFrom))
            return ApiProblem
                .Of(StatusCodes.Status403Forbidden, "metrics.not_here", "This network may not read them.")
                .Answer();
        return Results.Text(await metrics.TextAsync(token), "text/plain; version=0.0.4; charset=utf-8");
    }

    /// <summary>
    /// Server-sent events: <c>checkpoint</c> with the newest one, at most one a second, and <c>incident</c>. What came while somebody was away
    /// she gets by <c>Last-Event-ID</c>: of checkpoints the newest, since it contains the others; of incidents each.
    /// </summary>
    private static async Task EventsAsync(
        HttpContext context,
        LedgerNews news,
        TimeProvider time,
        IHostApplicationLifetime life
    )
    {
        var network = SignIn.Visitor.Network(context);
        using var listener = news.Enter(network);
        if (listener is null)
        {
            await TooManyRequests.AnswerAsync(context, LedgerNews.TooMany, Heartbeat);
            return;
        }
        Open(context);
        context.Response.ContentType = "text/event-stream";
        // A proxy that gathers the answer before it passes it on would pass nothing on.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        using var end = new CancellationTokenSource(Longest, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            end.Token,
            context.RequestAborted,
            // A stream that waits would hold up the stop.
            life.ApplicationStopping
        );
        var known = NewsMark.Parse(context.Request.Headers["Last-Event-ID"]);
        try
        {
            await context.Response.WriteAsync("retry: 3000\n\n", stop.Token);
            await context.Response.Body.FlushAsync(stop.Token);
            while (true)
            {
                var said = new StringBuilder();
                (known, var any) = Say(said, news.Newest, known);
                if (!any)
                    said.Append(":\n\n");
                await context.Response.WriteAsync(said.ToString(), stop.Token);
                await context.Response.Body.FlushAsync(stop.Token);
                await listener.WaitAsync(Heartbeat, time, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // She went away, the hour is over, or the portal stops.
        }
    }

    private static (NewsMark Known, bool Any) Say(StringBuilder said, NewsOfNow news, NewsMark known)
    {
        var before = known;
        foreach (var incident in news.Incidents.Where(one => one.At > known.IncidentsUntil).OrderBy(one => one.At))
        {
            known = known with { IncidentsUntil = incident.At };
            Add(said, "incident", known, ApiIncident.Of(incident));
        }
        if (news.Checkpoint is { } checkpoint && (checkpoint.Year, checkpoint.Size) is var at && known.IsBefore(at))
        {
            known = known with { Year = at.Year, Size = at.Size };
            Add(said, "checkpoint", known, checkpoint);
        }
        return (known, known != before);
    }

    private static void Add<T>(StringBuilder said, string kind, NewsMark mark, T data) =>
        said.Append(
            CultureInfo.InvariantCulture,
            $"id: {mark}\nevent: {kind}\ndata: {JsonSerializer.Serialize(data, ApiJson.Options)}\n\n"
        );

    private static bool IsFrom(IPAddress? address, string networks)
    {
        if (address is null)
            return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Any(network => IPNetwork.Parse(network).Contains(plain));
    }

    private static void Open(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.AccessControlAllowOrigin = "*";
    }
}
