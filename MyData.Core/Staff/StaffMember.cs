using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Staff;

/// <summary>What a member of staff may do.</summary>
public static class StaffRoles
{
    /// <summary>Reads and answers complaints.</summary>
    public const string HelpDesk = "help-desk";
}

/// <summary>
/// Somebody who works for the platform. Store: trusted to say who has which role; its thief learns work names, and cannot
/// sign in.
/// </summary>
public sealed class StaffMember
{
    /// <summary>That of the invitation: whoever enrols with it a second time finds it taken.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name that colleagues know; no citizen is shown it.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="StaffRoles"/>.</summary>
    public required string Role { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Invitations made at this time or earlier are dead: one of them was used, or a passkey was taken away.</summary>
    public required DateTimeOffset LinksAfter { get; set; }

    /// <summary>When she left; null while she works here. Her name stays with what she did.</summary>
    public DateTimeOffset? LeftAt { get; set; }

    /// <summary>Whether she can make one more passkey with this invitation.</summary>
    public bool Takes(StaffInvitation invitation) => LeftAt is null && invitation.MadeAt > LinksAfter;

    private sealed class Mapping : IEntityTypeConfiguration<StaffMember>
    {
        public void Configure(EntityTypeBuilder<StaffMember> builder) => builder.ToTable("staff");
    }
}
