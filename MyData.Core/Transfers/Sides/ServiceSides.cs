using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Transfers;

/// <summary>
/// The end that took a package: an online service. Its report is its signed delivery receipt, which names the seal that it has; or a record of its own
/// (<see cref="TransferReport.Received"/>) where it has a key to record with. Made of events alone.
/// </summary>
internal static class ServiceSides
{
    public static readonly string[] Kinds =
    [
        EventKinds.ServiceFetched,
        EventKinds.ServiceReceived,
        EventKinds.ServiceRefused,
        // It signs for that too, and names what it had.
        EventKinds.ServiceDeleted,
    ];

    /// <param name="national">the service speaks the national wire: events of before did not say that such a one signs for nothing</param>
    public static void Follow(WriteScope scope, Event happened, TransferSettings settings, bool national = false)
    {
        if (happened is not { TransferId: { } transfer, Details: { } text })
            return;
        using var details = JsonDocument.Parse(text);
        if (Text(details, "service") is not { } service || Text(details, "seal") is not { } seal)
            return;
        var id = TransferReport.IdOf(transfer, TransferReport.Received, service);
        var side = scope.Db.Set<TransferSide>().Find(id);
        if (happened.Kind == EventKinds.ServiceFetched)
        {
            // Over the national wire a service signs for nothing.
            var signs = !national && !details.RootElement.TryGetProperty("signs", out _);
            if (side is not null)
                return;
            scope.Db.Add(side = Taken(scope, id, happened, service, signs));
            (side.EndedAt, side.DueAt) = (happened.At, happened.At + settings.ReportDue);
            (side.Result, side.Seal) = (Ok, seal);
        }
        else if (side is null || (side.ReportedAt is not null && happened.Kind == EventKinds.ServiceDeleted))
            return;
        else
        {
            side.ReportedAt = happened.At;
            (side.ReportedResult, side.ReportedSeal) = (Ok, seal);
        }
        SideDifferences.Judge(side);
    }

    private const string Ok = "ok";

    private static TransferSide Taken(WriteScope scope, Guid id, Event happened, string service, bool signs) =>
        new()
        {
            ReportId = id,
            TransferId = happened.TransferId,
            CitizenId = happened.CitizenId,
            ConsentId = happened.ConsentId,
            Operation = TransferReport.Received,
            Client = service,
            DataSetId = happened.DataSetId,
            From =
                scope
                    .Db.Set<TransferSide>()
                    .AsNoTracking()
                    .FirstOrDefault(one =>
                        one.TransferId == happened.TransferId && one.Operation == TransferReport.Sent
                    )
                    ?.From
                ?? happened.DataSetId!,
            Seals = true,
            Reports = signs,
            CalledAt = happened.At,
        };

    /// <summary>The service that an event of <see cref="Kinds"/> names.</summary>
    public static string? ServiceOf(Event happened)
    {
        if (happened.Details is not { } text)
            return null;
        using var details = JsonDocument.Parse(text);
        return Text(details, "service");
    }

    private static string? Text(JsonDocument details, string name) =>
        details.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
}
