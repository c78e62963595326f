using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A checkpoint with its note.</summary>
public sealed record PublishedCheckpoint(Checkpoint Checkpoint, SignedNote Note);

/// <summary>A year's log in this process: its tree, its files, its newest checkpoint. Readers are free; one thread lets it grow.</summary>
public sealed class OpenLog(int id, int year, NoteSigner signer, TileTree tree, LogFolder files)
{
    private volatile PublishedCheckpoint? _published;

    public int Id { get; } = id;

    public int Year { get; } = year;

    public string Origin => Signer.Verifier.Name;

    public NoteSigner Signer { get; } = signer;

    public TileTree Tree { get; } = tree;

    public LogFolder Files { get; } = files;

    /// <summary>The newest that is signed; what stands in it is durable.</summary>
    public PublishedCheckpoint? Published => _published;

    /// <summary>Whether everything durable is signed.</summary>
    public bool IsSigned => _published?.Checkpoint.Size == Tree.Edge.Size;

    /// <summary>Signs the tree as it is; only when it is durable.</summary>
    /// <exception cref="LedgerException"><c>ed25519.sign</c></exception>
    internal void Sign()
    {
        var edge = Tree.Edge;
        var checkpoint = new Checkpoint(Origin, edge.Size, edge.Root.Span);
        _published = new PublishedCheckpoint(checkpoint, checkpoint.Sign(Signer));
    }
}
