using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// A witness says that our log is not the one it knows. Where it shows a checkpoint with our own signature of a tree that is not in ours,
/// this machine has an older copy or a forged one: both notes are kept, and the ledger stops. Where it shows none, the witness is the odd one.
/// </summary>
internal sealed class WitnessDispute(WitnessHttp http, OpenLogs logs, LedgerIncidents incidents)
{
    /// <returns>what to throw: <c>ledger.rollback</c>, <c>ledger.fork</c>, or <c>witness.refused</c></returns>
    public async Task<LedgerException> JudgeAsync(WitnessLink link, OpenLog log, CancellationToken token)
    {
        // After a failed commit another object stands for the same log.
        var own = logs.ById(log.Id) ?? log;
        var ours = own.Published?.Note;
        var theirs = await AskAsync(link, own, token);
        // What anybody can make up is no evidence.
        if (theirs is not null)
            theirs = OnlyOurs(own, theirs);
        var why = theirs is null ? null : await OtherTreeAsync(own, theirs, token);
        var verdict =
            why
            ?? new LedgerException("witness.refused", $"{link.Name} refuses what it cannot show to be another tree.");
        await incidents.AddAsync(
            new Incident(verdict.Code, verdict.Message)
            {
                Witness = link.Name,
                Ours = ours?.ToBytes(),
                Theirs = theirs?.ToBytes(),
            },
            token
        );
        if (why is not null)
            logs.Stop(why);
        return verdict;
    }

    private async Task<SignedNote?> AskAsync(WitnessLink link, OpenLog log, CancellationToken token)
    {
        try
        {
            return await http.CheckpointAsync(link.Url, log.Origin, token);
        }
        catch (LedgerException)
        {
            return null;
        }
    }

    /// <summary>The note, if our key signed it; without other signatures where those make it too long to be kept. Else null.</summary>
    private static SignedNote? OnlyOurs(OpenLog log, SignedNote note)
    {
        var key = log.Signer.Verifier;
        try
        {
            if (note.SignedBy(key).Count == 0)
                return null;
        }
        catch (LedgerException)
        {
            return null;
        }
        return note.ToBytes().Length <= LedgerIncidents.MostNote
            ? note
            : new SignedNote(note.Text.ToArray(), [note.Signatures.First(signature => signature.IsBy(key))]);
    }

    /// <summary>Null where its tree is the beginning of ours.</summary>
    /// <param name="note">by our key</param>
    private static async Task<LedgerException?> OtherTreeAsync(OpenLog log, SignedNote note, CancellationToken token)
    {
        var theirs = Checkpoint.Parse(note.Text.Span);
        if (theirs.Origin != log.Origin)
            return null;
        var size = log.Tree.Edge.Size;
        if (theirs.Size > size)
            return new LedgerException(
                "ledger.rollback",
                $"{theirs.Size} records were signed and witnessed, and here are {size}: this is an older copy."
            );
        var root = await log.Tree.RootAsync(0, theirs.Size, token);
        return root.AsSpan().SequenceEqual(theirs.Root.Span)
            ? null
            : new LedgerException("ledger.fork", $"Another tree of {theirs.Size} records was signed and witnessed.");
    }
}
