using System.Globalization;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Asks the witnesses of a policy what they cosigned last.</summary>
internal sealed class WitnessStates(WitnessPolicy policy, WitnessHttp http)
{
    private const int YearDigits = 4;

    /// <param name="logs">as a node's database has them; the next year's log is asked for too</param>
    public async Task<IReadOnlyList<WitnessState>> AskAsync(
        IReadOnlyDictionary<string, HeldSize> logs,
        CancellationToken token
    )
    {
        var keys = logs.Values.Select(log => VerifierKey.Parse(log.Key)).ToList();
        if (keys.MaxBy(key => key.Name, StringComparer.Ordinal) is { } newest && NextYear(newest.Name) is { } next)
            keys.Add(VerifierKey.Create(next, newest.Type, newest.Key));
        return await Task.WhenAll(policy.Witnesses.Select(witness => AskAsync(witness, keys, token)));
    }

    private async Task<WitnessState> AskAsync(
        PolicyMember witness,
        IReadOnlyList<VerifierKey> logs,
        CancellationToken token
    )
    {
        var found = new Dictionary<string, Checkpoint>(StringComparer.Ordinal);
        try
        {
            if (witness.Url is null)
                throw new LedgerException("witness.unreachable", "The policy has no address for it.");
            foreach (var log in logs)
                if (await http.CheckpointAsync(new Uri(witness.Url), log.Name, token) is { } note)
                    found[log.Name] = Held(note, log, witness.Key!);
            return new WitnessState(witness.Name, null, found);
        }
        catch (LedgerException failure)
        {
            return new WitnessState(witness.Name, $"{failure.Code}: {failure.Message}", found);
        }
    }

    /// <summary>Whoever answers at its address: what the log signed and this witness cosigned is what counts.</summary>
    private static Checkpoint Held(SignedNote note, VerifierKey log, VerifierKey witness)
    {
        if (note.SignedBy(log).Count == 0 || note.SignedBy(witness).Count == 0)
            throw new LedgerException(
                "witness.answer",
                "It shows a checkpoint that lacks the log's signature or its own."
            );
        var checkpoint = Checkpoint.Parse(note.Text.Span);
        return checkpoint.Origin == log.Name
            ? checkpoint
            : throw new LedgerException("witness.answer", "It shows a checkpoint of another log.");
    }

    private static string? NextYear(string origin) =>
        origin.Length > YearDigits
        && int.TryParse(origin.AsSpan(origin.Length - YearDigits), CultureInfo.InvariantCulture, out var year)
            ? string.Create(CultureInfo.InvariantCulture, $"{origin.AsSpan(0, origin.Length - YearDigits)}{year + 1}")
            : null;
}
