using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Corrections;

/// <summary>
/// A value of an opened package that a citizen says is wrong. Its thief learns that an account asks for a correction of which field; the value and
/// her words stand in <see cref="Sealed"/>, for the agency's own key.
/// </summary>
public sealed class Correction
{
    /// <summary>Made by her browser: the same form sent twice is one request.</summary>
    public required Guid Id { get; init; }
    public required Guid CitizenId { get; init; }

    /// <summary>The package in which the value stood.</summary>
    public required Guid TransferId { get; init; }
    public required Guid ConsentId { get; init; }
    public required string DataSetId { get; init; }
    public required string ProviderId { get; init; }

    /// <summary>The data set's name of the field.</summary>
    public required string Field { get; init; }

    /// <summary>JWE compact (RSA-OAEP-256, A256GCM) for the key of the agency's registered certificate; null once it is answered.</summary>
    public string? Sealed { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>By when an answer is due by law.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When the agency fetched it first.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>One of <see cref="CorrectionAnswers"/>.</summary>
    public string? Answer { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }

    internal const string Table = "corrections";

    private sealed class Mapping : IEntityTypeConfiguration<Correction>
    {
        public void Configure(EntityTypeBuilder<Correction> builder)
        {
            builder.ToTable(Table);
            builder.HasIndex(c => new { c.CitizenId, c.AskedAt });
            builder.HasIndex(c => new { c.ProviderId, c.AnsweredAt });
        }
    }
}

/// <summary>What an agency can answer; in words she reads it from the agency itself.</summary>
public static class CorrectionAnswers
{
    /// <summary>It was wrong, and is put right: the next fetch has the right value.</summary>
    public const string Corrected = "corrected";

    /// <summary>It is right as it stands.</summary>
    public const string Right = "right";

    /// <summary>She must come with documents.</summary>
    public const string Visit = "visit";

    public static IReadOnlyList<string> All { get; } = [Corrected, Right, Visit];
}

public sealed record CorrectionSettings
{
    /// <summary>Requests of one citizen in a day.</summary>
    public int ADay { get; init; } = 20;

    /// <summary>Thirty days (Personal Data Protection Act of Taiwan, art. 13).</summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.FromDays(30);
}

/// <summary>A refusal with its stable code.</summary>
public sealed class CorrectionException(string code) : Exception(code)
{
    /// <summary>No such package of hers, or no such field in it.</summary>
    public const string Unknown = "correction.unknown";

    /// <summary>Not sealed as it must be.</summary>
    public const string Malformed = "correction.malformed";

    /// <summary>She has asked so often today.</summary>
    public const string TooMany = "correction.too_many";

    public string Code { get; } = code;
}
