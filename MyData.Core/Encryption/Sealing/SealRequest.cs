namespace MyData.Core.Encryption;

/// <summary>What a package is sealed for (protocols.md A4). The texts are 1 to 128 characters of letters, digits and <c>. _ ~ : + / = -</c>.</summary>
public sealed record SealRequest
{
    public required string Transfer { get; init; }
    public required string DataSet { get; init; }

    /// <summary>The subject's pairwise name at the provider; the platform compares it, as it cannot look inside.</summary>
    public required string Sub { get; init; }

    /// <summary>Whole seconds are kept.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>1 to 16, each with a kid of its own.</summary>
    public required IReadOnlyList<SealRecipient> Recipients { get; init; }
}

/// <summary>Whom a package is sealed for.</summary>
/// <param name="Role">citizen or service; for the sealer's own checks, not in the package</param>
/// <param name="Kid">names the recipient's entry in the package</param>
/// <param name="Key">EC (ECDH-ES+A256KW), RSA (RSA-OAEP-256), or oct of 32 bytes (A256KW)</param>
public sealed record SealRecipient(string Role, string Kid, Jwk Key);
