using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.History;

/// <summary>
/// What a citizen says is wrong with one line of her history. Its thief learns that an account complained about which
/// line, and nothing of her words.
/// </summary>
public sealed class Complaint
{
    public required Guid Id { get; init; }
    public required Guid CitizenId { get; init; }

    /// <summary>The number that she quotes, such as <c>C-20261121-7K3Q-9XM2</c>.</summary>
    public required string Number { get; init; }

    /// <summary>Made with the form: the same form sent twice is one complaint.</summary>
    public required Guid SubmissionId { get; init; }

    /// <summary>The line that it is about.</summary>
    public required long EventId { get; init; }

    /// <summary>One of <see cref="ComplaintChoices"/>.</summary>
    public required string Choice { get; init; }

    /// <summary>Her own words, sealed; null where the choice says it all.</summary>
    public byte[]? Words { get; init; }

    public required DateTimeOffset FiledAt { get; init; }

    /// <summary>The last day for an answer, Taipei's calendar.</summary>
    public required DateOnly AnswerDue { get; init; }

    /// <summary>The help desk's answer, sealed; null while it is due.</summary>
    public byte[]? Answer { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>The member of staff who answered.</summary>
    public Guid? AnsweredBy { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Complaint>
    {
        public void Configure(EntityTypeBuilder<Complaint> builder)
        {
            builder.ToTable("complaints");
            builder.HasIndex(c => c.Number).IsUnique();
            builder.HasIndex(c => new { c.CitizenId, c.SubmissionId }).IsUnique();
            builder.HasIndex(c => new { c.AnsweredAt, c.AnswerDue });
        }
    }
}

/// <summary>What can be wrong with a line.</summary>
public static class ComplaintChoices
{
    /// <summary>Somebody else did this.</summary>
    public const string NotMe = "not-me";

    /// <summary>She did not agree to this.</summary>
    public const string NotAgreed = "not-agreed";

    /// <summary>The data is wrong.</summary>
    public const string WrongData = "wrong-data";

    /// <summary>More was given or read than needed.</summary>
    public const string TooMuch = "too-much";

    /// <summary>She did not get what the line says.</summary>
    public const string NotReceived = "not-received";

    /// <summary>Something else; needs words.</summary>
    public const string Other = "other";

    public static IReadOnlyList<string> All { get; } = [NotMe, NotAgreed, WrongData, TooMuch, NotReceived, Other];
}
