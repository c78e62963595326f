using System.Text.Json.Serialization;
using MyData.Core.Encryption;

namespace MyData.Core.Catalog;

/// <summary>
/// What an online service registers: for what, which items, how long it keeps them, where its members come back to, by which keys it is
/// known. Nothing is granted to it that does not stand here.
/// </summary>
public sealed record OnlineServiceListing
{
    /// <summary>Its <c>client_id</c>.</summary>
    public required string Id { get; init; }

    public required LocalText Name { get; init; }

    /// <summary>Who offers it, and keeps what is handed over.</summary>
    public required LocalText Organisation { get; init; }

    /// <summary>One character that stands for the organisation where there is no room for its name.</summary>
    public required string Glyph { get; init; }

    /// <summary>What the data is used for, and the code by which its requests name that.</summary>
    public required LocalText Purpose { get; init; }
    public required string PurposeCode { get; init; }

    /// <summary>How long it keeps what was handed over, at most.</summary>
    public required TimeSpan Retention { get; init; }

    public required int TermsVersion { get; init; }

    /// <summary>Its own page, where its members begin: an address, or a path of the sandbox.</summary>
    public required string Site { get; init; }

    /// <summary>Where she may be led back to, each compared as a whole (RFC 9700 §2.1): addresses, or paths of the sandbox.</summary>
    public required IReadOnlyList<string> RedirectUris { get; init; }

    /// <summary>
    /// Where it is told of events (RFC 8935): an address, or a path of the sandbox; never anywhere else. Null: it asks for them (RFC 8936).
    /// </summary>
    public string? EventUrl { get; init; }

    /// <summary>
    /// Where whoever runs it is mailed about events that it refuses or does not take, and about answers that it owes: an e-mail address. Null: nobody is.
    /// </summary>
    public string? Contact { get; init; }

    /// <summary>Set where it speaks the national wire, and nothing else: it has no keys then. Null: native.</summary>
    public NationalClient? National { get; init; }

    /// <summary>Public JWKs, ES256 or PS256, by which it signs assertions and receipts.</summary>
    public required IReadOnlyList<string> ClientKeys { get; init; }

    /// <summary>
    /// Where its key set stands, by which it signs too: an https address, or a path of the sandbox. What it opens with is registered all the same: that is
    /// what people agree to. Null: it has none.
    /// </summary>
    public string? JwksUri { get; init; }

    /// <summary>Public JWK with a <c>kid</c>, EC P-256 or RSA, for which her browser wraps the content keys; empty on the national wire.</summary>
    public required string RecipientKey { get; init; }

    public required IReadOnlyList<OnlineItem> Items { get; init; }

    /// <summary>The most that it may ask for where it wants to fetch again by itself; null: once is all that it may ask for.</summary>
    public OnlineStanding? Standing { get; init; }

    /// <summary>Its members sign in with the platform; null: they do not.</summary>
    public SignInListing? SignIn { get; init; }

    /// <summary>What it may have of this data set; null where it may have nothing of it.</summary>
    public OnlineItem? Item(string dataSetId) => Items.FirstOrDefault(item => item.DataSet == dataSetId);

    [JsonIgnore]
    public string RecipientKid => Jwk.Parse(RecipientKey).Kid!;

    /// <summary>Of the key that it opens with (RFC 7638); null on the national wire, where her browser makes one each time.</summary>
    [JsonIgnore]
    public string? RecipientThumbprint => National is null ? Jwk.Parse(RecipientKey).Thumbprint() : null;
}

/// <summary>How far a standing use of a service may go (protocols.md A5).</summary>
/// <param name="Every">the shortest time between two fetches, a day at least</param>
/// <param name="Longest">the longest time from her consent to its end, a year at most</param>
public sealed record OnlineStanding(TimeSpan Every, TimeSpan Longest)
{
    /// <summary>At most one fetch a day.</summary>
    public static readonly TimeSpan ShortestEvery = TimeSpan.FromDays(1);

    /// <summary>A year at most.</summary>
    public static readonly TimeSpan LongestEver = TimeSpan.FromDays(365);
}

/// <summary>The most that a service may have of a data set, and whether it is of use without it.</summary>
public sealed record OnlineItem(string DataSet, IReadOnlyList<string> Fields, bool Required);
