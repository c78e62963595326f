using System.Security.Cryptography;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Gives a person her next tag, in the write that needs it, and forgets her key in the write that closes her account.</summary>
internal sealed class PersonMarks(PersonKeys keys)
{
    /// <summary>HMAC of who acts for the platform, under the vault's key.</summary>
    public byte[] Acting(string actor) => keys.Acting(actor);

    public PersonMark Next(MyDataDb db, LedgerCommands commands, OpenLog log, Guid citizenId, Guid record)
    {
        // Mostly she is known, and one question has both her key and her next counter.
        if (commands.TakeMark(citizenId, log.Id) is not { } known)
        {
            // What happens to a closed account afterwards is recorded, with a mark that leads nowhere.
            if (commands.FindKey(citizenId) is { Length: 0 })
                return new PersonMark(RandomNumberGenerator.GetBytes(PersonTag.Size), Salt: null);
            var made = Adopt(db, commands, citizenId) ?? PersonTag.NewKey();
            commands.AddKey(citizenId, keys.Seal(made, citizenId));
            known = commands.TakeMark(citizenId, log.Id)!.Value;
        }
        return Mark(log, citizenId, record, known.Key, known.Counter);
    }

    /// <summary>Of people whom other systems name; they need not have an account, nor have been named before.</summary>
    /// <param name="people">those who are known, by pseudonym</param>
    /// <returns>in their order</returns>
    public IReadOnlyList<PersonMark> NextNamed(
        MyDataDb db,
        LedgerCommands commands,
        OpenLog log,
        Dictionary<string, Guid> people,
        IReadOnlyList<(string Pseudonym, Guid Record)> all
    )
    {
        if (all.Count == 0)
            return [];
        string[] names = [.. all.Select(one => one.Pseudonym).Distinct(StringComparer.Ordinal)];
        foreach (var name in names.Where(name => !people.ContainsKey(name)))
        {
            people[name] = Ids.New();
            commands.AddNamed(name, people[name]);
        }
        var known = commands.TakeMarks(log.Id, all.CountBy(one => people[one.Pseudonym]).ToDictionary());
        var marks = new List<PersonMark>(all.Count);
        foreach (var (name, record) in all)
        {
            var person = people[name];
            if (!known.TryGetValue(person, out var next))
            {
                marks.Add(Next(db, commands, log, person, record));
                continue;
            }
            known[person] = next with { Counter = next.Counter + 1 };
            marks.Add(Mark(log, person, record, next.Key, next.Counter));
        }
        return marks;
    }

    private PersonMark Mark(OpenLog log, Guid person, Guid record, byte[] sealedKey, long counter)
    {
        var key = keys.Open(sealedKey, person);
        return new PersonMark(PersonTag.Compute(key, log.Origin, log.Year, counter), PersonKeys.Salt(key, record));
    }

    // One key for one person: what was recorded of her before she had an account is hers to find.
    private byte[]? Adopt(MyDataDb db, LedgerCommands commands, Guid citizenId)
    {
        if (CitizenAccounts.PseudonymOf(db, citizenId) is not { } pseudonym)
            return null;
        if (commands.FindNamed(pseudonym) is not { } named)
            return null;
        var key = keys.Open(commands.FindKey(named)!, named);
        commands.PassOn(named, citizenId, pseudonym);
        return key;
    }
}
