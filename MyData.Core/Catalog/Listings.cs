using MyData.Core.Citizens;

namespace MyData.Core.Catalog;

/// <summary>A text in the portal's two languages. Plain text, never markup.</summary>
public sealed record LocalText(string Zh, string En);

/// <summary>How a provider hands its packages over.</summary>
public enum WireFormat
{
    /// <summary>Sealed by the provider for the citizen's browser (protocols.md A2, A4).</summary>
    Native,

    /// <summary>A plain ZIP, sealed by the platform on arrival, in memory (protocols.md B1).</summary>
    National,
}

/// <summary>What an agency registers about itself: who it is, its keys, and its data sets.</summary>
public sealed record ProviderListing
{
    public required string Id { get; init; }

    public required LocalText Name { get; init; }

    /// <summary>The short form that people use, such as 戶政司.</summary>
    public required LocalText ShortName { get; init; }

    /// <summary>One character that stands for the agency where there is no room for its name, such as 戶.</summary>
    public required string Glyph { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Public keys as JWK JSON, for <c>private_key_jwt</c> with ES256 (RFC 7523).</summary>
    public required IReadOnlyList<string> ClientKeys { get; init; }

    /// <summary>National wire only: password of HTTP Basic at introspection (protocols.md B1); null where it is not spoken.</summary>
    public required string? ResourceSecret { get; init; }

    /// <summary>Lower-case hex SHA-256 of the package-signing certificate's DER.</summary>
    public required string CertificateSha256 { get; init; }

    /// <summary>URL, or a path below the sandbox, that answers 200 or 500 without a token.</summary>
    public required string Heartbeat { get; init; }

    public required IReadOnlyList<DataSetListing> DataSets { get; init; }
}

/// <summary>One data set as its agency registers it.</summary>
public sealed record DataSetListing
{
    public required string Id { get; init; }

    public required LocalText Name { get; init; }

    public required LocalText Description { get; init; }

    /// <summary>household, labour, tax, land, vehicle, property or identity.</summary>
    public required string Category { get; init; }

    /// <summary>JSON Schema (draft 2020-12) of <c>data.json</c>, as text.</summary>
    public required string Schema { get; init; }

    public required int SchemaVersion { get; init; }

    public required AssuranceLevel Level { get; init; }

    /// <summary>Methods of proof that its owner accepts: oidc, documents, passkey, mobile.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    public required IReadOnlyList<ParameterListing> Parameters { get; init; }

    /// <summary>URL, or a path below the sandbox such as <c>/agencies/ris/household</c>.</summary>
    public required string Endpoint { get; init; }

    public required WireFormat Wire { get; init; }

    /// <summary>National wire only: the field of <c>data.json</c> that holds the subject's ID number, compared before sealing.</summary>
    public required string? SubjectField { get; init; }

    /// <summary>
    /// Native only: its owner is told, at <c>{endpoint}/handovers</c>, to which service she handed what it sealed, and that she took that back
    /// (protocols.md A2, A5).
    /// </summary>
    public bool HandOvers { get; init; }

    /// <summary>How long an answer usually takes, as told to the citizen.</summary>
    public required TimeSpan UsualWait { get; init; }

    /// <summary>Whether its owner accepts a session of this level that was proved by these methods.</summary>
    /// <param name="level">What the session reached.</param>
    /// <param name="methods">Codes separated by spaces; one that is accepted is enough.</param>
    public bool Suffices(AssuranceLevel level, string methods) => level >= Level && Accepts(methods);

    /// <summary>Whether one of these methods, separated by spaces, is accepted, whatever its level.</summary>
    public bool Accepts(string methods) => Methods.Intersect(methods.Split(' ')).Any();
}

/// <summary>A value that the citizen fills in before a data set is fetched.</summary>
public sealed record ParameterListing
{
    public required string Name { get; init; }

    public required LocalText Label { get; init; }

    public required LocalText Hint { get; init; }

    /// <summary>Regular expression that the whole value must match.</summary>
    public required string Pattern { get; init; }

    public required string Example { get; init; }

    public bool Required { get; init; }
}
