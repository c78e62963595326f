using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A checkpoint with its note.</summary>
public sealed record PublishedCheckpoint(Checkpoint Checkpoint, SignedNote Note);

/// <summary>A year's log in this process: its tree, its files, its newest checkpoint. Readers are free; one thread lets it grow.</summary>
/// <param name="policy">how many witnesses make a checkpoint one that counts</param>
public sealed class OpenLog(int id, int year, NoteSigner signer, TileTree tree, LogFolder files, WitnessPolicy policy)
{
    private static readonly HashSet<string> Nobody = [];
    private readonly Lock _lock = new();
    private volatile PublishedCheckpoint? _published;
    private volatile PublishedCheckpoint? _proven;
    private volatile bool _signed;

    public int Id { get; } = id;

    public int Year { get; } = year;

    public string Origin => Signer.Verifier.Name;

    public NoteSigner Signer { get; } = signer;

    public TileTree Tree { get; } = tree;

    public LogFolder Files { get; } = files;

    /// <summary>Of this log, with its own key in it.</summary>
    public WitnessPolicy Policy { get; } = policy;

    /// <summary>The newest entries, for witnesses.</summary>
    internal RecentEntries Recent { get; } = new();

    /// <summary>The newest that is signed; what stands in it is durable. It goes to the witnesses, and to nobody else.</summary>
    public PublishedCheckpoint? Published => _published;

    /// <summary>The newest that the policy accepts, with the cosignatures: what receipts stand on and strangers read.</summary>
    public PublishedCheckpoint? Proven => _proven;

    /// <summary>
    /// Whether everything that a caller was told of is signed. True also while the next batch, which nobody was told of yet, is being signed.
    /// </summary>
    public bool IsSigned => _signed;

    /// <summary>Whether the newest checkpoint is that of the whole tree; for the write queue's thread, which changes both.</summary>
    internal bool IsCurrent => _signed && _published?.Checkpoint.Size == Tree.Edge.Size;

    /// <summary>Signs the tree as it is; only when it is durable.</summary>
    /// <exception cref="LedgerException"><c>ed25519.sign</c></exception>
    internal void Sign()
    {
        var edge = Tree.Edge;
        var checkpoint = new Checkpoint(Origin, edge.Size, edge.Root.Span);
        PublishedCheckpoint published;
        try
        {
            published = new PublishedCheckpoint(checkpoint, checkpoint.Sign(Signer));
        }
        catch
        {
            _signed = false;
            throw;
        }
        // Before anybody can see it: nobody wakes a release that waits for the proof of what it saw published.
        if (Policy.HasQuorum(Nobody))
            Prove(published);
        _published = published;
        _signed = true;
    }

    /// <summary>The policy accepts this; an older one than the newest is not taken.</summary>
    internal void Prove(PublishedCheckpoint accepted)
    {
        lock (_lock)
        {
            var newest = _proven?.Checkpoint.Size ?? -1;
            var more = accepted.Note.Signatures.Count >= (_proven?.Note.Signatures.Count ?? 0);
            if (accepted.Checkpoint.Size > newest || (accepted.Checkpoint.Size == newest && more))
                _proven = accepted;
        }
    }
}
