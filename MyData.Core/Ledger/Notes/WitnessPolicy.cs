namespace MyData.Core.Ledger;

/// <summary>A log that a policy knows.</summary>
public sealed record PolicyLog(VerifierKey Key, string? Url);

/// <summary>A witness or a group of them, by its name in the policy's own file.</summary>
public sealed record PolicyMember(
    string Name,
    VerifierKey? Key,
    string? Url,
    int Threshold,
    IReadOnlyList<string> Members
)
{
    /// <summary>A group has no key of its own.</summary>
    public bool IsWitness => Key is not null;
}

/// <summary>A witness's cosignature that verified.</summary>
public sealed record Cosigner(string Name, DateTimeOffset At);

/// <summary>What a policy found under a checkpoint.</summary>
/// <param name="Log">whose signature the checkpoint carries</param>
/// <param name="HasQuorum">whether enough witnesses cosigned</param>
public sealed record PolicyOutcome(VerifierKey Log, IReadOnlyList<Cosigner> Cosigners, bool HasQuorum);

/// <summary>
/// Whom a verifier believes (c2sp.org/tlog-policy): logs, witnesses, and how many of them make a checkpoint one that everybody sees.
/// </summary>
public sealed class WitnessPolicy
{
    /// <summary>The quorum of a policy that asks for no witness: one node, not yet witnessed.</summary>
    public const string NoQuorum = "none";

    private readonly Dictionary<string, PolicyMember> _members;

    internal WitnessPolicy(IReadOnlyList<PolicyLog> logs, IReadOnlyList<PolicyMember> members, string quorum) =>
        (Logs, Members, Quorum, _members) = (
            logs,
            members,
            quorum,
            members.ToDictionary(m => m.Name, StringComparer.Ordinal)
        );

    public IReadOnlyList<PolicyLog> Logs { get; }

    /// <summary>Witnesses and groups in the order of the file.</summary>
    public IReadOnlyList<PolicyMember> Members { get; }

    /// <summary>The name of the member that must have witnessed, or <see cref="NoQuorum"/>.</summary>
    public string Quorum { get; }

    public IEnumerable<PolicyMember> Witnesses => Members.Where(member => member.IsWitness);

    /// <exception cref="LedgerException">see <see cref="PolicyParser"/></exception>
    public static WitnessPolicy Parse(ReadOnlySpan<byte> file) => PolicyParser.Parse(file);

    /// <summary>A checkpoint that this policy accepts: signed by a log of its, under that log's own name, and witnessed by the quorum.</summary>
    /// <exception cref="LedgerException">
    /// <c>policy.log_unknown</c> (no log of this origin), <c>note.unsigned</c> (not by that log), <c>note.signature</c>,
    /// <c>cosignature.format</c>, <c>policy.quorum</c>, and those of <see cref="Checkpoint.Parse"/>
    /// </exception>
    public Checkpoint Require(SignedNote note)
    {
        var outcome = Judge(note, out var checkpoint);
        return outcome.HasQuorum
            ? checkpoint
            : throw new LedgerException("policy.quorum", "Too few witnesses of the policy have cosigned.");
    }

    /// <summary>The same, where it is for the caller to say what too few witnesses mean.</summary>
    /// <exception cref="LedgerException">as <see cref="Require"/>, without <c>policy.quorum</c></exception>
    public PolicyOutcome Judge(SignedNote note, out Checkpoint checkpoint)
    {
        var said = checkpoint = Checkpoint.Parse(note.Text.Span);
        // The origin names the log, so a key of one log cannot speak for another.
        var logs = Logs.Where(log => log.Key.Name == said.Origin).Select(log => log.Key).ToList();
        if (logs.Count == 0)
            throw new LedgerException("policy.log_unknown", "The policy knows no log of this origin.");
        // Every signature of a key that we know is verified, whichever comes first: one that is wrong spoils the note.
        var signed = logs.Where(log => note.SignedBy(log).Count > 0).ToList();
        if (signed.Count == 0)
            throw new LedgerException("note.unsigned", "No signature by this log.");
        var cosigners = Cosigners(note);
        return new PolicyOutcome(
            signed[0],
            cosigners,
            HasQuorum(cosigners.Select(c => c.Name).ToHashSet(StringComparer.Ordinal))
        );
    }

    /// <summary>The witnesses of this policy that have cosigned, each with its latest time.</summary>
    /// <exception cref="LedgerException"><c>note.signature</c>, <c>cosignature.format</c></exception>
    public IReadOnlyList<Cosigner> Cosigners(SignedNote note)
    {
        var found = new List<Cosigner>();
        foreach (var witness in Witnesses)
        {
            if (note.SignedBy(witness.Key!) is { Count: > 0 } times)
                found.Add(new Cosigner(witness.Name, Time(times.Max())));
        }
        return found;
    }

    /// <summary>Whether these witnesses, by their names in the policy, are enough.</summary>
    public bool HasQuorum(IReadOnlySet<string> witnesses) => Quorum == NoQuorum || Witnessed(Quorum, witnesses);

    // Groups name members above them only, so this ends.
    private bool Witnessed(string name, IReadOnlySet<string> witnesses)
    {
        var member = _members[name];
        return member.IsWitness
            ? witnesses.Contains(name)
            : member.Members.Count(one => Witnessed(one, witnesses)) >= member.Threshold;
    }

    private static DateTimeOffset Time(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
