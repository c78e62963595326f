namespace MyData.Core.Ledger;

/// <summary>
/// Asks for the next full tiles and bundles before they are wanted, so that an audit over a network waits for its own work and not for
/// round trips. For one reader that goes from left to right; at the end of a log a few of the files asked for do not exist.
/// </summary>
/// <param name="ahead">files of each kind that are under way at once</param>
public sealed class ReadAhead(ILogReader log, int ahead) : ILogReader
{
    private readonly Dictionary<TilePath, Task<byte[]?>> _started = [];

    public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct)
    {
        // Levels above are 256 times fewer, and partial tiles may only be asked for where a checkpoint says that they exist.
        if (!TilePath.TryParse(path, out var wanted) || !wanted.IsFull || wanted.Level > 0)
            return await log.ReadAsync(path, ct);
        for (var next = wanted; next.Index <= wanted.Index + ahead; next = next with { Index = next.Index + 1 })
        {
            if (!_started.ContainsKey(next))
                _started[next] = log.ReadAsync(next.ToString(), ct).AsTask();
        }
        _started.Remove(wanted, out var read);
        return await read!;
    }
}
