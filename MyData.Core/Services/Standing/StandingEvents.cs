using System.Text.Json;
using System.Text.Json.Serialization;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Services;

/// <summary>What is told of a standing consent: the event of each step, and what its service hears (RFC 8417).</summary>
internal static class StandingEvents
{
    private static readonly JsonSerializerOptions Short = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <param name="dataSet">the item that it is about; null: all of it</param>
    /// <param name="transfer">the transfer that it is about</param>
    /// <param name="until">its end, or from when on it may be used</param>
    /// <param name="to">false where nothing goes to the service by it</param>
    /// <param name="restored">repeated by a record, an older database having forgotten it</param>
    public static Event Happened(
        string kind,
        string actor,
        StandingConsent standing,
        string code = "ok",
        string? dataSet = null,
        Guid? transfer = null,
        DateTimeOffset? until = null,
        bool to = true,
        bool restored = false
    ) =>
        new()
        {
            Kind = kind,
            Actor = actor,
            CitizenId = standing.CitizenId,
            ConsentId = standing.ConsentId,
            TransferId = transfer,
            DataSetId = dataSet,
            Code = code,
            Details = JsonSerializer.Serialize(
                new
                {
                    service = standing.ServiceId,
                    to = to ? standing.ServiceId : null,
                    until,
                    restored = restored ? true : (bool?)null,
                },
                Short
            ),
        };

    /// <summary>
    /// Has the service told, and the agencies, within the write that it is told of. A service that never had a token is told nothing; an agency was
    /// told of the hand-over already.
    /// </summary>
    /// <param name="kind">one of <see cref="SecurityEventTokens"/>' kinds</param>
    /// <param name="gone">what it was to have, and does not get any more</param>
    public static void Tell(
        WriteScope scope,
        StandingConsent standing,
        string kind,
        IEnumerable<ServiceItem> gone,
        string? dataSet = null,
        string? reason = null,
        DateTimeOffset? next = null
    )
    {
        AgencyEvents.Queue(scope, standing, kind, dataSet);
        if (standing.FamilyHash is null)
            return;
        scope.Db.Add(
            new SecurityEvent
            {
                Id = Ids.New(),
                ServiceId = standing.ServiceId,
                CitizenId = standing.CitizenId,
                RequestId = standing.RequestId,
                Kind = kind,
                Content = JsonSerializer.Serialize(
                    new
                    {
                        consent_id = standing.ConsentId,
                        transfers = gone.Select(item => new
                        {
                            transfer_id = item.TransferId,
                            dataset = item.DataSetId,
                        }),
                        dataset = dataSet,
                        reason,
                        next_at = next?.ToUnixTimeSeconds(),
                    },
                    Short
                ),
                CreatedAt = scope.Now,
                NextAttemptAt = scope.Now,
            }
        );
    }
}
