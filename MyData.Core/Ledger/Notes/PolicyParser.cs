using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// Reads a policy file, a line at a time (c2sp.org/tlog-policy, "Policy file syntax and structure"). Names are octets: two spellings are
/// two names. A file that a stricter or a laxer reader could understand in another way is refused.
/// </summary>
/// <remarks>
/// Refusals: <c>policy.too_large</c>, <c>policy.character</c>, <c>policy.line</c> (no newline, unknown word, wrong number of words),
/// <c>policy.name</c> (empty, taken, or <c>none</c>), <c>policy.unknown_name</c>, <c>policy.key_type</c>, <c>policy.duplicate_key</c>,
/// <c>policy.threshold</c>, <c>policy.member_twice</c>, <c>policy.quorum_missing</c>, <c>policy.quorum_twice</c>, and those of
/// <see cref="VerifierKey.Parse"/>.
/// </remarks>
internal sealed class PolicyParser
{
    private const int MaxBytes = 256 * 1024;

    private readonly List<PolicyLog> _logs = [];
    private readonly List<PolicyMember> _members = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal) { WitnessPolicy.NoQuorum };
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private string? _quorum;

    private PolicyParser() { }

    /// <exception cref="LedgerException">see the remarks of the class</exception>
    public static WitnessPolicy Parse(ReadOnlySpan<byte> file)
    {
        Require(file.Length <= MaxBytes, "policy.too_large", "The policy is larger than any that we read.");
        foreach (var octet in file)
            Require(
                octet is (byte)'\t' or (byte)'\n' or >= 0x20 and not 0x7f,
                "policy.character",
                "A control character."
            );
        var parser = new PolicyParser();
        while (LogText.TryLine(ref file, out var line))
            parser.Read(Latin1(line));
        Require(file.IsEmpty, "policy.line", "The last line has no newline.");
        Require(parser._quorum is not null, "policy.quorum_missing", "A policy says which quorum it wants.");
        return new WitnessPolicy(parser._logs, parser._members, parser._quorum!);
    }

    private void Read(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0].StartsWith('#'))
            return;
        switch (words[0])
        {
            case "log" when words.Length is 2 or 3:
                _logs.Add(new PolicyLog(Key(words[1], SignatureType.Ed25519), words.ElementAtOrDefault(2)));
                break;
            case "witness" when words.Length is 3 or 4:
                Define(words[1]);
                var key = Key(words[2], SignatureType.Cosignature);
                _members.Add(new PolicyMember(words[1], key, words.ElementAtOrDefault(3), 1, []));
                break;
            case "group" when words.Length >= 4:
                Group(words[1], words[2], words[3..]);
                break;
            case "quorum" when words.Length == 2:
                Require(_quorum is null, "policy.quorum_twice", "One quorum line.");
                _quorum = words[1] == WitnessPolicy.NoQuorum ? words[1] : Known(words[1]);
                break;
            default:
                throw new LedgerException("policy.line", "No line of a policy looks like this.");
        }
    }

    private void Group(string name, string threshold, string[] members)
    {
        foreach (var member in members)
        {
            Known(member);
            Require(_listed.Add(member), "policy.member_twice", "A member would count in two ways.");
        }
        var count = threshold switch
        {
            "all" => members.Length,
            "any" => 1,
            _ => LogText.TryDecimal(Encoding.Latin1.GetBytes(threshold), out var number) ? number : 0,
        };
        Require(count >= 1 && count <= members.Length, "policy.threshold", "The threshold is not between 1 and all.");
        // Defined last, so that a group cannot name itself.
        Define(name);
        _members.Add(new PolicyMember(name, null, null, (int)count, members));
    }

    private void Define(string name) => Require(_names.Add(name), "policy.name", "The name is taken.");

    private string Known(string name)
    {
        Require(name != WitnessPolicy.NoQuorum && _names.Contains(name), "policy.unknown_name", "No such name above.");
        return name;
    }

    private VerifierKey Key(string text, SignatureType type)
    {
        var key = VerifierKey.Parse(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text)));
        Require(key.Type == type, "policy.key_type", "Logs sign notes, witnesses cosign them.");
        var known = _logs.Select(log => log.Key).Concat(_members.Select(member => member.Key).OfType<VerifierKey>());
        var twice = known.Any(other => other.Type == type && other.Key.Bytes.SequenceEqual(key.Key.Bytes));
        Require(!twice, "policy.duplicate_key", "The key is there already.");
        return key;
    }

    // One character an octet: the file's octets above 0x7f are opaque.
    private static string Latin1(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line);

    private static void Require(bool condition, string code, string message)
    {
        if (!condition)
            throw new LedgerException(code, message);
    }
}
