using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Core.Transfers;

/// <summary>What a service fetches under a consent of hers, with no browser there.</summary>
public sealed record FetchForService
{
    public required string ServiceId { get; init; }

    /// <summary>Its registered public key, with its <c>kid</c>.</summary>
    public required Jwk Key { get; init; }

    public required Guid CitizenId { get; init; }

    /// <summary>Hers, and still given: agencies are shown its receipt.</summary>
    public required Guid ConsentId { get; init; }
    public required IReadOnlyList<ConsentItem> Items { get; init; }

    /// <summary>Of the session in which she consented.</summary>
    public required AssuranceLevel Level { get; init; }
    public required string Methods { get; init; }
    public required DateTimeOffset AuthTime { get; init; }
}

/// <summary>
/// Transfers whose package the agency seals for a service's key (protocols.md A4): the same machinery as a download's, and no claim that
/// would open them to a browser.
/// </summary>
public sealed class DirectTransfers(TransferQueue queue, TransferSettings settings, TimeProvider time)
{
    private const string NoClaim = "";

    /// <summary>Rows, not yet stored: one for each item, Requested.</summary>
    public IReadOnlyList<Transfer> Prepare(FetchForService request)
    {
        var now = time.GetUtcNow().TrimToMilliseconds();
        var key = request.Key.PublicOnly().ToJson();
        return
        [
            .. request.Items.Select(item => new Transfer
            {
                Id = Ids.New(),
                ConsentId = request.ConsentId,
                CitizenId = request.CitizenId,
                DataSetId = item.DataSet,
                ProviderId = item.Provider,
                SchemaVersion = item.SchemaVersion,
                RecipientJwk = key,
                ForService = request.ServiceId,
                ClaimHash = NoClaim,
                Level = request.Level,
                Methods = request.Methods,
                AuthTime = request.AuthTime,
                CreatedAt = now,
                NextAttemptAt = now,
                DeadlineAt = now + settings.LongestPreparation,
            }),
        ];
    }

    /// <summary>After the write that stored them: their agencies are asked.</summary>
    public void Begin(IEnumerable<Transfer> stored)
    {
        foreach (var transfer in stored)
            queue.Add(transfer.Id, transfer.NextAttemptAt);
    }
}
