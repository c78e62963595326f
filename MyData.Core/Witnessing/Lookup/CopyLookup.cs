using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// Keeps the index of one copy up to what this witness cosigned. An entry is taken into it only with the hash that the tree has for it, so
/// that a bent file makes it stop and not answer wrongly.
/// </summary>
internal sealed class CopyLookup(WitnessCopy copy)
{
    /// <summary>Records that a question waits for; with more behind, it is told to come again.</summary>
    private const int MostAtAsking = 32 * 1024;

    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _adding = new(1);
    private LookupIndex? _index;

    public WitnessCopy Copy => copy;

    /// <summary>Takes all that is new into the index, and writes its files.</summary>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    /// <exception cref="LedgerException"><c>witness.damaged</c>: an entry is not what the tree has; those of tiles</exception>
    public async Task KeepUpAsync(CancellationToken token)
    {
        if (copy.Now is not (var held, { } cosigned))
            return;
        await _adding.WaitAsync(token);
        try
        {
            _index ??= await LookupIndex.OpenAsync(copy.LookupFolder, held.Tree, token);
            do
            {
                // First, so that a disk that is full keeps memory from growing.
                await _index.StoreAsync(held.Tree, token);
            } while (await AddAsync(_index, held, cosigned.Size, token));
        }
        finally
        {
            _adding.Release();
        }
    }

    /// <summary>The place of each key below a size that was cosigned, −1 for one that has none; null while the index is behind.</summary>
    /// <exception cref="IOException">a file cannot be read</exception>
    /// <exception cref="LedgerException">as <see cref="KeepUpAsync"/></exception>
    public async ValueTask<long[]?> FindAsync(IReadOnlyList<LookupKey> keys, long size, CancellationToken token)
    {
        var behind = size - (Volatile.Read(ref _index)?.Covered ?? 0);
        if (behind > MostAtAsking || (behind > 0 && !await CatchUpAsync(size, token)))
            return null;
        var index = _index!;
        return [.. keys.Select(key => index.Find(key, size))];
    }

    // Only what came since; the round that runs behind writes the files.
    private async Task<bool> CatchUpAsync(long size, CancellationToken token)
    {
        if (copy.Now is not (var held, _) || !await _adding.WaitAsync(MostWait, token))
            return false;
        try
        {
            _index ??= await LookupIndex.OpenAsync(copy.LookupFolder, held.Tree, token);
            while (_index.Covered < size && !_index.IsFull)
                await AddAsync(_index, held, size, token);
            return _index.Covered >= size;
        }
        finally
        {
            _adding.Release();
        }
    }

    /// <returns>false where nothing was left to add</returns>
    private static async Task<bool> AddAsync(LookupIndex index, HeldLog held, long size, CancellationToken token)
    {
        if (index.Covered >= size)
            return false;
        var (number, skip) = (index.Covered / Tile.FullWidth, (int)(index.Covered % Tile.FullWidth));
        var width = (int)Math.Min(Tile.FullWidth, size - number * Tile.FullWidth);
        var entries = held.Entries(number, width);
        var hashes = await held.Tree.ReadAsync(new TilePath(0, number, width), token);
        if (entries?.Count != width || hashes is null || !Fit(entries, hashes.Value.Span))
            throw new LedgerException("witness.damaged", $"Bundle {number} is not that of the tree.");
        index.Add(entries[skip..]);
        return true;
    }

    private static bool Fit(List<byte[]> entries, ReadOnlySpan<byte> hashes)
    {
        Span<byte> leaf = stackalloc byte[Merkle.HashSize];
        for (var at = 0; at < entries.Count; at++)
        {
            Merkle.LeafHash(entries[at], leaf);
            if (!leaf.SequenceEqual(hashes.Slice(at * Merkle.HashSize, Merkle.HashSize)))
                return false;
        }
        return true;
    }
}
