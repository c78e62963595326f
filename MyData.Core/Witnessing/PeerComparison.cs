using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// Asks the other witnesses what they cosigned of a log, and holds it against this copy: a log that shows two witnesses two pasts is found,
/// though neither is asked by anybody. Of two copies the longer one finds it, since it has every root of the shorter one.
/// </summary>
internal sealed class PeerComparison(WitnessCopy copy, WitnessIncidents incidents, TimeProvider time)
{
    /// <summary>For one of them; a round is over in this time whoever is silent.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <exception cref="IOException">the disk is full, or gone</exception>
    public Task RunAsync(WitnessPlaces places, CancellationToken token) =>
        copy.Unsure is not null || copy.Now is null
            ? Task.CompletedTask
            : Task.WhenAll(places.PeersOf(copy.Origin).Select(peer => CompareAsync(peer, token)));

    private async Task CompareAsync(PeerCopy peer, CancellationToken token)
    {
        if (await WitnessPlaces.CosignedAsync(peer, copy.Log, Longest, token) is not { } note)
            return;
        var theirs = Checkpoint.Parse(note.Text.Span);
        // Only now: what was taken while the other was asked is compared too.
        if (copy.HeldNow is not { Note: { } own } held || theirs.Size > held.Size)
            return;
        var root = await held.Tree.RootAsync(0, theirs.Size, token);
        if (theirs.Root.Span.SequenceEqual(root))
            return;
        copy.KeepFork(note, peer.Name);
        incidents.Add(
            new WitnessIncident(
                time.GetUtcNow(),
                WitnessIncidents.Forked,
                copy.Origin,
                ILogReader.Checkpoint,
                theirs.Size,
                peer.Name,
                note.ToBytes()
            )
            {
                Own = own.ToBytes(),
            }
        );
    }
}
