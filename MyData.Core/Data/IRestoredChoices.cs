using MyData.Core.Ledger;

namespace MyData.Core.Data;

/// <summary>What she did, by a record that an older database lacked.</summary>
/// <param name="Record">of the platform's own</param>
/// <param name="DataSet">that it names; null for several, or none</param>
/// <param name="IsOf">whether it is about this consent: the record has a salted hash of its id alone</param>
public sealed record RestoredChoice(LedgerRecord Record, string? DataSet, Func<Guid, bool> IsOf);

/// <summary>
/// Does again what people had done since an older database was made, as far as it takes something back: after the records have come back, and
/// at each start from then on.
/// </summary>
public interface IRestoredChoices
{
    /// <summary>The kinds of event that it asks for.</summary>
    IReadOnlyCollection<string> Kinds { get; }

    /// <summary>Within a write. Run again it changes nothing, also where she has decided otherwise after the older database took over.</summary>
    /// <param name="choices">of one person, in the order of the log</param>
    void Repeat(WriteScope scope, Guid citizenId, IReadOnlyList<RestoredChoice> choices);
}
