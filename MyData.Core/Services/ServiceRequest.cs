using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Services;

/// <summary>Where a request stands. <c>README.md</c> beside this file draws the arrows.</summary>
public enum RequestState
{
    /// <summary>Good for one visit of a browser.</summary>
    Pushed = 0,

    /// <summary>A browser came with it; she reads who asks for what.</summary>
    Opened = 1,

    /// <summary>She agreed to fetch, and looks at what comes.</summary>
    Fetching = 2,

    /// <summary>She agreed to hand over; the code is on its way.</summary>
    HandedOver = 3,

    /// <summary>The service has its token, and may fetch.</summary>
    Granted = 4,

    /// <summary>Final: every package is acknowledged.</summary>
    Received = 5,

    /// <summary>Final: <see cref="ServiceRequest.Code"/> says why.</summary>
    Ended = 6,
}

/// <summary>
/// One authorization transaction of an online service, from the pushed request to the last receipt. Names, codes and tokens stand here as
/// hashes: its thief learns which account came from which service when, and can neither go on with it nor open anything.
/// </summary>
public sealed class ServiceRequest
{
    public required Guid Id { get; init; }

    /// <summary>The request whose standing consent this is a fetch by; null: it is one of its own.</summary>
    public Guid? FetchOfId { get; init; }

    /// <summary>base64url(SHA-256) of what the <c>request_uri</c> ends with.</summary>
    public required string UriHash { get; init; }

    public required string ServiceId { get; init; }

    /// <summary><see cref="RequestContent"/>, sealed: parameters of data sets may stand in it.</summary>
    public required byte[] Content { get; init; }

    public RequestState State { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When this state is over.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whose it is, from her first look on.</summary>
    public Guid? CitizenId { get; init; }

    /// <summary>Her consent to fetch, and the one to hand over.</summary>
    public Guid? FetchConsentId { get; init; }
    public Guid? ConsentId { get; init; }

    /// <summary>How she had signed in when she agreed to hand over.</summary>
    public Citizens.AssuranceLevel Level { get; init; }
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary>base64url(SHA-256(code)); stays, so that a second use is known.</summary>
    public string? CodeHash { get; init; }

    /// <summary>base64url(SHA-256(token)), and the thumbprint of the key that it is bound to (RFC 9449 §6.1).</summary>
    public string? TokenHash { get; init; }
    public string? KeyThumbprint { get; init; }

    /// <summary>When the first of its packages runs out.</summary>
    public DateTimeOffset? PackagesUntil { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When she took her consent back, whatever state it was in.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Why it ended; one of <see cref="ServiceCodes"/>.</summary>
    public string? Code { get; init; }

    /// <summary>The packages that she handed over; loaded where asked for.</summary>
    public ICollection<ServiceItem> Items { get; } = [];

    /// <summary>What she agreed to for later; null: nothing. Loaded where asked for.</summary>
    public StandingConsent? Standing { get; init; }

    public bool IsOver => State is RequestState.Received or RequestState.Ended;

    internal const string Table = "service_requests";
    internal const string ContentPurpose = "service.request";

    private sealed class Mapping : IEntityTypeConfiguration<ServiceRequest>
    {
        public void Configure(EntityTypeBuilder<ServiceRequest> builder)
        {
            builder.ToTable(Table);
            builder.HasIndex(r => r.UriHash).IsUnique();
            builder.HasIndex(r => r.CodeHash).IsUnique();
            builder.HasIndex(r => r.TokenHash).IsUnique();
            builder.HasIndex(r => r.CitizenId);
            builder.HasIndex(r => r.FetchConsentId);
            builder.HasIndex(r => r.ConsentId);
            builder.HasIndex(r => r.FetchOfId);
            builder.HasIndex(r => new { r.State, r.ExpiresAt });
        }
    }
}

/// <summary>One package of a request that she handed over.</summary>
public sealed class ServiceItem
{
    public required Guid RequestId { get; init; }
    public required Guid TransferId { get; init; }
    public required string DataSetId { get; init; }

    /// <summary>The entry of <c>recipients</c> for the service's key: JSON. Gone with the request.</summary>
    public string? Entry { get; init; }

    public DateTimeOffset? FetchedAt { get; init; }
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Why nothing comes of it: a code; only of what a service fetches by a standing consent, or what she struck.</summary>
    public string? Failure { get; init; }

    /// <summary>Until when the service says that it keeps it.</summary>
    public DateTimeOffset? DeleteBy { get; init; }

    /// <summary>The signed delivery receipt, JWS compact: ids, times and a digest.</summary>
    public string? Receipt { get; init; }

    /// <summary>Its seal digest in hexadecimal: what receipts name, when the package is long gone.</summary>
    public string? Seal { get; init; }

    /// <summary>By when the service must have said that it deleted it; from the moment it fetched it.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When she asked for it back.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>The service keeps it in spite of that: until when, and by which law, in its own words.</summary>
    public DateTimeOffset? KeptUntil { get; init; }
    public string? KeptLaw { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The last signed deletion receipt, JWS compact: that it is deleted, or kept.</summary>
    public string? DeletionReceipt { get; init; }

    /// <summary>When she was told that <see cref="DueAt"/> went by; and when the service was suspended for it.</summary>
    public DateTimeOffset? OverdueAt { get; init; }
    public DateTimeOffset? SuspendedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ServiceItem>
    {
        public void Configure(EntityTypeBuilder<ServiceItem> builder)
        {
            builder.ToTable("service_items").HasKey(item => new { item.RequestId, item.TransferId });
            builder.HasIndex(item => item.TransferId);
            builder.HasIndex(item => item.DueAt);
            builder.HasOne<ServiceRequest>().WithMany(r => r.Items).HasForeignKey(item => item.RequestId);
        }
    }
}
