using System.Globalization;
using System.Text;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Operations;

/// <summary><c>dotnet MyData.Web.dll promote …</c>: the runbook for a lost node that took the writes. See README.md.</summary>
public static class PromoteCommand
{
    public const string Name = "promote";

    private const string Usage = """
        promote              looks at every node and witness, shows each check, asks, and lets the furthest standby take over
        promote --check      looks and shows, and changes nothing; well while one could take over, were the node lost that takes writes
          --nodes FILE       the nodes (JSON); /etc/mydata/nodes.json where it is not given
          --fenced NAME      this node answers, but nobody can write there any more: the operator's own word
          --by WHO           who does it, for everybody to read among the ledger's incidents; nobody where it is not given
          --behind           though a witness has more records than every node: the portal fetches them before it signs anything
          --yes              asks nothing
        Ends with 0: done, or all is well; 1: refused, with a code; 2: not understood.
        """;

    private const string Default = "/etc/mydata/nodes.json";
    private const int LongestName = 60;

    /// <returns>the exit code</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        // Whose account it is concerns nobody outside, and would tell an attacker whom to go for: she says herself who she is, or nobody does.
        var (nodes, word, check, yes) = (Default, new OperatorsWord(null, Behind: false), false, false);
        for (var at = 1; at < args.Length; at++)
            switch (args[at])
            {
                case "--nodes" when at + 1 < args.Length:
                    nodes = args[++at];
                    break;
                case "--fenced" when at + 1 < args.Length:
                    word = word with { Fenced = args[++at] };
                    break;
                case "--by" when at + 1 < args.Length && IsName(args[at + 1]):
                    word = word with { By = args[++at] };
                    break;
                case "--behind":
                    word = word with { Behind = true };
                    break;
                case "--check":
                    check = true;
                    break;
                case "--yes":
                    yes = true;
                    break;
                default:
                    await Console.Error.WriteLineAsync(Usage);
                    return args[at] is "--help" or "help" ? 0 : 2;
            }
        try
        {
            var file = NodesFile.Read(nodes);
            if (word.Fenced is { } fenced && file.Nodes.All(node => node.Name != fenced))
                throw new PromotionException("promote.file", $"{nodes} has no node '{fenced}'.");
            var settings = new LedgerSettings { Policy = LedgerPolicy.Read(file.Policy) };
            using var http = new WitnessHttp(settings);
            return await RunAsync(new Promotion(file, settings, http, word), check, yes);
        }
        catch (PromotionException refused)
        {
            await Console.Error.WriteLineAsync($"\nrefused  {refused.Code}  {refused.Message}");
            return 1;
        }
        catch (LedgerException refused)
        {
            await Console.Error.WriteLineAsync($"\nrefused  {refused.Code}  {refused.Message}");
            return 1;
        }
    }

    private static async Task<int> RunAsync(Promotion promotion, bool check, bool yes)
    {
        var outlook = await promotion.LookAsync(default);
        Console.WriteLine(Describe(outlook));
        if (check)
            return outlook.IsReady ? 0 : 1;
        if (outlook.Primary is { } primary)
            return await FinishAsync(promotion, outlook, primary, yes);
        if (outlook.Checks.FirstOrDefault(one => !one.IsGood) is { } refused)
            throw new PromotionException(refused.Code, refused.Found);
        if (!yes && !Ask($"Let {outlook.Chosen!.Name} take over?"))
            return 1;
        var promoted = await promotion.RunAsync(Console.WriteLine, default);
        Console.WriteLine(
            $"""

            Now: start the portal on {promoted.Name}, if it does not run (a portal that knows all nodes finds it by itself).
            The lost node must not take writes again: on its machine, before anything else, 'database rejoin FOLDER', then run it.
            """
        );
        return 0;
    }

    /// <summary>Nothing to promote; what an earlier run left is done.</summary>
    private static async Task<int> FinishAsync(
        Promotion promotion,
        PromotionOutlook outlook,
        NodeState primary,
        bool yes
    )
    {
        var idle = Promotion.Idle(outlook);
        // What everybody will read for good is written by nobody's mere look.
        var told =
            idle.Count == 0 && yes ? await promotion.TellAsync(outlook, Console.WriteLine, default) : Telling.Nothing;
        if (told is Telling.Unsure)
            throw new PromotionException("promote.failed", $"{primary.Name} did not confirm what was to be told.");
        if (told is not Telling.Nothing)
            return 0;
        if (idle.Count == 0)
            throw new PromotionException(
                "promote.primary_answers",
                $"{primary.Name} takes writes: nothing is to be promoted."
            );
        var names = string.Join(" and ", idle.Select(node => node.Name));
        if (!yes && !Ask($"{primary.Name} takes writes. Let {names} follow it?"))
            return 1;
        await promotion.FinishAsync(outlook, Console.WriteLine, default);
        return 0;
    }

    private static bool IsName(string text) =>
        text is { Length: > 0 and <= LongestName }
        && !text.Any(char.IsControl)
        && !text.StartsWith("--", StringComparison.Ordinal);

    private static bool Ask(string question)
    {
        Console.Write($"{question} [y/N] ");
        return Console.ReadLine() is "y" or "Y" or "yes";
    }

    /// <summary>For a person at a terminal, in English as every log line.</summary>
    internal static string Describe(PromotionOutlook outlook)
    {
        var text = new StringBuilder();
        foreach (var node in outlook.Nodes)
            text.AppendLine(
                node.IsHeard
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{node.Name, -10} {(node.IsPrimary ? "takes writes" : node.IsReceiving ? "follows" : "follows nobody"), -14} {node.Received} on disk, timeline {node.Timeline}"
                    )
                    : $"{node.Name, -10} silent         {node.Silence}"
            );
        foreach (var witness in outlook.Witnesses)
        {
            var newest = witness.Logs.Values.MaxBy(checkpoint => checkpoint.Origin, StringComparer.Ordinal);
            text.AppendLine(
                witness.Silence is null
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{witness.Name, -10} witness        {newest?.Size ?? 0} cosigned"
                    )
                    : $"{witness.Name, -10} witness, silent: {witness.Silence}"
            );
        }
        text.AppendLine();
        foreach (var check in outlook.Checks)
            text.AppendLine($"{(check.IsGood ? "ok" : "no"), -4} {check.Code, -26} {check.Found}");
        return text.ToString();
    }
}
