using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>
/// What agencies are told of the packages that they sealed: to whom she handed one, and that she took that back, or what became of the standing consent
/// behind it (protocols.md A2 <c>handovers</c>, A5). A signed event of the same outbox as services' own, for <c>{endpoint}/handovers</c> of the data set;
/// an agency that has not registered for it gets none.
/// </summary>
internal static class AgencyEvents
{
    /// <summary>Puts one for each package into the outbox, within the write of what it tells.</summary>
    public static void Queue(WriteScope scope, ServiceRequest request, string kind, IReadOnlyList<ServiceItem> items) =>
        Queue(
            scope,
            request,
            kind,
            items,
            item =>
                [
                    new
                    {
                        transfer_id = item.TransferId,
                        dataset = item.DataSetId,
                        seal = item.Seal,
                    },
                ]
        );

    /// <summary>The same of a standing consent, and of no package: one for each data set that it goes on with, or for the one that it is about.</summary>
    /// <param name="dataSet">the item that she struck; null: all that are left</param>
    public static void Queue(WriteScope scope, StandingConsent standing, string kind, string? dataSet = null)
    {
        var request = ServiceRequests.Read(scope, standing.RequestId);
        var first = scope.Db.Set<ServiceItem>().AsNoTracking().Where(item => item.RequestId == request.Id).ToList();
        Queue(
            scope,
            request,
            kind,
            [
                .. first.Where(item =>
                    dataSet is null ? !standing.StruckSets.Contains(item.DataSetId) : item.DataSetId == dataSet
                ),
            ],
            _ => []
        );
    }

    private static void Queue(
        WriteScope scope,
        ServiceRequest request,
        string kind,
        IReadOnlyList<ServiceItem> items,
        Func<ServiceItem, object[]> transfers
    )
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
                                dataset = item.DataSetId,
                                transfers = transfers(item),
                            }
                        ),
                        CreatedAt = scope.Now,
                        NextAttemptAt = scope.Now,
                    }
                );
    }
}
