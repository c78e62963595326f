using System.Security.Cryptography;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Gives a person her next tag, in the write that needs it, and forgets her key in the write that closes her account.</summary>
internal sealed class PersonMarks(PersonKeys keys)
{
    /// <summary>HMAC of who acts for the platform, under the vault's key.</summary>
    public byte[] Acting(string actor) => keys.Acting(actor);

    public PersonMark Next(LedgerCommands commands, OpenLog log, Guid citizenId, Guid record)
    {
        byte[] key;
        switch (commands.FindKey(citizenId))
        {
            case null:
                key = PersonTag.NewKey();
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
}
