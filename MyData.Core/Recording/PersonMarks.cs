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
        byte[] key;
        switch (commands.FindKey(citizenId))
        {
            case null:
                key = Adopt(db, commands, citizenId) ?? PersonTag.NewKey();
                commands.AddKey(citizenId, keys.Seal(key, citizenId));
                break;
            // What happens to a closed account afterwards is recorded, with a mark that leads nowhere.
            case { Length: 0 }:
                return new PersonMark(RandomNumberGenerator.GetBytes(PersonTag.Size), Salt: null);
            case var known:
                key = keys.Open(known, citizenId);
                break;
        }
        var counter = commands.TakeCounter(citizenId, log.Id);
        return new PersonMark(PersonTag.Compute(key, log.Origin, log.Year, counter), PersonKeys.Salt(key, record));
    }

    /// <summary>Of somebody whom another system names; she need not have an account, nor have been named before.</summary>
    public PersonMark NextNamed(MyDataDb db, LedgerCommands commands, OpenLog log, string pseudonym, Guid record)
    {
        // Both are looked for in any case: the time of an answer must not tell who has an account.
        var (account, named) = (CitizenAccounts.IdOf(db, pseudonym), commands.FindNamed(pseudonym));
        var person = account ?? named;
        if (person is null)
        {
            person = Ids.New();
            commands.AddNamed(pseudonym, person.Value);
        }
        return Next(db, commands, log, person.Value, record);
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
