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
/// What else she had ended or paused since is repeated by the feature that owns it (<see cref="IRestoredChoices"/>). Run again, it finds nothing.
/// </summary>
internal sealed class RestoredConsents(
    PersonKeys keys,
    IEnumerable<IRestoredChoices> others,
    IWriter writer,
    IDbContextFactory<MyDataDb> databases
)
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
        foreach (var other in others)
        foreach (var (citizen, choices) in await ChoicesAsync(other.Kinds, token))
            await writer.WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    other.Repeat(scope, citizen, choices);
                },
                token
            );
    }

    private async Task<IReadOnlyList<(Guid Citizen, Guid Consent, string Purpose)>> TakenBackAsync(
        CancellationToken token
    )
    {
        var found = new List<(Guid, Guid, string)>();
        var hers = await ChoicesAsync([EventKinds.ConsentWithdrawn], token);
        await using var db = await databases.CreateDbContextAsync(token);
        foreach (var (citizen, choices) in hers)
        {
            var good = await Consents.GoodAsync(db, citizen, token);
            foreach (var choice in choices)
            foreach (var (id, purpose) in good.Where(one => choice.IsOf(one.Id)))
                found.Add((citizen, id, purpose));
        }
        return found;
    }

    /// <summary>What came back of these kinds, by person; of whom the key is destroyed nothing is left to be repeated.</summary>
    private async Task<IReadOnlyList<(Guid Citizen, IReadOnlyList<RestoredChoice> Choices)>> ChoicesAsync(
        IReadOnlyCollection<string> kinds,
        CancellationToken token
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var records = await (
            from happened in db.Set<Event>()
            where kinds.Contains(happened.Kind) && happened.Details == LostRecords.Details
            join entry in db.Set<LedgerEntryRow>() on happened.Id equals entry.EventId
            join person in db.Set<LedgerPersonRow>() on happened.CitizenId equals person.CitizenId
            // What this has withdrawn names its consent, and is done.
            where happened.ConsentId == null && person.Key != null
            orderby happened.Id
            select new
            {
                person.CitizenId,
                person.Key,
                happened.DataSetId,
                entry.Bytes,
            }
        ).ToListAsync(token);
        var found = new List<(Guid, IReadOnlyList<RestoredChoice>)>();
        foreach (var hers in records.GroupBy(record => record.CitizenId))
        {
            var key = keys.Open(hers.First().Key!, hers.Key);
            found.Add((hers.Key, [.. hers.Select(one => Choice(key, one.Bytes, one.DataSetId))]));
        }
        return found;
    }

    private static RestoredChoice Choice(byte[] key, byte[] bytes, string? dataSet)
    {
        var record = LedgerRecord.Parse(bytes);
        var salt = PersonKeys.Salt(key, record.Id);
        return new(record, dataSet, consent => IsAbout(record, salt, consent));
    }

    private static bool IsAbout(LedgerRecord record, byte[] salt, Guid consent) =>
        SaltedHash
            .OfConsent(salt, Encoding.ASCII.GetBytes(consent.ToString("D")))
            .AsSpan()
            .SequenceEqual(record.ConsentHash);
}
