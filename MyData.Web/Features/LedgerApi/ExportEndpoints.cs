using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

/// <summary>Whole logs to take home: archives that <c>audit</c> verifies with no server behind them.</summary>
internal static class ExportEndpoints
{
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    /// <summary>However slowly somebody reads: then her place is another's.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Bytes a second, after ten seconds.</summary>
    private static readonly MinDataRate Slowest = new(64 * 1024, TimeSpan.FromSeconds(10));

    public static void MapExports(this RouteGroupBuilder read)
    {
        var settings = ((IEndpointRouteBuilder)read).ServiceProvider.GetRequiredService<MyDataSettings>();
        var places = new NetworkPlaces(settings.Ledger.ExportsAtOnce, mostOfNetwork: 1);
        read.MapGet(ApiUrls.Exports, List);
        read.MapGet(
                ApiUrls.Export,
                (HttpContext context, LedgerFiles files, TimeProvider time, int year) =>
                    ArchiveAsync(context, files, places, time, year)
            )
            .DisableHttpMetrics();
    }

    private static IResult List(HttpContext context, OpenLogs logs)
    {
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        var all = logs
            .All.Where(log => log.Proven is { Checkpoint.Size: > 0 })
            .OrderByDescending(log => log.Year)
            .Select(log => new ApiExport(
                log.Year,
                log.Origin,
                log.Proven!.Checkpoint.Size,
                ApiUrls.ExportOf(log.Year)
            ));
        return Results.Json(new ApiExports([.. all]), ApiJson.Options);
    }

    private static async Task<IResult> ArchiveAsync(
        HttpContext context,
        LedgerFiles files,
        NetworkPlaces places,
        TimeProvider time,
        int year
    )
    {
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        if (
            files.Find(year) is not { } log
            || await log.ReadAsync(ILogReader.Checkpoint, context.RequestAborted) is null
        )
            return ApiProblem.Of(404, ApiProblem.NotFound, "There is no log of this year.").Answer();
        var from = context.Connection.RemoteIpAddress;
        if (!places.Enter(from))
        {
            TooManyRequests.SetRetryAfter(context, Wait);
            return ApiProblem
                .Of(StatusCodes.Status429TooManyRequests, "export.too_many", "Too many archives go out: come again.")
                .Answer();
        }
        var limit = new CancellationTokenSource(Longest, time);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        // Each way out passes here, also when she goes away half-way.
        context.Response.OnCompleted(() =>
        {
            places.Leave(from);
            stop.Dispose();
            limit.Dispose();
            return Task.CompletedTask;
        });
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = Slowest;
        // The archive's own directory and lengths are written in between, at once; of so few answers each may hold its thread.
        if (context.Features.Get<IHttpBodyControlFeature>() is { } body)
            body.AllowSynchronousIO = true;
        var policy = Encoding.UTF8.GetBytes(files.Policy(year)!);
        return Results.Stream(
            stream => WriteAsync(log, policy, stream, context, stop.Token),
            "application/zip",
            string.Create(CultureInfo.InvariantCulture, $"mydata-ledger-{year}.zip")
        );
    }

    private static async Task WriteAsync(
        ILogReader log,
        byte[] policy,
        Stream stream,
        HttpContext context,
        CancellationToken stop
    )
    {
        try
        {
            await LogArchive.WriteAsync(log, policy, stream, stop);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Half an archive must not look like a whole one.
            context.Abort();
        }
    }
}
