using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>A passkey that an authenticator has just made, checked.</summary>
public sealed record NewCredential
{
    public required byte[] CredentialId { get; init; }
    public required byte[] PublicKey { get; init; }
    public required uint SignCount { get; init; }
    public required IReadOnlyList<string> Transports { get; init; }
    public required bool IsBackupEligible { get; init; }
    public required bool IsBackedUp { get; init; }
}

/// <summary>
/// What is kept of a passkey (WebAuthn Level 3 §4, credential record), whoever's it is. Each kind of people has a class and
/// a table of its own, and no query looks into two.
/// </summary>
public abstract class PasskeyRecord
{
    // For Entity Framework.
    protected PasskeyRecord() { }

    protected PasskeyRecord(NewCredential made, DateTimeOffset at)
    {
        CredentialId = made.CredentialId;
        PublicKey = made.PublicKey;
        SignCount = made.SignCount;
        Transports = string.Join(' ', made.Transports);
        IsBackupEligible = made.IsBackupEligible;
        IsBackedUp = made.IsBackedUp;
        CreatedAt = at;
    }

    public Guid Id { get; init; } = Ids.New();

    /// <summary>Whose it is.</summary>
    public abstract Guid OwnerId { get; }

    /// <summary>The authenticator's name for it.</summary>
    public byte[] CredentialId { get; private init; } = [];

    /// <summary>COSE_Key (RFC 9052 §7).</summary>
    public byte[] PublicKey { get; private init; } = [];
    public long SignCount { get; private set; }
    public string Transports { get; private init; } = "";
    public bool IsBackupEligible { get; private init; }
    public bool IsBackedUp { get; private set; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>
    /// Takes down a use, when its signature has held. False: the counter did not rise, or another use with the same counter
    /// was first, so that the passkey may be a copy (WebAuthn Level 3 §6.1.1).
    /// </summary>
    public bool Use(uint signCount, bool isBackedUp, DateTimeOffset at)
    {
        if (signCount <= SignCount && (signCount, SignCount) is not (0, 0))
            return false;
        (SignCount, IsBackedUp, LastUsedAt) = (signCount, isBackedUp, at);
        return true;
    }
}
