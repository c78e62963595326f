using MyData.Core.Catalog;

namespace MyData.Core.Transfers;

/// <summary>How to reach providers, how they fare, and how long to leave them alone.</summary>
public sealed class ProviderDirectory(
    IEnumerable<IProviderWire> wires,
    IProviderAddresses addresses,
    ProviderTimings timings,
    TransferSettings settings,
    TimeProvider time
)
{
    /// <summary>After this round the platform no longer asks as often as the provider would have it.</summary>
    private const int EagerRounds = 4;

    public TransferSettings Settings { get; } = settings;

    public IProviderWire WireFor(WireFormat format) => wires.Single(wire => wire.Format == format);

    public Uri Resolve(string pathOrUrl) => addresses.Resolve(pathOrUrl);

    /// <summary>When a provider that is still preparing is asked again (protocols.md A2).</summary>
    /// <exception cref="TransferException">provider.never_ready: the rounds are used up, or it would be too late.</exception>
    public DateTimeOffset NextAttempt(Transfer transfer, TimeSpan retryAfter)
    {
        var even = Settings.LongestPreparation / Settings.MostRounds;
        var wait = transfer.Round > EagerRounds && retryAfter < even ? even : retryAfter;
        var now = time.GetUtcNow();
        if (transfer.Round >= Settings.MostRounds || wait > transfer.DeadlineAt - now)
            throw new TransferException(TransferCodes.NeverReady, "The provider does not get ready in time.");
        return now + wait;
    }

    /// <summary>Adds this transfer to what the catalogue says of waiting times.</summary>
    public void Sample(Transfer transfer, bool succeeded) =>
        timings.Add(transfer.DataSetId, time.GetUtcNow() - transfer.CreatedAt, succeeded);
}
