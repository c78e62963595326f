using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Two witnesses hold two logs, and one of them says so. Its word is nothing; the two notes are: both have our signature, and at least one is of
/// a tree that is not ours.
/// </summary>
internal static class ShownFork
{
    public const string Code = "ledger.fork";

    /// <summary>The incident; null where the notes do not show one.</summary>
    /// <param name="witness">who says so</param>
    /// <param name="other">who cosigned the other log, by its word</param>
    public static async Task<Incident?> JudgeAsync(
        OpenLogs logs,
        string witness,
        string? other,
        byte[] own,
        byte[] theirs,
        CancellationToken token
    )
    {
        // While our own tree is being brought back, what was signed before is larger than it, and no fork. It is told again.
        if (logs.Waiting is not null)
            return null;
        if (Signed(logs, own) is not var (log, first) || Signed(logs, theirs) is not var (same, second))
            return null;
        if (log != same || first.Size < second.Size)
            return null;
        // Of one size, the notes themselves show it; else our own tree says which of them it does not begin with.
        var isFork =
            first.Size == second.Size
                ? !first.Root.Span.SequenceEqual(second.Root.Span)
                : !await IsOursAsync(log, first, token) || !await IsOursAsync(log, second, token);
        return isFork
            ? new Incident(
                Code,
                FormattableString.Invariant(
                    $"{witness} cosigned a log of {first.Size} records, and {other} another one of {second.Size}; both are signed here."
                )
            )
            {
                Witness = witness,
                From = other,
                Ours = own,
                Theirs = theirs,
            }
            : null;
    }

    private static async Task<bool> IsOursAsync(OpenLog log, Checkpoint shown, CancellationToken token)
    {
        if (shown.Size > log.Tree.Edge.Size)
            return false;
        var root = await log.Tree.RootAsync(0, shown.Size, token);
        return shown.Root.Span.SequenceEqual(root);
    }

    private static (OpenLog Log, Checkpoint Shown)? Signed(OpenLogs logs, byte[] note)
    {
        if (note.Length > LedgerIncidents.MostNote)
            return null;
        try
        {
            var read = SignedNote.Parse(note);
            var shown = Checkpoint.Parse(read.Text.Span);
            return
                logs.All.FirstOrDefault(log => log.Origin == shown.Origin) is { } log
                && read.SignedBy(log.Signer.Verifier).Count > 0
                ? (log, shown)
                : null;
        }
        catch (LedgerException)
        {
            return null;
        }
    }
}
