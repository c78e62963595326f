namespace MyData.Core.Catalog;

/// <summary>How her browser encrypts what goes to a service on the national wire (protocols.md B2).</summary>
public enum NationalCipher
{
    /// <summary>A256GCMKW and A256GCM, each with a random IV: what new services take.</summary>
    Gcm,

    /// <summary>A256KW and A256CBC-HS512: what services of before take.</summary>
    Cbc,
}

/// <summary>
/// The switch that lets a service speak the national wire (protocols.md B2), and what it needs there. The secret goes through a row
/// and memory in clear, as the format wants it: it proves nothing, and opens nothing that is stored.
/// </summary>
public sealed record NationalClient
{
    /// <summary>The <c>client_secret</c>: 16 characters. Twice over it is the key of <c>pid</c>, <c>tx_id</c> and <c>secret_key</c>.</summary>
    public required string Secret { get; init; }

    /// <summary>The <c>cbc_iv</c>: 16 characters, the same at every use.</summary>
    public required string CbcIv { get; init; }

    /// <summary>Where the platform posts ticket and key: an address, or a path of the sandbox; never anywhere else.</summary>
    public required string SpApi { get; init; }

    /// <summary>Where it may fetch from: addresses, or ranges such as <c>203.0.113.0/24</c>. None: from nowhere.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    public NationalCipher Cipher { get; init; } = NationalCipher.Gcm;
}
