using System.Text.Json;
using System.Text.Json.Serialization;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Counter;

/// <summary>The event of one step of a ticket: whose, which decision it belongs to, at which office.</summary>
internal static class CounterEvents
{
    public const string Citizen = "citizen";
    public const string Agent = "agent";
    public const string Platform = "platform";

    private static readonly JsonSerializerOptions Short = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <param name="office">where a clerk is or was, if one is in it</param>
    /// <param name="item">the package that it is about; null: all of them</param>
    /// <param name="seal">its seal digest in hexadecimal</param>
    public static Event Happened(
        string kind,
        string actor,
        CounterTicket ticket,
        string code = "ok",
        string? office = null,
        CounterItemRow? item = null,
        string? seal = null
    ) =>
        new()
        {
            Kind = kind,
            Actor = actor,
            CitizenId = ticket.CitizenId,
            ConsentId = ticket.ConsentId,
            TransferId = item?.TransferId,
            DataSetId = item?.DataSetId,
            Code = code,
            Details = JsonSerializer.Serialize(
                new
                {
                    service = ticket.ServiceId,
                    office,
                    to = office is null ? ticket.ServiceId : $"{ticket.ServiceId}/{office}",
                    seal,
                },
                Short
            ),
        };

    /// <summary>How often such a thing was told of this decision: whoever goes on must fill neither her history nor the disk.</summary>
    public static int Count(WriteScope scope, CounterTicket ticket, string kind) =>
        scope.Db.Set<Event>().Count(e => e.ConsentId == ticket.ConsentId && e.Kind == kind);

    /// <summary>Who holds the ticket, as the actor of an event about its owner.</summary>
    public static string Holder(CounterTicket ticket) => ticket.HolderId == ticket.CitizenId ? Citizen : Agent;
}
