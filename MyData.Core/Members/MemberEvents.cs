using System.Text.Json;
using System.Text.Json.Serialization;
using MyData.Core.Events;

namespace MyData.Core.Members;

/// <summary>The event of one step of a sign-in at a service.</summary>
internal static class MemberEvents
{
    public const string Citizen = "citizen";
    public const string Platform = "platform";

    /// <summary>Why it happens: the purpose of every such event, and the reason in its record.</summary>
    public const string Purpose = "sign-in";

    private static readonly JsonSerializerOptions Short = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>A service as the actor of an event.</summary>
    public static string Of(string serviceId) => $"service:{serviceId}";

    /// <param name="claims">names, separated by spaces; null: nothing of her goes to the service by it</param>
    /// <param name="level">of the sign-in here, and by which methods</param>
    /// <param name="statement">SHA-256 of the words that she agreed to</param>
    /// <param name="restored">repeated by a record, an older database having forgotten it</param>
    public static Event Happened(
        string kind,
        string actor,
        Guid citizenId,
        string serviceId,
        string code = "ok",
        Guid? session = null,
        string? claims = null,
        (Citizens.AssuranceLevel Level, string Methods)? by = null,
        string? statement = null,
        bool restored = false
    ) =>
        new()
        {
            Kind = kind,
            Actor = actor,
            CitizenId = citizenId,
            SessionId = session,
            Purpose = Purpose,
            Code = code,
            Details = JsonSerializer.Serialize(
                new
                {
                    service = serviceId,
                    to = claims is null ? null : serviceId,
                    claims = claims?.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                    level = by is { } known ? (int?)known.Level : null,
                    methods = by?.Methods,
                    statement,
                    restored = restored ? true : (bool?)null,
                },
                Short
            ),
        };
}
