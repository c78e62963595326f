using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyData.Core.Watch;
using MyData.Web.Features.Staff;
using MyData.Web.Features.Watch;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Report;

public static class ReportEndpoints
{
    public static void AddReport(this IServiceCollection services)
    {
        services.AddSingleton<ReportLedger>();
        services.AddSingleton<ReportReading>();
        services.AddSingleton<ReportWriting>();
        services.AddSingleton<ReportMaker>();
        services.AddSingleton<ReportOrders>();
    }

    public static void MapReport(this RouteGroupBuilder room)
    {
        // Before the page of the same address, which would otherwise answer the form too.
        room.MapPost(WatchUrls.Report, StartAsync).WithOrder(-1);
        room.MapGet(WatchUrls.ReportRoute, File);
    }

    private static async Task<IResult> StartAsync(
        HttpContext context,
        ReportMaker maker,
        Alarms alarms,
        [FromForm] string? language
    )
    {
        await alarms.ExportedAsync(context.User.GetStaffId(), "report", context.RequestAborted);
        return new SeeOther(WatchUrls.ReportOf(maker.Start(Language(language)).Id));
    }

    private static IResult File(ReportMaker maker, Guid id) =>
        maker.Find(id) is { File: { } pdf } job
            ? TypedResults.Bytes(pdf, "application/pdf", Name(job))
            : TypedResults.NotFound();

    /// <summary>One of the portal's languages; the first where it is none.</summary>
    internal static CultureInfo Language(string? name) =>
        CultureInfo.GetCultureInfo(
            Languages.Supported.FirstOrDefault(known => known == name) ?? Languages.Supported[0]
        );

    private static string Name(ReportJob job) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"mydata-report-{job.Begun.ToOffset(TimeSpan.FromHours(8)):yyyyMMdd-HHmm}-{job.Language.Name}.pdf"
        );
}
