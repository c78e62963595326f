using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>
/// A service's signed word that it has a package: <see cref="SignedReceipts"/> of typ <c>mydata-delivery-receipt+jwt</c>, with
/// <c>delete_by</c> (seconds).
/// </summary>
public sealed class DeliveryReceipts(SignedReceipts receipts, TimeProvider time)
{
    public const string Type = "mydata-delivery-receipt+jwt";

    /// <returns>The seal of what the service has, and until when it keeps it.</returns>
    /// <exception cref="OpenIdException">invalid_request with service.receipt.</exception>
    public async Task<(string Seal, DateTimeOffset DeleteBy)> CheckAsync(
        RequestView view,
        Guid transferId,
        string receipt,
        CancellationToken token
    )
    {
        await receipts.LearnAsync(view.Service, receipt, token);
        var claims = receipts.Read(view.Service, transferId, receipt, Type, ServiceCodes.Receipt);
        var now = time.GetUtcNow();
        var deleteBy = SignedReceipts.Time(claims, "delete_by", ServiceCodes.Receipt);
        SignedReceipts.Require(
            deleteBy > now && deleteBy <= now + view.Content.Retention + ClientAssertions.Skew,
            "delete_by is past what she agreed to",
            ServiceCodes.Receipt
        );
        return (SignedReceipts.Seal(claims, ServiceCodes.Receipt), deleteBy);
    }
}
