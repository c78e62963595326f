using System.Text;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What a look at all nodes and witnesses gave.</summary>
/// <param name="Chosen">who would be promoted; null where there is nobody</param>
/// <param name="Primary">who takes writes already; null where nobody does</param>
public sealed record PromotionOutlook(
    IReadOnlyList<NodeState> Nodes,
    IReadOnlyList<WitnessState> Witnesses,
    IReadOnlyList<PromotionCheck> Checks,
    NodeState? Chosen,
    NodeState? Primary
)
{
    /// <summary>Whether one could be promoted, were the node lost that takes writes now.</summary>
    public bool IsReady => Checks.All(check => check.IsGood || check.Code == PromotionChecks.PrimaryAnswers);
}

/// <summary>
/// Another node takes over the writes. First both standbys are cut from whom they follow: from then on the lost node can acknowledge nothing,
/// wherever it is and whoever still reaches it. Then all is looked at again, and only then is the furthest promoted. A crash in between
/// leaves standbys that follow nobody; the next run begins anew, or points them at the node that was promoted. The last step tells of it among
/// the ledger's incidents; the next run does that too.
/// </summary>
public sealed class Promotion(NodesFile file, LedgerSettings settings, WitnessHttp http, OperatorsWord word)
{
    /// <summary>As the lost node, where it is not known which one that was.</summary>
    public const string Nobody = "–";

    /// <summary>Of a database that has followed no promotion.</summary>
    private const long FirstTimeline = 1;

    private static readonly TimeSpan CutLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ReplayLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FollowLimit = TimeSpan.FromSeconds(60);

    private readonly WitnessPolicy _policy = WitnessPolicy.Parse(Encoding.UTF8.GetBytes(settings.Policy));
    private readonly Dictionary<string, DatabaseNode> _nodes = file.Nodes.ToDictionary(
        node => node.Name,
        node => new DatabaseNode(node, file.ConnectionTo(node)),
        StringComparer.Ordinal
    );

    /// <summary>Asks everybody, changes nothing.</summary>
    public Task<PromotionOutlook> LookAsync(CancellationToken token) => LookAsync(isCut: false, token);

    private async Task<PromotionOutlook> LookAsync(bool isCut, CancellationToken token)
    {
        // Nodes tell which logs there are, and are asked again when the witnesses have been: while writes go on, what a witness has
        // cosigned is in the nodes by then.
        var first = await AskNodesAsync(token);
        var logs = first.Where(node => node.IsHeard).MaxBy(node => node.Received)?.Logs;
        var witnesses = await new WitnessStates(_policy, http).AskAsync(
            logs ?? new Dictionary<string, HeldSize>(),
            token
        );
        var states = await AskNodesAsync(token);
        var view = new PromotionView
        {
            Nodes = states,
            Word = word,
            Policy = _policy,
            Witnesses = witnesses,
            IsCut = isCut,
        };
        view = view with { Forks = await ForksAsync(view.Chosen, witnesses, token) };
        return new PromotionOutlook(
            states,
            witnesses,
            PromotionChecks.Run(view),
            view.Chosen,
            view.Primaries is [var primary] ? primary : null
        );
    }

    /// <param name="say">each step, when it is done</param>
    /// <returns>who takes writes now</returns>
    /// <exception cref="PromotionException">the code of the first check that refuses; <c>promote.cut</c>, <c>promote.failed</c></exception>
    public async Task<NodeAddress> RunAsync(Action<string> say, CancellationToken token)
    {
        var before = await LookAsync(token);
        Require(before);
        var standbys = before.Nodes.Where(node => node is { IsHeard: true, IsPrimary: false }).ToList();
        NodeState chosen;
        try
        {
            foreach (var standby in standbys)
                await _nodes[standby.Name].CutAsync(standby, token);
            foreach (var standby in standbys)
                await RequireCutAsync(standby, token);
            say("Every standby is cut from the lost node, which can acknowledge nothing any more.");
            chosen = await ChooseAsync(token);
        }
        catch
        {
            await RestoreAsync(standbys, say);
            throw;
        }
        await _nodes[chosen.Name].PromoteAsync(token);
        say($"{chosen.Name} takes writes.");
        var primary = file.Nodes.Single(node => node.Name == chosen.Name);
        await PointAsync(standbys.Where(node => node.Name != chosen.Name), primary, say, token);
        var lost = before.Nodes.Where(node => standbys.All(standby => standby.Name != node.Name));
        await TellAsync(chosen, lost, say, token);
        return primary;
    }

    /// <summary>Points those that follow nobody at the node that takes writes: what a promotion that broke off left to be done.</summary>
    public async Task FinishAsync(PromotionOutlook outlook, Action<string> say, CancellationToken token)
    {
        var primary = file.Nodes.Single(node => node.Name == outlook.Primary!.Name);
        await PointAsync(Idle(outlook), primary, say, token);
        await TellAsync(outlook, say, token);
    }

    /// <summary>Tells of a promotion whose run broke off before it did.</summary>
    public Task<Telling> TellAsync(PromotionOutlook outlook, Action<string> say, CancellationToken token) =>
        TellAsync(outlook.Primary!, lost: null, say, token);

    /// <summary>Standbys that receive from nobody though a node takes writes.</summary>
    public static IReadOnlyList<NodeState> Idle(PromotionOutlook outlook) =>
        outlook.Primary is { } primary
            ?
            [
                .. outlook.Nodes.Where(node =>
                    node is { IsHeard: true, IsPrimary: false, IsReceiving: false }
                    && node.System == primary.System
                    && node.Timeline <= primary.Timeline
                ),
            ]
            : [];

    private async Task PointAsync(
        IEnumerable<NodeState> standbys,
        NodeAddress primary,
        Action<string> say,
        CancellationToken token
    )
    {
        foreach (var standby in standbys)
        {
            await _nodes[standby.Name].PointAtAsync(standby, primary, token);
            var (_, follows) = await _nodes[standby.Name].UntilAsync(node => node.IsReceiving, FollowLimit, token);
            say(
                follows
                    ? $"{standby.Name} follows {primary.Name}."
                    : $"{standby.Name} does not follow {primary.Name} yet; its log says why. Until one does, every write waits."
            );
        }
    }

    /// <summary>The promotion stands whether or not it can be told of yet.</summary>
    private async Task<Telling> TellAsync(
        NodeState took,
        IEnumerable<NodeState>? lost,
        Action<string> say,
        CancellationToken token
    )
    {
        var gone = lost?.Select(node => node.Name).Where(name => name != took.Name).ToList() ?? [];
        var from = gone.Count > 0 ? string.Join(", ", gone) : Nobody;
        var newest = took.Logs.Keys.Max(StringComparer.Ordinal);
        var size = newest is null ? 0 : took.Logs[newest].Size;
        var told = new ToldPromotion
        {
            IsLate = lost is null,
            IsBehind = word.Behind,
            Fenced = word.Fenced,
            Log = newest,
            By = word.By,
        };
        try
        {
            var isNew = await _nodes[took.Name].TellAsync(from, size, $"{told}", token);
            var telling = Judge(isNew, took);
            if (telling is Telling.Told)
                say($"The ledger's incidents tell of it: {took.Name} takes over from {from}, {size} records, {told}.");
            if (telling is Telling.ToldBefore)
                say($"The ledger's incidents have told already that {took.Name} took over.");
            return telling;
        }
        catch (PromotionException failure)
        {
            say($"Whether the ledger's incidents tell of it is not sure ({failure.Message}): run this again.");
            return Telling.Unsure;
        }
    }

    /// <param name="isNew">what its database answered: false also of a node that never took over</param>
    internal static Telling Judge(bool isNew, NodeState took) =>
        isNew ? Telling.Told
        : took.Timeline > FirstTimeline ? Telling.ToldBefore
        : Telling.Nothing;

    private Task<NodeState[]> AskNodesAsync(CancellationToken token) =>
        Task.WhenAll(file.Nodes.Select(node => _nodes[node.Name].AskAsync(token)));

    private async Task RestoreAsync(IEnumerable<NodeState> standbys, Action<string> say)
    {
        foreach (var standby in standbys)
        {
            try
            {
                await _nodes[standby.Name].RestoreAsync(standby, CancellationToken.None);
            }
            catch (PromotionException failure)
            {
                say($"{standby.Name} still follows nobody: {failure.Message}");
            }
        }
    }

    private async Task RequireCutAsync(NodeState standby, CancellationToken token)
    {
        var (_, isCut) = await _nodes[standby.Name].UntilAsync(node => !node.IsReceiving, CutLimit, token);
        if (!isCut)
            throw new PromotionException("promote.cut", $"{standby.Name} cannot be cut from whom it follows.");
    }

    /// <summary>The furthest, when all that is on its disk is in its tables; nothing can come to any of them meanwhile.</summary>
    private async Task<NodeState> ChooseAsync(CancellationToken token)
    {
        var outlook = await LookAsync(isCut: true, token);
        if (outlook.Chosen is { } chosen)
        {
            await _nodes[chosen.Name].UntilAsync(node => node.IsReplayed, ReplayLimit, token);
            outlook = await LookAsync(isCut: true, token);
        }
        Require(outlook);
        return outlook.Chosen!;
    }

    private async Task<IReadOnlyList<string>> ForksAsync(
        NodeState? chosen,
        IReadOnlyList<WitnessState> witnesses,
        CancellationToken token
    )
    {
        var forks = new List<string>();
        if (chosen is null)
            return forks;
        var shown =
            from witness in witnesses
            from log in witness.Logs
            where log.Value.Size > 0 && log.Value.Size <= (chosen.Logs.GetValueOrDefault(log.Key)?.Size ?? 0)
            select (witness.Name, log.Value);
        foreach (var (witness, checkpoint) in shown)
        {
            var root = await _nodes[chosen.Name].RootAsync(checkpoint.Origin, checkpoint.Size, token);
            // A witness that was far behind got steps, whose sizes the log itself never had.
            if (root is not null && !checkpoint.Root.Span.SequenceEqual(root))
                forks.Add($"{witness} has cosigned another tree of {checkpoint.Size} records of {checkpoint.Origin}");
        }
        return forks;
    }

    private static void Require(PromotionOutlook outlook)
    {
        if (outlook.Checks.FirstOrDefault(check => !check.IsGood) is { } refused)
            throw new PromotionException(refused.Code, refused.Found);
    }
}
