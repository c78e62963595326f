using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>
/// Security event tokens (RFC 8417): a JWS by the platform's key, typ <c>secevent+jwt</c>, of <c>iss</c>, <c>aud</c> (the service, or the agency),
/// <c>jti</c>, <c>iat</c>, <c>sub_id</c> (RFC 9493, <c>iss_sub</c> by the recipient's own name for her) and one of <c>events</c>.
/// </summary>
public sealed class SecurityEventTokens(SigningKeys keys, IIssuer issuer, TransferTokens tokens, TimeProvider time)
{
    public const string Type = "secevent+jwt";

    /// <summary>She took her consent back: of each package that the service has, an answer is due.</summary>
    public const string ConsentRevoked = "consent-revoked";

    /// <summary>An answer, or the receipt at the end of a retention, did not come in time.</summary>
    public const string DeletionOverdue = "deletion-overdue";

    /// <summary>A standing consent is paused: it fetches nothing until it hears that it goes on, and what waited is gone.</summary>
    public const string ConsentPaused = "consent-paused";

    /// <summary>It goes on; <c>next_at</c> says from when.</summary>
    public const string ConsentResumed = "consent-resumed";

    /// <summary>She struck one <c>dataset</c> of a standing consent; the rest goes on.</summary>
    public const string ItemStruck = "item-struck";

    /// <summary>A standing consent is over; <c>reason</c> says why. What was delivered stays under its retention.</summary>
    public const string ConsentEnded = "consent-ended";

    /// <summary>She signs in at this service with the platform no more: what it holds open for her by it is to end.</summary>
    public const string SignInRevoked = "sign-in-revoked";

    /// <summary>To an agency alone: a package that it sealed goes to a service.</summary>
    public const string HandedOver = "handed-over";

    /// <summary>Puts one into the outbox, within the write of what it tells.</summary>
    /// <param name="items">the packages that it is about</param>
    internal static void Queue(
        WriteScope scope,
        ServiceRequest request,
        string kind,
        IEnumerable<ServiceItem> items,
        DateTimeOffset respondBy
    ) =>
        Queue(
            scope,
            request.ServiceId,
            request.CitizenId!.Value,
            request.Id,
            kind,
            new
            {
                consent_id = request.ConsentId,
                transfers = items.Select(item => new
                {
                    transfer_id = item.TransferId,
                    dataset = item.DataSetId,
                    seal = item.Seal,
                }),
                respond_by = respondBy.ToUnixTimeSeconds(),
            }
        );

    /// <inheritdoc cref="Queue(WriteScope, ServiceRequest, string, IEnumerable{ServiceItem}, DateTimeOffset)"/>
    /// <param name="about">the row that it belongs to</param>
    /// <param name="content">what the event says: ids and times</param>
    internal static void Queue(
        WriteScope scope,
        string serviceId,
        Guid citizenId,
        Guid about,
        string kind,
        object content
    ) =>
        scope.Db.Add(
            new SecurityEvent
            {
                Id = Ids.New(),
                ServiceId = serviceId,
                CitizenId = citizenId,
                RequestId = about,
                Kind = kind,
                Content = JsonSerializer.Serialize(content),
                CreatedAt = scope.Now,
                NextAttemptAt = scope.Now,
            }
        );

    /// <summary>What services are told about these rows.</summary>
    internal static Task<List<SecurityEvent>> AboutAsync(
        MyDataDb db,
        IReadOnlyCollection<Guid> ids,
        CancellationToken token
    ) => db.Set<SecurityEvent>().Where(e => ids.Contains(e.RequestId)).ToListAsync(token);

    /// <summary>The signed token; of the same event it says the same each time.</summary>
    internal string Sign(SecurityEvent one)
    {
        var audience = one.Audience ?? one.ServiceId;
        return keys.Sign(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    iss = issuer.Value,
                    aud = audience,
                    jti = one.Id,
                    iat = one.CreatedAt.ToUnixTimeSeconds(),
                    sub_id = new
                    {
                        format = "iss_sub",
                        iss = issuer.Value,
                        sub = tokens.Subject(one.CitizenId, audience),
                    },
                    events = new Dictionary<string, JsonElement>
                    {
                        [$"{issuer.Value}/events/{one.Kind}"] = JsonSerializer.Deserialize<JsonElement>(one.Content),
                    },
                }
            ),
            Type,
            time.GetUtcNow()
        );
    }

    /// <summary>Waiting → Taken: its service has it, and she can see so. False where that was known.</summary>
    internal static bool Take(WriteScope scope, SecurityEvent one)
    {
        scope.Bookkeeping();
        if (!End(scope, one, SecurityEventState.Taken, null))
            return false;
        // Her account may be closed meanwhile, and the request gone with it.
        if (scope.Db.Set<ServiceRequest>().AsNoTracking().FirstOrDefault(r => r.Id == one.RequestId) is { } request)
            scope.Raise(one.Audience is null ? Heard(one, request) : AgencyHeard(one, request));
        return true;
    }

    /// <summary>Whoever is told says that it is wrong: in her history, and at the desk until it is taken; of each event once.</summary>
    /// <param name="final">it asked for it, and is told no more; what is pushed is pushed again</param>
    internal static void Refuse(WriteScope scope, SecurityEvent one, bool final)
    {
        scope.Bookkeeping();
        var first = scope
            .Db.Set<SecurityEvent>()
            .Where(e => e.Id == one.Id && e.State == SecurityEventState.Waiting)
            .Where(e => e.Failure != ServiceCodes.EventRefused)
            .ExecuteUpdate(set => set.SetProperty(e => e.Failure, ServiceCodes.EventRefused));
        if (final)
            End(scope, one, SecurityEventState.Refused, ServiceCodes.EventRefused);
        if (first != 1)
            return;
        var request = ServiceRequests.Find(scope, one.RequestId);
        scope.Raise(
            new Event
            {
                Kind = EventKinds.ServiceEventRefused,
                Actor = one.Audience is null ? ServiceEvents.Of(one.ServiceId) : $"provider:{one.Audience}",
                CitizenId = one.CitizenId,
                ConsentId = request?.ConsentId,
                DataSetId = one.DataSetId,
                Code = ServiceCodes.EventRefused,
                Details = JsonSerializer.Serialize(new { service = one.ServiceId, to = one.Audience ?? one.ServiceId }),
            }
        );
    }

    private static Event Heard(SecurityEvent one, ServiceRequest request) =>
        ServiceEvents.Happened(EventKinds.ServiceNotified, ServiceEvents.Of(one.ServiceId), request);

    private static Event AgencyHeard(SecurityEvent one, ServiceRequest request) =>
        new()
        {
            Kind = EventKinds.ServiceAgencyTold,
            Actor = $"provider:{one.Audience}",
            CitizenId = one.CitizenId,
            ConsentId = request.ConsentId,
            DataSetId = one.DataSetId,
            Details = JsonSerializer.Serialize(
                new
                {
                    service = one.ServiceId,
                    to = one.Audience,
                    withdrawn = one.Kind == ConsentRevoked,
                    told = one.Kind,
                }
            ),
        };

    internal static bool End(WriteScope scope, SecurityEvent one, SecurityEventState state, string? failure) =>
        scope
            .Db.Set<SecurityEvent>()
            .Where(e => e.Id == one.Id && e.State == SecurityEventState.Waiting)
            .ExecuteUpdate(set =>
                set.SetProperty(e => e.State, state)
                    .SetProperty(e => e.EndedAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(e => e.NextAttemptAt, (DateTimeOffset?)null)
                    .SetProperty(e => e.Failure, failure)
            ) == 1;
}
