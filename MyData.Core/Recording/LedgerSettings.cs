using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What the platform's own log is called, where its files are, and who witnesses it.</summary>
public sealed record LedgerSettings
{
    /// <summary>Begins the log's name: the portal's host.</summary>
    public string Host { get; init; } = "mydata.localhost";

    /// <summary>Where full tiles are kept; empty: <c>ledger</c> beside the database.</summary>
    public string Folder { get; init; } = "";

    /// <summary>
    /// Witnesses with their addresses, groups and quorum, as lines of c2sp.org/tlog-policy; the log's own line is put before them. Where it
    /// is <c>quorum none</c> nobody is waited for: one node, not yet witnessed.
    /// </summary>
    public string Policy { get; init; } = $"quorum {WitnessPolicy.NoQuorum}\n";

    /// <summary>How long a release waits for the quorum.</summary>
    public TimeSpan WitnessWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a witness may take for one answer.</summary>
    public TimeSpan WitnessTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When a witness that failed is asked again.</summary>
    public TimeSpan WitnessRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a witness is silent before it is an incident (security.md L6).</summary>
    public TimeSpan WitnessSilent { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a start waits until enough witnesses have said what they hold; then it goes on waiting with the portal open.</summary>
    public TimeSpan WitnessStart { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>In this time every row and file is looked at once.</summary>
    public TimeSpan Scrub { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether records that the database lacks come back at the start; else the start says which, and the command brings them.</summary>
    public bool Recovers { get; init; } = true;

    /// <summary>Records of other systems under way at once; beyond it they are told to come again.</summary>
    public int IntakeAtOnce { get; init; } = 8_192;

    /// <summary>How old a record of another system may be when it comes: searches by time rely on the log's order.</summary>
    public TimeSpan IntakeOldest { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The element of structured data in which a syslog message tells of an access (RFC 5424 §6.3.2). 32473 is the number that RFC 5612 keeps for
    /// documents: who has a private enterprise number of its own sets it here, and its senders use that.
    /// </summary>
    public string SyslogElement { get; init; } = "mydata@32473";

    /// <summary>The name of a year's log.</summary>
    public string Origin(int year) => FormattableString.Invariant($"{Host}/ledger/{year}");

    /// <summary>Whom to believe about the log of this key: a policy file.</summary>
    public string PolicyOf(VerifierKey log) => $"log {log}\n{Policy}";
}
