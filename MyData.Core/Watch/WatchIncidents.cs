using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Recording;

namespace MyData.Core.Watch;

/// <summary>Incidents of the log as alarms, one each: whoever keeps watch hears of them in the same way as of all else.</summary>
internal sealed class WatchIncidents(LedgerIncidents incidents, IDbContextFactory<MyDataDb> databases, IWriter writer)
{
    private const int Most = 50;

    public async Task LookAsync(CancellationToken token)
    {
        var found = await incidents.ListAsync(Most, token);
        if (found.Count == 0)
            return;
        var times = found.Select(incident => incident.At).Distinct().ToArray();
        List<Alarm> known;
        await using (var db = await databases.CreateDbContextAsync(token))
            known = await db.Set<Alarm>()
                .Where(alarm => alarm.Code == AlarmCodes.Incident && times.Contains(alarm.Start))
                .ToListAsync(token);
        foreach (var incident in found)
            if (!known.Exists(alarm => alarm.Start == incident.At && alarm.Subject == SubjectOf(incident)))
                await writer.WriteAsync(scope => Raise(scope, incident), token);
    }

    /// <summary>Its code, and the witness or the file that it is about.</summary>
    private static string SubjectOf(Incident incident) =>
        (incident.Witness ?? incident.Place) is { } where ? $"{incident.Code} {where}" : incident.Code;

    private static void Raise(WriteScope scope, Incident incident)
    {
        scope.Bookkeeping();
        var subject = SubjectOf(incident);
        var same = scope
            .Db.Set<Alarm>()
            .Where(alarm =>
                alarm.Code == AlarmCodes.Incident && alarm.Start == incident.At && alarm.Subject == subject
            );
        if (same.Any())
            return;
        var alarm = new Alarm
        {
            Id = Ids.New(),
            Code = AlarmCodes.Incident,
            Subject = subject,
            Start = incident.At,
            RaisedAt = scope.Now,
            Count = 1,
            FirstAt = incident.At,
            LastAt = incident.At,
            MailAt = scope.Now,
        };
        scope.Db.Add(alarm);
        scope.Raise(
            new Event
            {
                Kind = EventKinds.AlarmRaised,
                Actor = "platform",
                Details = JsonSerializer.Serialize(new { why = alarm.Code, alarm = alarm.Id }),
            }
        );
    }
}
