using MyData.Web.Features.Ledger;

namespace MyData.Web.Features.Watch;

/// <summary>The auditor's room.</summary>
public static class WatchUrls
{
    public const string Alarms = "/audit";
    public const string AlarmRoute = "/audit/alarms/{id:guid}";
    public const string CloseRoute = $"{AlarmRoute}/close";
    public const string EvidenceRoute = $"{AlarmRoute}/evidence.zip";
    public const string Records = "/audit/records";
    public const string RecordsCsv = "/audit/records.csv";
    public const string RecordsJson = "/audit/records.json";
    public const string Incidents = "/audit/incidents";
    public const string Report = "/audit/report";
    public const string ReportRoute = "/audit/report/{id:guid}.pdf";

    public static string Alarm(Guid id) => $"{Alarms}/alarms/{id:D}";

    /// <summary>The page that waits for a report, and then offers it.</summary>
    public static string ReportOf(Guid id) => $"{Report}?id={id:D}";

    public static string ReportFile(Guid id) => $"{Report}/{id:D}.pdf";

    public static string Close(Guid id) => $"{Alarm(id)}/close";

    public static string Evidence(Guid id) => $"{Alarm(id)}/evidence.zip";

    /// <summary>The list, saying that this one was closed.</summary>
    public static string Closed(Guid id) => $"{Alarms}?closed={id:D}";

    /// <summary>The records that a question finds, as a file.</summary>
    public static string File(string path, IQueryCollection query) => RecordFilterQuery.At(path, query);
}
