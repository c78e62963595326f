using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>A checkpoint for a witness, on its way: refused at once, or waiting for its entries.</summary>
public sealed class WitnessRequest
{
    private readonly AddCheckpoint? _add;
    private readonly Checkpoint? _next;
    private readonly WitnessCopy? _copy;

    internal WitnessRequest(WitnessAnswer refusal) => Refusal = refusal;

    internal WitnessRequest(AddCheckpoint add, Checkpoint next, WitnessCopy copy)
    {
        (_add, _next, _copy) = (add, next, copy);
        Refusal = copy.Refuse(add, next);
    }

    /// <summary>What is answered without looking at entries.</summary>
    public WitnessAnswer? Refusal { get; }

    /// <summary>Bytes that the entries between the two sizes can have.</summary>
    public int MostBytes =>
        (int)Math.Min((_next!.Size - _add!.OldSize) * (sizeof(ushort) + EntryBundle.MaxEntry), AddEntries.MaxBytes);

    /// <summary>Whether it follows what is held: asked before an entry is read. Null where it does.</summary>
    public Task<WitnessAnswer?> CheckAsync(CancellationToken token) => _copy!.CheckAsync(_add!, _next!, token);

    /// <param name="bundle">the entries from the old size to the new one</param>
    public Task<WitnessAnswer> AddAsync(byte[] bundle, CancellationToken token) =>
        _copy!.AddAsync(_add!, _next!, bundle, token);

    /// <summary>The same without entries: what is lacking is read from the log's own site.</summary>
    /// <param name="http">for the log's site</param>
    public async Task<WitnessAnswer> PullAsync(HttpClient http, CancellationToken token)
    {
        if (_next!.Size == _add!.OldSize)
            return await AddAsync([], token);
        // Nothing is read for a checkpoint that does not continue what is held.
        if (await CheckAsync(token) is { } refusal)
            return refusal;
        try
        {
            var bundle = _copy!.Site is { } site
                ? await _copy.PullAsync(new LogSite(http, site), _next.Size, token)
                : null;
            return bundle is null ? WitnessAnswer.Refused(503, "witness.behind") : await AddAsync(bundle, token);
        }
        catch (Exception failure) when (failure is HttpRequestException or LedgerException)
        {
            return WitnessAnswer.Refused(503, "witness.behind");
        }
    }
}
