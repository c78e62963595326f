namespace MyData.Core.Ledger;

/// <summary>
/// The full tiles used last, in two generations: when the young one is full it becomes the old one, and the old one is forgotten. At most
/// 32 MB.
/// </summary>
internal sealed class TileCache
{
    private const int Generation = 1024;
    private readonly Lock _lock = new();
    private Dictionary<(int Level, long Index), Tile> _young = [];
    private Dictionary<(int Level, long Index), Tile> _old = [];

    public Tile? Find(int level, long index)
    {
        lock (_lock)
        {
            if (_young.TryGetValue((level, index), out var tile))
                return tile;
            if (_old.TryGetValue((level, index), out tile))
                Keep(tile);
            return tile;
        }
    }

    public void Add(Tile tile)
    {
        lock (_lock)
            Keep(tile);
    }

    public void Remove(int level, long index)
    {
        lock (_lock)
        {
            _young.Remove((level, index));
            _old.Remove((level, index));
        }
    }

    private void Keep(Tile tile)
    {
        if (_young.Count >= Generation)
            (_old, _young) = (_young, []);
        _young[(tile.Level, tile.Index)] = tile;
    }
}
