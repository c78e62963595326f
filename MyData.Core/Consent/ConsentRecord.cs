using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Catalog;

namespace MyData.Core.Consent;

public enum ConsentDecision
{
    Refused = 0,
    Given = 1,
}

/// <summary>
/// The citizen's yes or no to one recipient, purpose and list of items. Its thief learns which account decided for which
/// purpose and when, and not on what; he cannot make one, because the receipt is signed.
/// </summary>
public sealed class ConsentRecord
{
    public required Guid Id { get; init; }
    public required Guid CitizenId { get; init; }
    public required Guid SessionId { get; init; }
    public required ConsentDecision Decision { get; init; }

    /// <summary>A purpose code of <see cref="Purposes"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>RFC 7638 thumbprint of the recipient's key; empty where she does not know it yet: a clerk's, at the counter.</summary>
    public required string RecipientKey { get; init; }

    /// <summary>The items as JSON, sealed: <see cref="Consents.Items"/>. In them stands what she typed.</summary>
    public required byte[] Items { get; init; }

    /// <summary>The signed receipt (JWS compact, typ <c>consent-receipt+jwt</c>), sealed: <see cref="Consents.Receipt"/>.</summary>
    public required byte[] Receipt { get; init; }

    public required DateTimeOffset DecidedAt { get; init; }
    public DateTimeOffset? WithdrawnAt { get; set; }

    internal const string Table = "consents";
    internal const string ItemsPurpose = "consent.items";
    internal const string ReceiptPurpose = "consent.receipt";

    private sealed class Mapping : IEntityTypeConfiguration<ConsentRecord>
    {
        public void Configure(EntityTypeBuilder<ConsentRecord> builder)
        {
            builder.ToTable(Table);
            builder.HasIndex(consent => new { consent.CitizenId, consent.DecidedAt });
        }
    }
}

/// <summary>One data set within a consent.</summary>
public sealed record ConsentItem
{
    public required string DataSet { get; init; }
    public required int SchemaVersion { get; init; }
    public required string Provider { get; init; }
    public required IReadOnlyList<string> Fields { get; init; }
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Who seals, as the page said; null in the consents of before this was kept.</summary>
    public WireFormat? Wire { get; init; }

    /// <summary>Lower-case hex of the seal digest, where she had the very package before her when she agreed.</summary>
    public string? Seal { get; init; }
}

/// <summary>Why data are asked for. The words stand in the pages' texts.</summary>
public static class Purposes
{
    /// <summary>She keeps her own data (download).</summary>
    public const string OwnUse = "own-use";

    /// <summary>She shows them at a counter.</summary>
    public const string Counter = "counter";

    /// <summary>She fetches them for an online service, and has handed over nothing yet.</summary>
    public const string ServiceFetch = "service-fetch";

    /// <summary>She hands them over to an online service.</summary>
    public const string Service = "service";
}
