using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Core.Consent;

/// <summary>What she decided on, as the page showed it. One form for the page, the record and the receipt.</summary>
public sealed record ConsentDraft
{
    /// <summary>The consent's id, made with the page: the same form sent twice is one decision.</summary>
    public required Guid Id { get; init; }
    public required Guid CitizenId { get; init; }
    public required Guid SessionId { get; init; }
    public required ConsentDecision Decision { get; init; }
    public required string Purpose { get; init; }
    public required string RecipientKey { get; init; }
    public required IReadOnlyList<ConsentItem> Items { get; init; }

    /// <summary>zh-TW or en: the language that she read.</summary>
    public required string Language { get; init; }

    /// <summary>base64url(SHA-256) of the very text on the page, in that language.</summary>
    public required string TextHash { get; init; }

    /// <summary>Version of the privacy statement that stood behind the page.</summary>
    public required string PolicyVersion { get; init; }

    /// <summary>How long the platform keeps the sealed packages; where they go to a service, how long that one keeps what it takes over.</summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>Whom the data are for where that is not her own browser; null: herself.</summary>
    public ConsentRecipient? Recipient { get; init; }

    /// <summary>For whom she fetches what comes to her own browser, and may hand on from there after another yes; null: nobody else.</summary>
    public ConsentRecipient? MeantFor { get; init; }

    /// <summary>What the recipient may fetch again by itself; null: once.</summary>
    public StandingUse? Standing { get; init; }
}

/// <summary>How often, from when until when.</summary>
/// <param name="Every">the shortest time between two fetches</param>
public sealed record StandingUse(TimeSpan Every, DateTimeOffset From, DateTimeOffset Until);

/// <summary>Somebody else than herself who is to see the data.</summary>
/// <param name="Type">such as <c>counter-service</c></param>
/// <param name="Id">as registered</param>
/// <param name="TermsVersion">of what is registered there</param>
/// <param name="KeyThumbprint">of the key that it opens with, where she is shown it; else null</param>
public sealed record ConsentRecipient(
    string Type,
    string Id,
    int TermsVersion,
    string? KeyThumbprint = null,
    string? PurposeCode = null
)
{
    /// <summary>A service at counters.</summary>
    public const string CounterService = "counter-service";

    /// <summary>An online service: what it takes over it keeps and uses by itself.</summary>
    public const string OnlineService = "online-service";
}

/// <summary>The receipt's content: the fields of ISO/IEC TS 27560:2023 that apply.</summary>
internal static class ConsentReceipt
{
    public const string Type = "consent-receipt+jwt";

    public static string Sign(ConsentDraft draft, string pseudonym, DateTimeOffset at, IIssuer issuer, SigningKeys keys)
    {
        var time = Instant(at);
        var content = new
        {
            iss = issuer.Value,
            iat = at.ToUnixTimeSeconds(),
            jti = draft.Id,
            receipt_metadata = new
            {
                receipt_id = draft.Id,
                schema_version = "ISO/IEC TS 27560:2023",
                issued_at = time,
                issuer = issuer.Value,
            },
            record_metadata = new { record_id = draft.Id, pii_principal_id = pseudonym },
            pii_processing = new
            {
                privacy_notice = $"{issuer.Value}/privacy",
                privacy_notice_version = draft.PolicyVersion,
                language = draft.Language,
                notice_text_sha256 = draft.TextHash,
                purposes = new[]
                {
                    new
                    {
                        purpose = draft.Purpose,
                        lawful_basis = "consent",
                        processing_methods = Methods(draft),
                        storage = Storage(draft, issuer),
                        frequency = draft.Standing is { } use ? System.Xml.XmlConvert.ToString(use.Every) : "once",
                        standing = draft.Standing is { } window
                            ? new { from = Instant(window.From), until = Instant(window.Until) }
                            : null,
                        pii_information = draft.Items.Select(item => new
                        {
                            dataset = item.DataSet,
                            schema_version = item.SchemaVersion,
                            pii_controller = item.Provider,
                            fields = item.Fields,
                            parameters = item.Parameters,
                            seal_sha256 = item.Seal,
                        }),
                        recipients = Recipients(draft),
                    },
                },
            },
            consent_event = new
            {
                event_time = time,
                event_type = "explicit",
                event_state = draft.Decision == ConsentDecision.Given ? "given" : "refused",
            },
        };
        return keys.Sign(JsonSerializer.SerializeToUtf8Bytes(content, Readable), Type, at);
    }

    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null);

    private static object Storage(ConsentDraft draft, IIssuer issuer)
    {
        var kept = System.Xml.XmlConvert.ToString(draft.Retention);
        return draft.Recipient is { } recipient
            ? new { location = recipient.Id, retention = kept }
            : new { location = issuer.Value, sealed_retention = kept };
    }

    private static string[] Methods(ConsentDraft draft) =>
        draft.Recipient switch
        {
            null => ["fetch", "relay-sealed"],
            { Type: ConsentRecipient.OnlineService } when draft.Standing is not null =>
            [
                "fetch",
                "relay-sealed",
                "hand-over",
            ],
            { Type: ConsentRecipient.OnlineService } => ["relay-sealed", "hand-over"],
            _ => ["relay-sealed", "show"],
        };

    private static object[] Recipients(ConsentDraft draft) =>
        draft.Recipient is { } recipient ? [Other(recipient)]
        : draft.MeantFor is { } meant ? [Browser(draft), Other(meant)]
        : [Browser(draft)];

    private static object Browser(ConsentDraft draft) =>
        new { type = "citizen-browser", key_thumbprint = draft.RecipientKey };

    private static object Other(ConsentRecipient recipient) =>
        new
        {
            type = recipient.Type,
            id = recipient.Id,
            terms_version = recipient.TermsVersion,
            key_thumbprint = recipient.KeyThumbprint,
            purpose_code = recipient.PurposeCode,
        };

    /// <summary>
    /// The same receipt for the agency of one data set: without what she asked of the others, and without the hash of the page that
    /// named them, from which they could be guessed.
    /// </summary>
    public static string Narrow(string receipt, string dataSet, DateTimeOffset at, SigningKeys keys)
    {
        var content = JsonNode.Parse(Base64UrlText.Decode(receipt.Split('.')[1]))!;
        // Signed now, perhaps by a later key than hers; when she decided stands in its other members.
        content["iat"] = at.ToUnixTimeSeconds();
        var processing = content["pii_processing"]!.AsObject();
        processing.Remove("notice_text_sha256");
        foreach (var purpose in processing["purposes"]!.AsArray())
            purpose!["pii_information"]!.AsArray().RemoveAll(item => (string?)item!["dataset"] != dataSet);
        return keys.Sign(JsonSerializer.SerializeToUtf8Bytes(content, Readable), Type, at);
    }

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };
}
