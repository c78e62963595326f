using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>A log in memory that says to a witness what a test wants: true things and others.</summary>
internal sealed class GrowingLog(NoteSigner? signer = null, string to = "citizen")
{
    private readonly List<byte[]> _entries = [];
    private readonly TileTree _tree = TileTree
        .LoadAsync(new NoFiles(), 0, (_, _) => default, default)
        .GetAwaiter()
        .GetResult();

    public NoteSigner Signer { get; } = signer ?? LogHouse.Log;

    public long Size => _entries.Count;

    public GrowingLog Grow(int count) =>
        Grow([
            .. Enumerable
                .Range(_entries.Count, count)
                .Select(n => SampleRecords.Small(n, n < 3 ? "citizen" : to).ToBytes()),
        ]);

    public GrowingLog Grow(IReadOnlyList<byte[]> more)
    {
        _entries.AddRange(more);
        _tree.Accept(_tree.Edge.Append(MerkleProofs.Join([.. more.Select(e => Merkle.LeafHash(e))])));
        return this;
    }

    public async Task<Checkpoint> AtAsync(long size) =>
        new(Signer.Verifier.Name, size, await _tree.RootAsync(0, size, default));

    /// <summary>The request that is right.</summary>
    public async Task<AddCheckpoint> AddAsync(long from, long to)
    {
        var proof = from == 0 || from > to ? [] : await _tree.ConsistencyAsync(from, to, default);
        return new AddCheckpoint(from, proof, (await AtAsync(to)).Sign(Signer));
    }

    public byte[] Bundle(long from, long to) =>
        EntryBundle.Write(_entries[(int)from..(int)to].Select(e => new ReadOnlyMemory<byte>(e)));

    private sealed class NoFiles : ILogReader
    {
        public ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct) => new((byte[]?)null);
    }
}
