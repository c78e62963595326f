using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.OpenId;

namespace MyData.Core.Transfers;

/// <summary>One call to a provider: which transfer, where to, with which token.</summary>
public sealed record ProviderCall
{
    public required Transfer Transfer { get; init; }
    public required ConsentRecord Consent { get; init; }

    /// <summary>What she agreed to of this data set: its fields, and what she typed.</summary>
    public required ConsentItem Item { get; init; }
    public required DataSetListing DataSet { get; init; }
    public required ProviderListing Provider { get; init; }
    public required Uri Endpoint { get; init; }
    public required PreparedToken Token { get; init; }
}

/// <summary>What a provider answered; anything else is a <see cref="TransferException"/>.</summary>
public abstract record ProviderAnswer
{
    private ProviderAnswer() { }

    /// <summary>SHA-256 of its body as it came; null where it has none.</summary>
    public byte[]? Digest { get; init; }

    /// <summary>The sealed package stands on the relay, but for its last chunk, which comes with the word that it is ready.</summary>
    public sealed record Sealed(string Head, string SealDigest, long CipherTextLength, PackageChunk LastChunk)
        : ProviderAnswer;

    /// <summary>Call again after this time.</summary>
    public sealed record Preparing(TimeSpan RetryAfter) : ProviderAnswer;

    /// <summary>The provider holds nothing about this person.</summary>
    public sealed record Empty : ProviderAnswer;
}

/// <summary>A way to speak with providers: native (here) or the national wire (in Wire).</summary>
public interface IProviderWire
{
    WireFormat Format { get; }

    PreparedToken PrepareToken(TokenRequest request);

    /// <summary>What the provider will be told, without the token: made before the call, which is recorded with its digest.</summary>
    byte[] Write(ProviderCall call);

    /// <param name="call">What is called.</param>
    /// <param name="request">As <see cref="Write"/> made it.</param>
    /// <param name="token">Ends the call.</param>
    /// <exception cref="TransferException">The transfer has failed.</exception>
    Task<ProviderAnswer> CallAsync(ProviderCall call, byte[] request, CancellationToken token);
}
