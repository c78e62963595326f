using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// An older database brings back consents that she has taken back since. A record that came back names its consent by a salted hash alone, and
/// her key gives the salt: so each is withdrawn again, with all that follows from it. Tokens and packages die, and the service is told once more.
/// Run again, it finds nothing.
/// </summary>
internal sealed class RestoredConsents(PersonKeys keys, IWriter writer, IDbContextFactory<MyDataDb> databases)
{
    public async Task EndAsync(CancellationToken token)
    {
        foreach (var (citizen, consent, purpose) in await TakenBackAsync(token))
            await writer.WriteAsync(
                scope =>
                {
                    if (Consents.Withdraw(scope, citizen, consent))
                        scope.Raise(
                            new Event
                            {
                                Kind = EventKinds.ConsentWithdrawn,
                                Actor = "citizen",
                                CitizenId = citizen,
                                ConsentId = consent,
                                Purpose = purpose,
                                Details = LostRecords.Details,
                            }
                        );
                },
                token
            );
    }

    private async Task<IReadOnlyList<(Guid Citizen, Guid Consent, string Purpose)>> TakenBackAsync(
        CancellationToken token
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var records = await (
            from happened in db.Set<Event>()
            where happened.Kind == EventKinds.ConsentWithdrawn && happened.Details == LostRecords.Details
            join entry in db.Set<LedgerEntryRow>() on happened.Id equals entry.EventId
            join person in db.Set<LedgerPersonRow>() on happened.CitizenId equals person.CitizenId
            // What this has withdrawn names its consent, and is done.
            where happened.ConsentId == null && person.Key != null
            select new
            {
                person.CitizenId,
                person.Key,
                entry.Bytes,
            }
        ).ToListAsync(token);
        var found = new List<(Guid, Guid, string)>();
        foreach (var hers in records.GroupBy(record => record.CitizenId))
        {
            var key = keys.Open(hers.First().Key!, hers.Key);
            var good = await Consents.GoodAsync(db, hers.Key, token);
            foreach (var record in hers.Select(one => LedgerRecord.Parse(one.Bytes)))
            {
                var salt = PersonKeys.Salt(key, record.Id);
                foreach (var (id, purpose) in good.Where(one => IsAbout(record, salt, one.Id)))
                    found.Add((hers.Key, id, purpose));
            }
        }
        return found;
    }

    private static bool IsAbout(LedgerRecord record, byte[] salt, Guid consent) =>
        SaltedHash
            .OfConsent(salt, Encoding.ASCII.GetBytes(consent.ToString("D")))
            .AsSpan()
            .SequenceEqual(record.ConsentHash);
}
