using MyData.Core.Ledger;

namespace MyData.Core.Data;

/// <summary>What the log did with a record of another system.</summary>
public enum SentOutcome
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>It has a place.</summary>
    Recorded,

    /// <summary>It had one already.</summary>
    Repeated,

    /// <summary>Its id stands for other bytes.</summary>
    Conflict,

    /// <summary>The key that signed it was revoked meanwhile.</summary>
    Revoked,

    /// <summary>A display is to be held, and its system may not ask for that.</summary>
    HoldForbidden,
}

/// <summary>That a record's content is not displayed to whom it is about before a moment.</summary>
/// <param name="By">code of the legal basis</param>
public sealed record DisplayHold(DateTimeOffset Until, string By);

/// <summary>A record that another system signed, checked by whoever passes it to <see cref="WriteScope.Take"/>; the log gives it its tags.</summary>
public sealed class SentRecord
{
    public required LedgerRecord Record { get; init; }

    /// <summary>Keyed pseudonyms of the persons, in the order of the tags to be.</summary>
    public required IReadOnlyList<string> Persons { get; init; }

    /// <summary>Null: it is displayed at once.</summary>
    public DisplayHold? Hold { get; init; }

    public SentOutcome Outcome { get; internal set; }

    /// <summary>The row of the log that it stands in, once it is recorded or repeated.</summary>
    public int Log { get; internal set; }

    public long Index { get; internal set; }

    /// <summary>The stored bytes; empty until it is recorded or repeated.</summary>
    public byte[] Entry { get; internal set; } = [];
}
