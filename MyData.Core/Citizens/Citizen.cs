using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>
/// An account. Store: trusted to say which account a person has; its thief sees pseudonyms and times, and no number, name
/// or contact without the keys outside the database.
/// </summary>
public sealed class Citizen
{
    internal const string IdentityPurpose = "citizen-identity";
    internal const string EmailPurpose = "citizen-email";

    public Guid Id { get; init; } = Ids.New();

    /// <summary>Keyed pseudonym of the national ID, by which she is found.</summary>
    public required string Pseudonym { get; init; }

    /// <summary>Number, name, date of birth and gender, sealed; null until both proofs were given.</summary>
    public byte[]? Identity { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the two-step check of her first use was completed. Null: the account opens nothing.</summary>
    public DateTimeOffset? VerifiedAt { get; set; }

    public byte[]? Email { get; set; }
    public DateTimeOffset? EmailVerifiedAt { get; set; }

    /// <summary>zh-TW or en: the language of mail to her.</summary>
    public string Language { get; set; } = "zh-TW";

    /// <summary>The kinds of notice that she switched off, separated by spaces.</summary>
    public string MutedNotices { get; set; } = "";

    private sealed class Mapping : IEntityTypeConfiguration<Citizen>
    {
        public void Configure(EntityTypeBuilder<Citizen> builder)
        {
            builder.ToTable("citizens");
            builder.HasIndex(c => c.Pseudonym).IsUnique();
        }
    }
}
