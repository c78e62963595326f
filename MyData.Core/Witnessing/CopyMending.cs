using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// Holds the files of a witness's copy against a tree whose root is known. A wrong one is set aside as it is, and made anew from what is
/// right: the copy's other files, the log's site, another witness.
/// </summary>
internal sealed class CopyMending(LogFolder files, string origin, WitnessIncidents incidents, TimeProvider time)
{
    public const string Self = "self";

    /// <summary>Files that were held against the tree.</summary>
    public long Files { get; private set; }

    /// <summary>Those that were not right.</summary>
    public long Wrong { get; private set; }

    /// <summary>A full bundle, its tile, and each tile above that ends with them.</summary>
    /// <returns>whether all of them are right now</returns>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public async Task<bool> BundleAsync(RootedLog tree, long number, CancellationToken token)
    {
        var path = new TilePath(TilePath.Entries, number);
        try
        {
            var (entries, from) = await tree.EntriesAsync(number, token);
            var bundle = EntryBundle.Write(entries.Select(entry => new ReadOnlyMemory<byte>(entry)));
            await MendAsync(path, bundle, from, token);
            for (var (level, index) = (0, number); ; (level, index) = (level + 1, index >> Tile.Height))
            {
                var (tile, whose) = await tree.TileAsync(level, index, token);
                if (!tile.IsFull)
                    return true;
                await MendAsync(tile.Path, tile.Bytes(), whose ?? Self, token);
                if ((index & (Tile.FullWidth - 1)) != Tile.FullWidth - 1)
                    return true;
            }
        }
        catch (LedgerException missing) when (missing.Code is "tile.missing" or "bundle.missing")
        {
            Wrong++;
            Add(WitnessIncidents.Damaged, path.ToString(), number * Tile.FullWidth, null, null);
            return false;
        }
    }

    /// <summary>Some file that is not part of the tree was wrong.</summary>
    public void Add(string code, string place, long? index, string? from, byte[]? wrong) =>
        incidents.Add(new WitnessIncident(time.GetUtcNow(), code, origin, place, index, from, wrong));

    private async Task MendAsync(TilePath path, ReadOnlyMemory<byte> right, string from, CancellationToken token)
    {
        Files++;
        var there = await files.ReadAsync(path.ToString(), token);
        if (there is not null && there.AsSpan().SequenceEqual(right.Span))
            return;
        Wrong++;
        var (index, wrong) = Differences.Of(path, there, right.Span);
        // Said first: a crash before the file is whole finds it wrong once more, and says it once more.
        Add(WitnessIncidents.Healed, path.ToString(), index, from, wrong);
        files.SetAside(path, time.GetUtcNow());
        files.Store(path, right.Span);
    }
}
