namespace MyData.Core.Ledger;

/// <summary>
/// Copies a log, as it is at its newest checkpoint, into a folder that needs no server behind it: all tiles and bundles, the partial ones
/// at the right edge too, the policy, and last the checkpoint, when the audit of the copy found nothing. Run again, it goes on from there.
/// </summary>
public static class LogExport
{
    /// <param name="policy">whom to believe, as <see cref="WitnessPolicy.Parse"/> reads it; stands in the copy</param>
    /// <param name="folder">empty, an export that broke off, or an earlier one: then the log must begin with that one's tree</param>
    /// <returns>
    /// The audit of the copy. Is anything wrong, then what was copied stays as it is, under the checkpoint that it had before, if any.
    /// </returns>
    /// <exception cref="LedgerException">
    /// <c>audit.checkpoint_missing</c>, <c>tile.missing</c>, <c>bundle.missing</c>, <c>bundle.length</c>, and what the policy or a
    /// checkpoint is refused for
    /// </exception>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public static async Task<AuditReport> RunAsync(
        ILogReader log,
        ReadOnlyMemory<byte> policy,
        string folder,
        bool records,
        CancellationToken ct
    )
    {
        var copy = new LogFolder(folder, keepsPartial: true);
        var believed = WitnessPolicy.Parse(policy.Span);
        var note =
            await log.ReadAsync(ILogReader.Checkpoint, ct)
            ?? throw new LedgerException("audit.checkpoint_missing", "The log has no checkpoint.");
        var before = await copy.ReadAsync(ILogReader.Checkpoint, ct);
        foreach (var path in TreeEdge.Files(Said(note).Size))
        {
            if (await copy.ReadAsync(path.ToString(), ct) is null)
                copy.Store(path, await FileAsync(log, path, ct));
        }
        var report = await LogAudit.RunAsync(
            new Unpublished(copy, note),
            believed,
            before is null ? [] : [Said(before)],
            records,
            progress: null,
            ct
        );
        if (!report.IsGood)
            return report;
        copy.PublishPolicy(policy.Span);
        copy.Publish(note);
        return report;
    }

    private static Checkpoint Said(byte[] note) => Checkpoint.Parse(SignedNote.Parse(note).Text.Span);

    internal static async Task<byte[]> FileAsync(ILogReader log, TilePath path, CancellationToken ct)
    {
        var isBundle = path.Level == TilePath.Entries;
        var bytes =
            await TileBelow.ReadBundleAsync(log, path, ct)
            ?? throw new LedgerException(isBundle ? "bundle.missing" : "tile.missing", $"{path} is not there.");
        if (path.IsFull)
            return bytes;
        return isBundle ? Begin(bytes, path.Width) : bytes[..Math.Min(bytes.Length, path.Width * Merkle.HashSize)];
    }

    /// <summary>The first entries of a bundle: the partial one may have given way to the full one meanwhile.</summary>
    private static byte[] Begin(byte[] bytes, int entries)
    {
        var bundle = new EntryBundle(bytes);
        var length = 0;
        for (var at = 0; at < entries && bundle.TryNext(out var entry); at++)
            length += sizeof(ushort) + entry.Length;
        return bytes[..length];
    }

    /// <summary>The copy with the checkpoint that it will have.</summary>
    private sealed class Unpublished(LogFolder copy, byte[] note) : ILogReader
    {
        public ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct) =>
            path == ILogReader.Checkpoint ? new(note) : copy.ReadAsync(path, ct);
    }
}
