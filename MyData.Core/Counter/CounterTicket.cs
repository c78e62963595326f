using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Counter;

/// <summary>Where a ticket stands. <c>README.md</c> beside this file draws the arrows.</summary>
public enum TicketState
{
    /// <summary>A printed one whose entries her browser has not sent yet.</summary>
    Making = 0,

    /// <summary>Good for one scan.</summary>
    Open = 1,

    /// <summary>Scanned; held for that clerk until <see cref="CounterTicket.ReservedUntil"/>.</summary>
    Reserved = 2,

    /// <summary>Handed over, once: the clerk may fetch.</summary>
    Redeemed = 3,

    /// <summary>Final: the clerk is through, nothing is left with her.</summary>
    Finished = 4,

    /// <summary>Final: not redeemed; <see cref="CounterTicket.Code"/> says why.</summary>
    Ended = 5,
}

/// <summary>
/// One code for one look at one service's counters. Its thief learns which account meant to show something where, and when it was; he can
/// open nothing, because the entries that open the packages are for keys that he does not have.
/// </summary>
public sealed class CounterTicket
{
    public required Guid Id { get; init; }

    /// <summary><see cref="TicketNumber"/>: what the code says.</summary>
    public required string Number { get; init; }

    /// <summary>Her decision to show these items there; a renewed ticket has the same.</summary>
    public required Guid ConsentId { get; init; }
    public required Guid CitizenId { get; init; }

    /// <summary>Who shows it: herself, or the agent who took it on.</summary>
    public required Guid HolderId { get; init; }
    public required string ServiceId { get; init; }
    public required bool Printed { get; init; }

    public TicketState State { get; init; }

    /// <summary>Rises with every change; who waits, waits for the next one.</summary>
    public int Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    public Guid? ClerkId { get; init; }

    /// <summary>The clerk's session: no other browser of hers goes on with it.</summary>
    public Guid? ClerkSessionId { get; init; }
    public string? Office { get; init; }
    public DateTimeOffset? ReservedUntil { get; init; }

    /// <summary>base64url(SHA-256) of the clerk's key and nonce, sent before she sees the holder's.</summary>
    public string? Commitment { get; init; }

    /// <summary>The holder's public key of this hand-over, JWK, and nonce, base64url.</summary>
    public string? HolderKey { get; init; }
    public string? HolderNonce { get; init; }

    /// <summary>What the clerk committed to.</summary>
    public string? ClerkKey { get; init; }
    public string? ClerkNonce { get; init; }

    /// <summary>Wrong characters of the ID card so far.</summary>
    public int WrongCards { get; init; }

    public DateTimeOffset? RedeemedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended unredeemed; one of <see cref="CounterCodes"/>.</summary>
    public string? Code { get; init; }

    /// <summary>The office's case number, sealed.</summary>
    public byte[]? CaseNumber { get; init; }

    /// <summary>When the files went to the case system, once, and which: base64url(SHA-256) each, as JSON.</summary>
    public DateTimeOffset? TakenOverAt { get; init; }
    public string? TakenOver { get; init; }

    /// <summary>Nobody has scanned it, or the two minutes of who did are over.</summary>
    public bool IsFree(DateTimeOffset now) =>
        State == TicketState.Open || (State == TicketState.Reserved && ReservedUntil <= now);

    public bool IsLive => State <= TicketState.Redeemed;

    internal const string Table = "counter_tickets";
    internal const string CasePurpose = "counter.case";

    private sealed class Mapping : IEntityTypeConfiguration<CounterTicket>
    {
        public void Configure(EntityTypeBuilder<CounterTicket> builder)
        {
            builder.ToTable(Table);
            builder.HasIndex(t => t.Number).IsUnique();
            builder.HasIndex(t => t.CitizenId);
            builder.HasIndex(t => t.HolderId);
            builder.HasIndex(t => t.ConsentId);
            builder.HasIndex(t => new { t.State, t.ExpiresAt });
        }
    }
}

/// <summary>One package of a ticket, and the entries that further recipients open it with.</summary>
public sealed class CounterItemRow
{
    public required Guid TicketId { get; init; }
    public required Guid TransferId { get; init; }
    public required string DataSetId { get; init; }

    /// <summary>The entry of <c>recipients</c> for the clerk's key, or for a printed ticket's: JSON. Gone with the ticket.</summary>
    public string? Entry { get; init; }

    /// <summary>The entry for the agent's key, who hands on with it.</summary>
    public string? AgentEntry { get; init; }

    /// <summary>When the clerk first fetched it.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<CounterItemRow>
    {
        public void Configure(EntityTypeBuilder<CounterItemRow> builder)
        {
            builder.ToTable("counter_items").HasKey(item => new { item.TicketId, item.TransferId });
            builder.HasIndex(item => item.TransferId);
            builder.HasOne<CounterTicket>().WithMany().HasForeignKey(item => item.TicketId);
        }
    }
}
