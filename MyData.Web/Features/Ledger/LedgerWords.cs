using System.Globalization;
using Microsoft.Extensions.Localization;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Ui;

namespace MyData.Web.Features.Ledger;

/// <summary>Codes, numbers and times of the ledger, in the page's language.</summary>
public sealed class LedgerWords(IStringLocalizer<LedgerText> text)
{
    private static readonly TimeSpan Taipei = TimeSpan.FromHours(8);

    /// <summary>What was done; null for a code that has no words here.</summary>
    public string? Operation(string code) => Find($"Op-{code}");

    public string? Reason(string code) => Find($"Why-{code}");

    /// <summary>What happened that must not; in general words where the code has none of its own.</summary>
    public string Incident(string code) => Find($"Incident-{code}") ?? text["Incident-other"];

    /// <summary>Who took over from whom, at which size; then what was told of it, where that is known.</summary>
    public IEnumerable<string> Promotion(Incident incident, ToldPromotion? told)
    {
        var (took, size) = (incident.Place ?? "", Number(incident.Index ?? 0));
        yield return incident.From is { } lost and not Core.Recording.Promotion.Nobody
            ? text["IncidentPromoted", took, lost, size]
            : text["IncidentPromotedOnly", took, size];
        if (told is null)
            yield break;
        yield return told.By is { } by ? text["PromotedBy", by] : text["PromotedByNobody"];
        if (told.IsLate)
            yield return text["PromotedLate"];
        if (told.IsBehind)
            yield return text["PromotedBehind"];
        if (told.Fenced is { } fenced)
            yield return text["PromotedFenced", fenced];
    }

    /// <summary>What another policy changed, a sentence each.</summary>
    public IEnumerable<string> Policy(PolicyChange change) =>
        new (string Key, IReadOnlyList<string> Names)[]
        {
            ("PolicyJoined", change.Joined),
            ("PolicyLeft", change.Left),
            ("PolicyRekeyed", change.Rekeyed),
            ("PolicyNodesJoined", change.NodesJoined),
            ("PolicyNodesLeft", change.NodesLeft),
        }
            .Where(part => part.Names.Count > 0)
            .Select(part => text[part.Key, string.Join(text["ListSeparator"].Value, part.Names)].Value)
            .Concat(
                change.From == change.To ? [] : [text["PolicyQuorum", Quorum(change.From), Quorum(change.To)].Value]
            );

    private string Quorum(PolicyQuorum quorum) =>
        quorum.Needed == 0 ? text["QuorumNone"] : text["QuorumOf", quorum.Needed, quorum.Of];

    /// <summary>How long ago, in the largest unit that is not none.</summary>
    public string Age(TimeSpan age) =>
        age switch
        {
            { TotalSeconds: < 60 } => text["AgeSeconds", Math.Max(0, (int)age.TotalSeconds)],
            { TotalMinutes: < 60 } => text["AgeMinutes", (int)age.TotalMinutes],
            { TotalHours: < 48 } => text["AgeHours", (int)age.TotalHours],
            _ => text["AgeDays", (int)age.TotalDays],
        };

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Bytes in the unit that fits, of 1,000.</summary>
    public static string Size(long bytes) =>
        bytes switch
        {
            >= 1_000_000_000_000 => (bytes / 1e12).ToString("0.0 TB", CultureInfo.InvariantCulture),
            >= 1_000_000_000 => (bytes / 1e9).ToString("0.0 GB", CultureInfo.InvariantCulture),
            _ => (bytes / 1e6).ToString("0 MB", CultureInfo.InvariantCulture),
        };

    public static string Milliseconds(double time) =>
        time.ToString(time < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);

    /// <summary>Hours, minutes and seconds in Taiwan; with the day where it is not today's.</summary>
    public static string Moment(DateTimeOffset at, DateTimeOffset now) =>
        at.ToOffset(Taipei).Date == now.ToOffset(Taipei).Date
            ? at.ToOffset(Taipei).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : Dates.Text(at);

    /// <summary>The beginning of a hash, to compare by eye.</summary>
    public static string Short(ReadOnlySpan<byte> hash) => Convert.ToBase64String(hash)[..8];

    /// <summary>The members of a record that are there, each with its value as it stands there.</summary>
    public IReadOnlyList<(string Name, string Label, string Value)> Members(LedgerRecord record) =>
        [
            .. Values(record)
                .Where(member => member.Value is not null)
                .Select(member => (member.Name, text[$"Member-{member.Name}"].Value, member.Value!)),
        ];

    private static IEnumerable<(string Name, string? Value)> Values(LedgerRecord record) =>
        [
            ("from", record.From),
            ("to", record.To),
            ("why", record.Reason),
            ("fld", record.Fields.Count > 0 ? string.Join(' ', record.Fields) : null),
            ("idm", record.Identity),
            ("n", Number(record.Persons)),
            ("via", record.Via),
            ("kid", record.Kid),
            ("seal", Hash(record.SealDigest)),
            ("con", Hash(record.ConsentHash)),
            ("req", Hash(record.RequestHash)),
            ("rsp", Hash(record.ResponseHash)),
            ("who", Hash(record.PersonsHash)),
            ("act", Hash(record.Actor)),
            ("sub", record.Tags.Count > 0 ? string.Join(' ', record.Tags.Select(Convert.ToBase64String)) : null),
            ("id", record.Id.ToString()),
        ];

    private static string? Hash(byte[]? hash) => hash is null ? null : Convert.ToBase64String(hash);

    private string? Find(string key) => text[key] is { ResourceNotFound: false } found ? found.Value : null;
}
