using System.Globalization;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>One check of a promotion.</summary>
/// <param name="Code">a stable code, said where it refuses</param>
/// <param name="Found">what was found, in words</param>
public sealed record PromotionCheck(string Code, bool IsGood, string Found);

/// <summary>
/// Whether a node may be promoted, and which (ledger.md, "Shape" and "Faults"): each check by itself, in the order in which they are shown.
/// A commit is acknowledged when one standby has it, so it is on the further of them all; and a receipt is given when a quorum of witnesses
/// has cosigned, so at least one of those heard knows its size unless the others could be a quorum alone.
/// </summary>
internal static class PromotionChecks
{
    public const string PrimaryAnswers = "promote.primary_answers";

    private static readonly Func<PromotionView, PromotionCheck>[] All =
    [
        NobodyTakesWrites,
        EveryOtherIsHeard,
        TheyNameTheSameNodes,
        TheyAreCopiesOfOneDatabase,
        TheFurthestShowsAllItHas,
        TheLedgerIsInIt,
        EnoughWitnessesAreHeard,
        ItIsNotBehindAWitness,
        ItIsTheTreeThatTheyKnow,
    ];

    /// <summary>All of them; those that stand on a node where there is none to choose are left out.</summary>
    public static IReadOnlyList<PromotionCheck> Run(PromotionView view) => [.. All.Select(check => check(view))];

    private static PromotionCheck NobodyTakesWrites(PromotionView view)
    {
        const string code = PrimaryAnswers;
        if (
            view.Primaries.FirstOrDefault(one =>
                one.Timeline < view.Standbys.Select(node => node.Timeline).DefaultIfEmpty().Max()
            ) is
            { } stale
        )
            return Bad(
                code,
                $"{stale.Name} takes writes, and another was promoted in its place: stop it, and let it rejoin."
            );
        if (view.Primaries is [var primary, ..])
            return Bad(code, $"{primary.Name} answers, and takes writes: stop it, or end what is wrong with it.");
        var receiving = view.Standbys.Where(node => node.IsReceiving).ToList();
        return receiving.Count == 0
            ? Good(code, "No node takes writes.")
            : Bad(code, $"{Names(receiving)} still receives from a node that takes writes.");
    }

    private static PromotionCheck EveryOtherIsHeard(PromotionView view)
    {
        const string code = "promote.unheard";
        if (view.Standbys.Count > 0 && view.Nodes.Count - view.Standbys.Count <= 1)
            return Good(code, $"{Names(view.Standbys)} answered: no more than one node is missing.");
        var silent = view.Nodes.Where(node => !node.IsHeard).ToList();
        return Bad(
            code,
            silent.Count == 0
                ? "More than one node follows nobody."
                : $"{Names(silent)} did not answer, and what was acknowledged may be there alone. Nobody is promoted: the ledger "
                    + "stays read-only until all but the lost node answer. "
                    + string.Join(' ', silent.Select(node => $"{node.Name}: {node.Silence}."))
        );
    }

    private static PromotionCheck TheyNameTheSameNodes(PromotionView view)
    {
        const string code = "promote.nodes_differ";
        var all = view.Nodes.Select(node => node.Name).Order(StringComparer.Ordinal).ToList();
        foreach (var node in view.Standbys)
        {
            var known = NodeDatabases.StandbyNames(node.Synchronous);
            if (!known.Append(node.Name).Order(StringComparer.Ordinal).SequenceEqual(all))
                return Bad(
                    code,
                    $"{node.Name} waits for '{node.Synchronous}', and this file has {string.Join(", ", all)}: one of them is out of date."
                );
        }
        return Good(code, "They wait for one another, and for the nodes of this file.");
    }

    private static PromotionCheck TheyAreCopiesOfOneDatabase(PromotionView view)
    {
        const string code = "promote.other_database";
        if (view.Standbys.DistinctBy(node => node.System).Count() > 1)
            return Bad(code, "They are copies of different databases.");
        return view.Standbys.DistinctBy(node => node.Timeline).Count() > 1
            ? Bad(code, "One of them has not followed the last promotion: it has to rejoin first.")
            : Good(code, "They are copies of one database, of one timeline.");
    }

    private static PromotionCheck TheFurthestShowsAllItHas(PromotionView view)
    {
        const string code = "promote.replay";
        if (view.Chosen is not { } chosen)
            return Bad(code, "There is nobody to choose.");
        if (chosen.IsPaused)
            return Bad(code, $"{chosen.Name} is told not to show what comes: pg_wal_replay_resume().");
        if (chosen.IsReplayed)
            return Good(code, $"{chosen.Name} is the furthest: {chosen.Received} is on its disk, and in its tables.");
        var found =
            $"{chosen.Name} is the furthest: {chosen.Received} is on its disk, and {chosen.Replayed} in its tables.";
        // What is left comes while nothing new does.
        return view.IsCut ? Bad(code, found) : Good(code, found);
    }

    private static PromotionCheck TheLedgerIsInIt(PromotionView view)
    {
        const string code = "promote.no_ledger";
        return view.Chosen is { Logs: { Count: > 0 } logs }
            ? Good(code, string.Join(", ", logs.Select(log => Words(log.Key, log.Value.Size))))
            : Bad(code, "The database has no ledger.");
    }

    private static PromotionCheck EnoughWitnessesAreHeard(PromotionView view)
    {
        const string code = "promote.witnesses";
        var silent = view.Witnesses.Where(witness => witness.Silence is not null).ToList();
        if (view.Policy.Quorum == WitnessPolicy.NoQuorum)
            return Good(code, "The policy asks for none.");
        return view.Policy.HasQuorum(silent.Select(witness => witness.Name).ToHashSet(StringComparer.Ordinal))
            ? Bad(
                code,
                "Those that did not answer are enough for the policy, and could know of more records: "
                    + string.Join("; ", silent.Select(witness => $"{witness.Name} ({witness.Silence})"))
            )
            : Good(code, $"{view.Witnesses.Count - silent.Count} of {view.Witnesses.Count} answered.");
    }

    private static PromotionCheck ItIsNotBehindAWitness(PromotionView view)
    {
        const string code = "promote.behind";
        var ahead =
            from witness in view.Witnesses
            from log in witness.Logs
            let own = view.Chosen?.Logs.GetValueOrDefault(log.Key)?.Size ?? 0
            where log.Value.Size > own
            orderby log.Value.Size descending
            select $"{witness.Name} has cosigned {log.Value.Size} records of {log.Key}, and {view.Chosen?.Name} has {own}";
        if (ahead.FirstOrDefault() is not { } most)
            return Good(code, "No witness has cosigned more.");
        if (view.Word.Behind)
            return Good(code, $"{most}. The operator lets it take over all the same.");
        return view is { IsCut: false, Chosen: { IsReceiving: true, IsReplayed: false } }
            ? Good(code, $"{most}, which still shows what came just now.")
            : Bad(
                code,
                $"{most}: every copy here is older. Bring a newer one back; or, with --behind, let this one take over, and the portal "
                    + "fetches what is missing from the witnesses before it signs anything."
            );
    }

    private static PromotionCheck ItIsTheTreeThatTheyKnow(PromotionView view)
    {
        const string code = "promote.fork";
        return view.Forks.Count == 0
            ? Good(code, "None of them knows another tree.")
            : Bad(code, string.Join("; ", view.Forks));
    }

    private static string Words(string log, long size) =>
        string.Create(CultureInfo.InvariantCulture, $"{size} records of {log}");

    private static string Names(IReadOnlyList<NodeState> nodes) =>
        string.Join(" and ", nodes.Select(node => node.Name));

    private static PromotionCheck Good(string code, string found) => new(code, true, found);

    private static PromotionCheck Bad(string code, string found) => new(code, false, found);
}

/// <summary>All that was heard, of which the checks judge.</summary>
internal sealed record PromotionView
{
    public required IReadOnlyList<NodeState> Nodes { get; init; }

    public required OperatorsWord Word { get; init; }

    public required WitnessPolicy Policy { get; init; }

    /// <summary>Nothing can come to any of them any more.</summary>
    public bool IsCut { get; init; }

    public IReadOnlyList<WitnessState> Witnesses { get; init; } = [];

    /// <summary>Where a witness's root is another one than in the chosen node's rows, in words.</summary>
    public IReadOnlyList<string> Forks { get; init; } = [];

    public IReadOnlyList<NodeState> Primaries => [.. Heard.Where(node => node.IsPrimary)];

    public IReadOnlyList<NodeState> Standbys => [.. Heard.Where(node => !node.IsPrimary)];

    /// <summary>The furthest; the first of the file among equals.</summary>
    public NodeState? Chosen => Standbys.OrderByDescending(node => node.Received).FirstOrDefault();

    private IEnumerable<NodeState> Heard => Nodes.Where(node => node.IsHeard && node.Name != Word.Fenced);
}

/// <summary>What the operator answers for.</summary>
/// <param name="Fenced">a node that may answer, and where nobody can write</param>
/// <param name="Behind">that the one which takes over may lack records that a witness has</param>
/// <param name="By">who she is, as everybody may read it among the ledger's incidents; null where she does not say</param>
public sealed record OperatorsWord(string? Fenced, bool Behind, string? By = null);
