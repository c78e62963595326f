using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Services;

/// <summary>
/// The last mail to a service's registered contact: the outbox row, one for each service, so that there is one mail a day at most. What the mail says is
/// counted when it leaves. Its thief learns which service was mailed when.
/// </summary>
public sealed class ServiceMail
{
    public required string ServiceId { get; init; }

    /// <summary>Of the mail's Message-ID: the same at every attempt, so that a mail sent twice is one mail.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>When it was due; the next one is due a day later at the earliest.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it is tried (again); null once it was sent, or was given up.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
    public int Attempts { get; init; }

    internal const string Table = "service_mails";

    private sealed class Mapping : IEntityTypeConfiguration<ServiceMail>
    {
        public void Configure(EntityTypeBuilder<ServiceMail> builder)
        {
            builder.ToTable(Table);
            builder.HasKey(mail => mail.ServiceId);
        }
    }
}
