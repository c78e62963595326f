using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Staff;

/// <summary>What a member of staff may do.</summary>
public static class StaffRoles
{
    /// <summary>Reads and answers complaints.</summary>
    public const string HelpDesk = "help-desk";

    /// <summary>Reads the log, its alarms and incidents, and closes alarms; no citizen's data.</summary>
    public const string Auditor = "auditor";

    /// <summary>Runs the platform: sees what the auditor sees, and closes nothing.</summary>
    public const string Operator = "operator";

    /// <summary>Scans at one office's counters, and sees what citizens show there.</summary>
    public const string Clerk = "clerk";

    /// <summary>Those who work for the platform itself, and for no office.</summary>
    public static IReadOnlyList<string> Platform { get; } = [HelpDesk, Auditor, Operator];
}

/// <summary>
/// Somebody who works for the platform, or at an office's counter. Store: trusted to say who has which role where; its thief learns work
/// names, and cannot sign in.
/// </summary>
public sealed class StaffMember
{
    /// <summary>That of the invitation: whoever enrols with it a second time finds it taken.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name that colleagues know; no citizen is shown it.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="StaffRoles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Of a clerk: the id of her office, as the services at counters name it.</summary>
    public string? Office { get; init; }

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
