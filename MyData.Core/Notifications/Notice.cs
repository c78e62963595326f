using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Notifications;

/// <summary>What became of the mail of a notice. In the portal a notice is there from the first moment.</summary>
public enum MailState
{
    /// <summary>To be sent at <see cref="Notice.NextAttemptAt"/>.</summary>
    Queued,

    /// <summary>A mail server took it.</summary>
    Sent,

    /// <summary>She has no address that may get it, or wants no mail of this kind.</summary>
    NotWanted,

    /// <summary>A mail server refused the address for good.</summary>
    Failed,

    /// <summary>No mail server took it while it was of use.</summary>
    Abandoned,
}

/// <summary>
/// One thing that a citizen is told, in the portal and by mail: the outbox row. Its thief learns which account was told
/// what kind of thing when; secrets among the parameters are sealed, and leave the row when the mail has gone.
/// </summary>
public sealed class Notice
{
    public required Guid Id { get; init; }

    public required Guid CitizenId { get; init; }

    /// <summary>One of <see cref="NoticeKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>JSON object without personal data in clear; <see cref="NoticeParameters"/> says what may stand in it.</summary>
    public required string Parameters { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public MailState Mail { get; init; }

    /// <summary>The language of the mail, taken from her settings when it is first tried.</summary>
    public string? Language { get; init; }

    public int Attempts { get; init; }

    /// <summary>When the mail is tried (again); null once nothing is left to do.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The stable code of the last failure to send.</summary>
    public string? Failure { get; init; }

    public DateTimeOffset? ReadAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Notice>
    {
        public void Configure(EntityTypeBuilder<Notice> builder)
        {
            builder.ToTable("notices");
            builder.Property(n => n.Mail).HasConversion<string>();
            builder.HasIndex(n => new { n.CitizenId, n.ReadAt });
            builder.HasIndex(n => new { n.Mail, n.NextAttemptAt });
        }
    }
}
