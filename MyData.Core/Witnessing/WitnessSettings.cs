using System.Globalization;
using System.Text;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>The section <c>Witness</c> of a witness's configuration. Who it is, and where, has no default.</summary>
public sealed record WitnessSettings
{
    private const string Allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-";

    /// <summary>The name in its cosignatures, such as <c>witness.example/node1</c>; never changes.</summary>
    public string Name { get; init; } = "";

    /// <summary>The address to listen on, such as <c>https://10.0.0.11:7443</c>: anybody reads there.</summary>
    public string Listen { get; init; } = "";

    /// <summary>
    /// Where logs add, by an address of its own, so that nobody who reads takes their place; everything is read there too. Empty: logs add
    /// where everybody reads, for small set-ups.
    /// </summary>
    public string AddListen { get; init; } = "";

    /// <summary>Portals that write the first log, tried in this order: records that programs post here are passed on to them.</summary>
    public IReadOnlyList<string> Portal { get; init; } = [];

    /// <summary>What strangers may take of this machine.</summary>
    public LimitSection Limits { get; init; } = new();

    public sealed record LimitSection
    {
        /// <summary>Connections at once, on each address.</summary>
        public int Connections { get; init; } = 256;

        /// <summary>Connections at once of one network, where everybody reads; an IPv6 network is a /64.</summary>
        public int ConnectionsOfNetwork { get; init; } = 64;

        /// <summary>Requests of one network at once, and then a second, where everybody reads.</summary>
        public int NetworkBurst { get; init; } = 600;

        /// <inheritdoc cref="NetworkBurst"/>
        public int NetworkPerSecond { get; init; } = 60;

        /// <summary>Files of copies that one network reads at once, and then a second: whoever fetches a whole log needs many.</summary>
        public int FileBurst { get; init; } = 10_000;

        /// <inheritdoc cref="FileBurst"/>
        public int FilesPerSecond { get; init; } = 1_000;

        /// <summary>
        /// Records and batches of one network that are passed on, at once and then a second: a tenth of what a portal takes of one network,
        /// which is how it sees this witness, so that no stranger here uses up what all others here share.
        /// </summary>
        public int WriteBurst { get; init; } = 200;

        /// <inheritdoc cref="WriteBurst"/>
        public int WritePerSecond { get; init; } = 100;
    }

    /// <summary>Its key and its copies; one process at a time.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Its key, and for which logs it has signed; empty: <c>keys</c> in its folder. Elsewhere it outlives a folder that is emptied.</summary>
    public string Keys { get; init; } = "";

    /// <summary>
    /// The policy file that names the other witnesses with their addresses (c2sp.org/tlog-policy): from them it heals its copy, compares it with theirs, and learns
    /// what it has cosigned when its own folder no longer tells. Empty: from the logs' sites alone, and nobody is asked.
    /// </summary>
    public string Policy { get; init; } = "";

    /// <summary>In this time every file of its copies is looked at once.</summary>
    public TimeSpan Scrub { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// So often it asks the others of <see cref="Policy"/> what they cosigned last, and compares: a log that shows two pasts is found in twice that.
    /// </summary>
    public TimeSpan Compare { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The logs that it cosigns; none other.</summary>
    public IReadOnlyList<LogSection> Logs { get; init; } = [];

    public sealed record LogSection
    {
        /// <summary>The log's key, as <c>origin+id+base64</c>.</summary>
        public string Key { get; init; } = "";

        /// <summary>Where the log's files are read when a checkpoint comes without its entries; may be empty.</summary>
        public string Url { get; init; } = "";

        /// <summary>Whether the same key signs a log each year, whose origins differ in the year at their end.</summary>
        public bool EveryYear { get; init; }
    }

    /// <summary>What is wrong with these settings, a sentence each, naming the setting.</summary>
    public IEnumerable<string> Problems()
    {
        if (Name.Length == 0 || Name.Any(c => char.IsWhiteSpace(c) || c == '+'))
            yield return "Witness:Name is not set, or has a blank or a plus in it: it is the name in every cosignature.";
        if (!Uri.TryCreate(Listen, UriKind.Absolute, out _))
            yield return "Witness:Listen is not set: the address to listen on.";
        if (AddListen.Length > 0 && !Uri.TryCreate(AddListen, UriKind.Absolute, out _))
            yield return "Witness:AddListen is no address.";
        for (var at = 0; at < Portal.Count; at++)
            // What is passed on names people.
            if (!IsSecure(Portal[at]))
                yield return $"Witness:Portal:{at} is no https address, and none of this machine.";
        if (Folder.Length == 0)
            yield return "Witness:Folder is not set: where the key and the copies are kept.";
        if (Logs.Count == 0)
            yield return "Witness:Logs:0:Key is not set: the log whose checkpoints it cosigns.";
        if (Scrub <= TimeSpan.Zero)
            yield return "Witness:Scrub is no time.";
        if (Compare <= TimeSpan.Zero)
            yield return "Witness:Compare is no time.";
        if (PolicyProblem() is { } wrong)
            yield return $"Witness:Policy: '{Policy}' is not a policy: {wrong}";
        for (var at = 0; at < Logs.Count; at++)
            foreach (var problem in Problems(Logs[at]))
                yield return $"Witness:Logs:{at}:{problem}";
    }

    private static bool IsSecure(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url)
        && url.UserInfo.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    /// <summary>The others, without the logs that the file may name.</summary>
    internal WitnessPolicy? OthersPolicy() =>
        Policy.Length == 0
            ? null
            : WitnessPolicy.Parse(
                Encoding.UTF8.GetBytes(
                    string.Join(
                        '\n',
                        File.ReadAllText(Policy)
                            .Split('\n')
                            .Where(line => !line.StartsWith("log ", StringComparison.Ordinal))
                    )
                )
            );

    private string? PolicyProblem()
    {
        try
        {
            _ = OthersPolicy();
            return null;
        }
        catch (Exception refused) when (refused is LedgerException or IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
    }

    internal IReadOnlyList<KnownLog> KnownLogs() =>
        [
            .. Logs.Select(log => new KnownLog(
                VerifierKey.Parse(log.Key),
                log.Url.Length > 0 ? new Uri(log.Url) : null,
                log.EveryYear
            )),
        ];

    private static IEnumerable<string> Problems(LogSection log)
    {
        VerifierKey? key = null;
        var wrong = "";
        try
        {
            key = VerifierKey.Parse(log.Key);
        }
        catch (LedgerException refused)
        {
            wrong = refused.Code;
        }
        if (key is null)
            yield return $"Key is no key of a log ({wrong}).";
        else if (key.Type != SignatureType.Ed25519)
            yield return "Key is the key of a witness, not of a log.";
        // It becomes a path of ours.
        else if (!IsPath(key.Name))
            yield return "Key has an origin that is no path: letters, digits, dot, dash, underscore, colon, slash.";
        else if (log.EveryYear && !KnownLog.EndsInYear(key.Name))
            yield return "EveryYear is set, and the origin does not end in a year.";
        if (log.Url.Length > 0 && !Uri.TryCreate(log.Url, UriKind.Absolute, out _))
            yield return "Url is no address.";
    }

    private static bool IsPath(string origin) =>
        origin.Split('/').All(part => part.Length > 0 && part[0] != '.' && part.All(Allowed.Contains));
}

/// <summary>A log that a witness cosigns, or the logs of one key, one a year.</summary>
internal sealed class KnownLog(VerifierKey key, Uri? site, bool everyYear)
{
    private const int YearDigits = 4;

    /// <summary>
    /// The key and the address of the log of this origin; null where it is none of these: from the configured year to the next one.
    /// </summary>
    /// <param name="year">that it is now</param>
    public (VerifierKey Key, Uri? Site)? For(string origin, int year)
    {
        if (origin == key.Name)
            return (key, site);
        var fits =
            everyYear
            && EndsInYear(origin)
            && origin
                .AsSpan(0, origin.Length - YearDigits)
                .SequenceEqual(key.Name.AsSpan(0, key.Name.Length - YearDigits))
            && YearOf(origin) >= YearOf(key.Name)
            && YearOf(origin) <= Math.Max(year, YearOf(key.Name)) + 1;
        if (!fits)
            return null;
        var address = site?.AbsoluteUri.TrimEnd('/');
        return (
            VerifierKey.Create(origin, key.Type, key.Key),
            address is null
                ? null
                : new Uri(
                    string.Concat(
                        address.AsSpan(0, address.Length - YearDigits),
                        origin.AsSpan(origin.Length - YearDigits)
                    )
                )
        );
    }

    public static bool EndsInYear(string origin) =>
        origin.Length > YearDigits + 1
        && origin[^(YearDigits + 1)] == '/'
        && origin.AsSpan(origin.Length - YearDigits).IndexOfAnyExceptInRange('0', '9') < 0;

    public string Origin => key.Name;

    /// <summary>The origin of the log of a year, whether it is known or not; null where origins do not end in one.</summary>
    public string? OriginOf(int year) =>
        year is >= 1000 and <= 9999 && EndsInYear(key.Name)
            ? string.Create(CultureInfo.InvariantCulture, $"{key.Name.AsSpan(0, key.Name.Length - YearDigits)}{year}")
            : null;

    private static int YearOf(string origin) =>
        int.Parse(origin.AsSpan(origin.Length - YearDigits), NumberStyles.None, CultureInfo.InvariantCulture);
}
