using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>What a service says became of a package.</summary>
/// <param name="KeptUntil">null: it is deleted</param>
/// <param name="Law">why it is kept, as the service names it; null where it is deleted</param>
public sealed record DeletionAnswer(DateTimeOffset? KeptUntil, string? Law);

/// <summary>
/// A service's signed word that it has deleted a package, or keeps it: <see cref="SignedReceipts"/> of typ
/// <c>mydata-deletion-receipt+jwt</c>, with <c>status</c> <c>deleted</c>, or <c>kept</c> with <c>until</c> (seconds) and <c>law</c> (the provision, 1 to 100 plain
/// characters).
/// </summary>
public sealed class DeletionReceipts(SignedReceipts receipts, ServiceSettings settings, TimeProvider time)
{
    public const string Type = "mydata-deletion-receipt+jwt";

    private const int LongestLaw = 100;

    /// <exception cref="OpenIdException">invalid_request with service.deletion.</exception>
    public async Task<DeletionAnswer> CheckAsync(
        OnlineServiceListing service,
        ServiceItem item,
        string receipt,
        CancellationToken token
    )
    {
        await receipts.LearnAsync(service, receipt, token);
        var claims = receipts.Read(service, item.TransferId, receipt, Type, ServiceCodes.Deletion);
        Require(SignedReceipts.Seal(claims, ServiceCodes.Deletion) == item.Seal, "seal");
        switch (ClientAssertions.Text(claims, "status"))
        {
            case "deleted":
                return new(null, null);
            case "kept":
                return Kept(item, claims);
            default:
                throw OpenIdException.InvalidRequest("status is neither.", ServiceCodes.Deletion);
        }
    }

    // Without her asking, what she agreed to is the end; and once said, it is said.
    private DeletionAnswer Kept(ServiceItem item, JsonElement claims)
    {
        Require(item is { AskedAt: not null, KeptUntil: null, DeletedAt: null }, "kept cannot be said now");
        var until = SignedReceipts.Time(claims, "until", ServiceCodes.Deletion);
        var now = time.GetUtcNow();
        Require(until > now && until <= now + settings.LongestKept, "until is past, or too far");
        var law = ClientAssertions.Text(claims, "law")?.Trim();
        Require(law is { Length: > 0 and <= LongestLaw } && ListingChecks.IsPlain(law), "law is no plain text");
        return new(until, law);
    }

    private static void Require(bool holds, string what) => SignedReceipts.Require(holds, what, ServiceCodes.Deletion);
}
