using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using MyData.Core.Recording;
using MyData.Core.Watch;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.Report;
using MyData.Web.Features.SignIn;
using MyData.Web.Features.Staff;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Watch;

/// <summary>What goes out of the auditor's room, and the one thing that is changed in it. What goes out is an event before its first byte.</summary>
public static class WatchEndpoints
{
    public static void MapWatch(this IEndpointRouteBuilder app)
    {
        var room = app.MapGroup("").RequireAuthorization(StaffClaims.Audit).RequireRateLimiting(LedgerSetup.RatePolicy);
        room.MapGet(WatchUrls.EvidenceRoute, EvidenceAsync);
        room.MapGet(WatchUrls.RecordsCsv, CsvAsync);
        room.MapGet(WatchUrls.RecordsJson, JsonAsync);
        room.MapReport();
        app.MapPost(WatchUrls.CloseRoute, CloseAsync)
            .RequireAuthorization(StaffClaims.Auditor)
            .RequireRateLimiting(SignInSetup.RatePolicy);
    }

    private static async Task<IResult> CloseAsync(
        HttpContext context,
        Alarms alarms,
        Guid id,
        [FromForm] string? reason
    )
    {
        if (AlarmReasons.All.FirstOrDefault(known => known == reason) is not { } known)
            return new SeeOther(WatchUrls.Alarm(id));
        await alarms.CloseAsync(id, context.User.GetStaffId(), known, context.RequestAborted);
        return new SeeOther(WatchUrls.Closed(id));
    }

    private static async Task<IResult> EvidenceAsync(
        HttpContext context,
        Alarms alarms,
        EvidenceBundle bundle,
        Guid id,
        CancellationToken token
    )
    {
        if (await alarms.FindAsync(id, token) is not { } alarm)
            return TypedResults.NotFound();
        var places = await alarms.RecordsAsync(id, token);
        await alarms.ExportedAsync(context.User.GetStaffId(), "evidence", token);
        var about = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                alarm.Id,
                alarm.Code,
                alarm.Subject,
                alarm.Count,
                alarm.Start,
                alarm.FirstAt,
                alarm.LastAt,
                alarm.RaisedAt,
                alarm.SeenAt,
                alarm.ClosedAt,
                alarm.Reason,
                Records = places.Count,
            },
            JsonSerializerOptions.Web
        );
        using var file = new MemoryStream();
        await bundle.WriteAsync(
            file,
            places.Select(place => (place.Log, place.Index)),
            [("alarm.json", about)],
            context.RequestAborted
        );
        return TypedResults.Bytes(
            file.ToArray(),
            "application/zip",
            string.Create(CultureInfo.InvariantCulture, $"mydata-{alarm.Code}-{alarm.LastAt:yyyyMMdd-HHmm}.zip")
        );
    }

    private static Task<IResult> CsvAsync(HttpContext context, RecordsExport export, OpenLogs logs, Alarms alarms) =>
        FileAsync(context, logs, alarms, "text/csv; charset=utf-8", "csv", export.CsvAsync);

    private static Task<IResult> JsonAsync(HttpContext context, RecordsExport export, OpenLogs logs, Alarms alarms) =>
        FileAsync(context, logs, alarms, "application/json", "json", export.JsonAsync);

    private static async Task<IResult> FileAsync(
        HttpContext context,
        OpenLogs logs,
        Alarms alarms,
        string type,
        string ending,
        Func<int, RecordFilter, Stream, CancellationToken, Task> write
    )
    {
        var stop = context.RequestAborted;
        var year = RecordsExport.Year(context.Request.Query, logs);
        var filter = RecordFilterQuery.Read(context.Request.Query);
        await alarms.ExportedAsync(context.User.GetStaffId(), "records", stop);
        var name = string.Create(CultureInfo.InvariantCulture, $"mydata-records-{year}.{ending}");
        return TypedResults.Stream(stream => write(year, filter, stream, stop), type, name);
    }
}
