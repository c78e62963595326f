using System.Text.Json;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>
/// What agencies are told of the packages that they sealed: to whom she handed one, and that she took that back (protocols.md A2 <c>handovers</c>, A5). A
/// signed event of the same outbox as services' own, for <c>{endpoint}/handovers</c> of the data set; an agency that has not registered for it gets none.
/// </summary>
internal static class AgencyEvents
{
    /// <summary>Puts one for each agency into the outbox, within the write of what it tells.</summary>
    public static void Queue(WriteScope scope, ServiceRequest request, string kind, IReadOnlyList<ServiceItem> items)
    {
        if (request.ConsentId is not { } consentId || items.Count == 0)
            return;
        // What the national wire brought was sealed here, and its agency has no such address.
        var sealers = SideFollower.SealersOf(scope, [.. items.Select(item => item.TransferId)]);
        var purpose = Consents.Find(scope, consentId)?.Purpose;
        foreach (var item in items)
            if (sealers.TryGetValue(item.TransferId, out var agency))
                scope.Db.Add(
                    new SecurityEvent
                    {
                        Id = Ids.New(),
                        ServiceId = request.ServiceId,
                        Audience = agency,
                        DataSetId = item.DataSetId,
                        CitizenId = request.CitizenId!.Value,
                        RequestId = request.Id,
                        Kind = kind,
                        Content = JsonSerializer.Serialize(
                            new
                            {
                                consent_id = consentId,
                                service = request.ServiceId,
                                purpose,
                                transfers = new[]
                                {
                                    new
                                    {
                                        transfer_id = item.TransferId,
                                        dataset = item.DataSetId,
                                        seal = item.Seal,
                                    },
                                },
                            }
                        ),
                        CreatedAt = scope.Now,
                        NextAttemptAt = scope.Now,
                    }
                );
    }
}
