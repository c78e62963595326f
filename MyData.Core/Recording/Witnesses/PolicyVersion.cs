using System.Security.Cryptography;
using System.Text;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Witnesses, quorum and nodes, as they were in force from a start of the portal on.</summary>
/// <param name="Text">
/// a policy file (c2sp.org/tlog-policy) without the log's own line and without addresses; the nodes stand in a comment before it
/// </param>
public sealed record PolicyVersion(DateTimeOffset At, string Text)
{
    private const string NodesLine = "# nodes ";

    /// <summary>What a log begins with: nobody's word is waited for, and there is one node.</summary>
    internal static PolicyVersion Nothing { get; } = new(default, $"quorum {WitnessPolicy.NoQuorum}\n");

    /// <summary>SHA-256 of the text in hexadecimal; <c>seal</c> of its record is the same.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    internal WitnessPolicy Policy { get; } = WitnessPolicy.Parse(Encoding.UTF8.GetBytes(Text));

    /// <summary>By name; none where the database is one.</summary>
    internal IReadOnlyList<string> Nodes { get; } =
        Text.StartsWith(NodesLine, StringComparison.Ordinal) ? Text.Split('\n')[0][NodesLine.Length..].Split(' ') : [];

    internal static string TextOf(WitnessPolicy policy, IReadOnlyList<string> nodes)
    {
        var text = new StringBuilder();
        if (nodes.Count > 0)
            text.Append(NodesLine).AppendJoin(' ', nodes).Append('\n');
        foreach (var member in policy.Members)
            text.Append(
                member.IsWitness
                    ? $"witness {member.Name} {member.Key}\n"
                    : FormattableString.Invariant(
                        $"group {member.Name} {member.Threshold} {string.Join(' ', member.Members)}\n"
                    )
            );
        return text.Append("quorum ").Append(policy.Quorum).Append('\n').ToString();
    }
}

/// <summary>How many of how many must have witnessed; of a group of groups, its own members.</summary>
public readonly record struct PolicyQuorum(int Needed, int Of)
{
    internal static PolicyQuorum In(WitnessPolicy policy) =>
        policy.Members.FirstOrDefault(member => member.Name == policy.Quorum) is not { } member ? default
        : member.IsWitness ? new(1, 1)
        : new(member.Threshold, member.Members.Count);
}

/// <summary>What another policy changed, by the names in it.</summary>
public sealed record PolicyChange
{
    public required PolicyVersion Version { get; init; }
    public required IReadOnlyList<string> Joined { get; init; }
    public required IReadOnlyList<string> Left { get; init; }

    /// <summary>The same name with another key.</summary>
    public required IReadOnlyList<string> Rekeyed { get; init; }
    public required IReadOnlyList<string> NodesJoined { get; init; }
    public required IReadOnlyList<string> NodesLeft { get; init; }
    public required PolicyQuorum From { get; init; }
    public required PolicyQuorum To { get; init; }

    public static PolicyChange Between(PolicyVersion before, PolicyVersion after)
    {
        var (old, now) = (Keys(before), Keys(after));
        return new PolicyChange
        {
            Version = after,
            Joined = [.. now.Keys.Except(old.Keys)],
            Left = [.. old.Keys.Except(now.Keys)],
            Rekeyed =
            [
                .. now.Where(one => old.TryGetValue(one.Key, out var key) && key != one.Value).Select(one => one.Key),
            ],
            NodesJoined = [.. after.Nodes.Except(before.Nodes)],
            NodesLeft = [.. before.Nodes.Except(after.Nodes)],
            From = PolicyQuorum.In(before.Policy),
            To = PolicyQuorum.In(after.Policy),
        };
    }

    private static Dictionary<string, string> Keys(PolicyVersion version) =>
        version.Policy.Witnesses.ToDictionary(one => one.Name, one => $"{one.Key}", StringComparer.Ordinal);
}
