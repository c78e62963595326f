using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Members;

/// <summary>
/// What she agreed to when she first signed in at a service: remembered until she ends it. One row for her and that service. Its thief learns
/// which account signs in where, and no value of any claim.
/// </summary>
public sealed class Membership
{
    public required Guid Id { get; init; }
    public required Guid CitizenId { get; init; }
    public required string ServiceId { get; init; }

    /// <summary>The claims that she gives, and those that she was asked for, each separated by spaces.</summary>
    public required string Claims { get; set; }
    public required string Asked { get; set; }

    /// <summary>The service's terms when she agreed: with others she is asked again.</summary>
    public required int TermsVersion { get; set; }

    public required DateTimeOffset GivenAt { get; set; }

    /// <summary>When she last signed in there; null: not yet.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public bool IsLive => EndedAt is null;

    /// <summary>Whether she has decided about all that is asked for now, and gives what is needed.</summary>
    internal bool Covers(MemberView view) =>
        IsLive
        && TermsVersion == view.Service.TermsVersion
        && view.Asked.All(claim => Asked.Split(' ').Contains(claim.Name))
        && view.Asked.Where(claim => claim.Required).All(claim => Claims.Split(' ').Contains(claim.Name));

    internal const string Table = "memberships";

    private sealed class Mapping : IEntityTypeConfiguration<Membership>
    {
        public void Configure(EntityTypeBuilder<Membership> builder)
        {
            builder.ToTable(Table);
            builder.HasIndex(m => new { m.CitizenId, m.ServiceId }).IsUnique();
            builder.HasIndex(m => m.EndedAt);
        }
    }
}
