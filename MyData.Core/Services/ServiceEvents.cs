using System.Text.Json;
using System.Text.Json.Serialization;
using MyData.Core.Events;

namespace MyData.Core.Services;

/// <summary>The event of one step of a request: whose, which decision it belongs to, with which service.</summary>
internal static class ServiceEvents
{
    public const string Citizen = "citizen";
    public const string Platform = "platform";

    private static readonly JsonSerializerOptions Short = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>A service as the actor of an event.</summary>
    public static string Of(string serviceId) => $"service:{serviceId}";

    /// <param name="item">the package that it is about; null: all of them</param>
    /// <param name="seal">its seal digest in hexadecimal</param>
    /// <param name="deleteBy">until when the service keeps it</param>
    /// <param name="answer">SHA-256 of what the service sent</param>
    /// <param name="until">by when an answer is due, or until when it is kept in spite of her</param>
    /// <param name="to">false where nothing goes to the service by it</param>
    /// <param name="signs">false where the service signs for nothing; null: it does, or nothing is to be signed for</param>
    public static Event Happened(
        string kind,
        string actor,
        ServiceRequest request,
        string code = "ok",
        ServiceItem? item = null,
        string? seal = null,
        DateTimeOffset? deleteBy = null,
        byte[]? answer = null,
        bool to = true,
        DateTimeOffset? until = null,
        bool? signs = null
    ) =>
        new()
        {
            Kind = kind,
            Actor = actor,
            CitizenId = request.CitizenId,
            ConsentId = request.ConsentId ?? request.FetchConsentId,
            TransferId = item?.TransferId,
            DataSetId = item?.DataSetId,
            Code = code,
            ResponseDigest = answer,
            Details = JsonSerializer.Serialize(
                new
                {
                    service = request.ServiceId,
                    to = to ? request.ServiceId : null,
                    seal,
                    delete_by = deleteBy,
                    until,
                    signs,
                },
                Short
            ),
        };
}
