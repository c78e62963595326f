namespace MyData.Web.Features.LedgerApi;

/// <summary>The ledger for programs of any language; <c>openapi.json</c> says each address's parameters and answers.</summary>
public static class ApiUrls
{
    public const string Prefix = "/ledger/v1";
    public const string OpenApi = $"{Prefix}/openapi.json";
    public const string Records = $"{Prefix}/records";
    public const string Batch = $"{Prefix}/records:batch";
    public const string Record = $"{Prefix}/records/{{id:guid}}";
    public const string Entry = $"{Record}/entry";
    public const string Proof = $"{Record}/proof";
    public const string ByIndex = $"{Prefix}/logs/{{year:int}}/records/{{index:long}}";
    public const string Inclusion = $"{Prefix}/logs/{{year:int}}/inclusion";
    public const string Consistency = $"{Prefix}/logs/{{year:int}}/consistency";
    public const string TagLookup = $"{Prefix}/logs/{{year:int}}/tags:lookup";
    public const string Policy = $"{Prefix}/policy";
    public const string Keys = $"{Prefix}/keys";
    public const string Sides = $"{Prefix}/sides";
    public const string Accesses = $"{Prefix}/me/accesses";
    public const string Verify = $"{Prefix}/verify";
    public const string Nodes = $"{Prefix}/nodes";
    public const string Incidents = $"{Prefix}/incidents";
    public const string Events = $"{Prefix}/events";
    public const string Metrics = $"{Prefix}/metrics";
    public const string Exports = $"{Prefix}/exports";
    public const string Export = $"{Prefix}/exports/{{year:int}}";

    /// <summary>The text of a recorded policy.</summary>
    public static string PolicyOf(string digest) => $"{Policy}?digest={digest}";

    public static string InclusionOf(int year, long index, long size) =>
        FormattableString.Invariant($"{Prefix}/logs/{year}/inclusion?index={index}&size={size}");

    public static string ExportOf(int year) => FormattableString.Invariant($"{Exports}/{year}");

    public static string Of(Guid id) => $"{Records}/{id:D}";
}
