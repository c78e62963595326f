using System.Globalization;
using System.Text.Json;
using MyData.Core.Consent;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>
/// Whom an agency seals for (protocols.md A4): her own browser, as she agreed; a service's key only where her receipt says that it is standing, now,
/// and for that very key.
/// </summary>
public static class RecipientCheck
{
    private const string Service = "service";

    /// <exception cref="AgencyRefusal">403, <c>consent.…</c>; 400, <c>request.role</c></exception>
    public static void Check(IReadOnlyList<SealRecipient> recipients, JsonElement receipt, DateTimeOffset now)
    {
        foreach (var recipient in recipients)
        {
            if (recipient.Role == Service)
                CheckService(recipient, receipt, now);
            else if (recipient.Role != "citizen")
                throw AgencyRefusal.Wrong("request.role", "Sealed for citizens and services alone.");
        }
    }

    private static void CheckService(SealRecipient recipient, JsonElement receipt, DateTimeOffset now)
    {
        if (PurposeOf(receipt) is not { } purpose || !purpose.TryGetProperty("standing", out var standing))
            throw AgencyRefusal.Consent("consent.not_standing", "She agreed to it once, in her own browser.");
        if (now < Time(standing, "from") || now >= Time(standing, "until"))
            throw AgencyRefusal.Consent("consent.over", "The time that she agreed to is over.");
        if (!Recipients(purpose).Contains(recipient.Key.Thumbprint()))
            throw AgencyRefusal.Consent("consent.recipient", "She agreed to another recipient.");
    }

    private static JsonElement? PurposeOf(JsonElement receipt) =>
        receipt.TryGetProperty("pii_processing", out var processing)
        && processing.TryGetProperty("purposes", out var purposes)
        && purposes is { ValueKind: JsonValueKind.Array }
        && purposes.GetArrayLength() > 0
            ? purposes[0]
            : null;

    private static IEnumerable<string?> Recipients(JsonElement purpose) =>
        purpose.TryGetProperty("recipients", out var recipients) && recipients.ValueKind == JsonValueKind.Array
            ? recipients
                .EnumerateArray()
                .Where(one => TokenFacts.Text(one, "type") == ConsentRecipient.OnlineService)
                .Select(one => TokenFacts.Text(one, "key_thumbprint"))
            : [];

    // What is no time is never now.
    private static DateTimeOffset Time(JsonElement standing, string name) =>
        DateTimeOffset.TryParse(
            TokenFacts.Text(standing, name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
        : name == "from" ? DateTimeOffset.MaxValue
        : DateTimeOffset.MinValue;
}
