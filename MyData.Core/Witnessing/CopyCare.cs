using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>Looks after one copy: makes it whole before it signs, and goes round its files while it does.</summary>
internal sealed class CopyCare(WitnessCopy copy, WitnessIncidents incidents, TimeProvider time)
{
    /// <summary>Where the copy is not sure of its past: asks the others, fetches what is missing, and opens it.</summary>
    /// <exception cref="LedgerException"><c>witness.damaged</c>, <c>witness.rollback</c></exception>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public async Task ReassureAsync(WitnessPlaces places, CancellationToken token)
    {
        if (copy.Unsure is null || await places.RememberAsync(copy.Log, copy.Site, token) is not { } remembered)
            return;
        await copy.RescueAsync(remembered, places.Of(copy.Origin, copy.Site), incidents, token);
    }

    /// <summary>One round over the copy's files, journal and checkpoint.</summary>
    /// <param name="pause">between two bundles</param>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public async Task ScrubAsync(WitnessPlaces places, TimeSpan pause, CancellationToken token)
    {
        if (copy.Unsure is not null || copy.HeldNow is not { } held)
            return;
        var sources = places.Of(copy.Origin, copy.Site).Prepend(new LogSource(CopyMending.Self, held.Files)).ToList();
        var tree = new RootedLog(held.Tree.Edge, sources);
        var mending = new CopyMending(held.Files, copy.Origin, incidents, time);
        var bundles = held.StoredBundles;
        for (var number = 0L; number < bundles; number++)
        {
            var before = mending.Wrong;
            await mending.BundleAsync(tree, number, token);
            if (mending.Wrong != before)
                Forget(held, number);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, token);
        }
        await copy.ScrubJournalAsync(mending, token);
        await copy.ScrubCheckpointAsync(mending, token);
        copy.Looked(mending.Files + 2);
    }

    // What was read of a wrong file may be in memory.
    private static void Forget(HeldLog held, long number)
    {
        for (
            var (level, index) = (0, number);
            level < TreeEdge.MaxLevels;
            (level, index) = (level + 1, index >> Tile.Height)
        )
            held.Tree.Forget(new TilePath(level, index));
    }
}
