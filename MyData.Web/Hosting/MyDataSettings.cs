using System.Net;
using MyData.Core.Counter;
using MyData.Core.Data;
using MyData.Core.Members;
using MyData.Core.Recording;
using MyData.Core.Services;
using MyData.Core.Watch;
using MyData.Core.Wire.ServiceSide;
using MyData.Web.Features.OpenId;
using MyData.Web.Features.SignIn;

namespace MyData.Web.Hosting;

/// <summary>The section <c>MyData</c> of the configuration. Checked all at once at start; "not set" never means "open".</summary>
public sealed record MyDataSettings
{
    /// <summary>A connection string: of SQLite, or of PostgreSQL (<see cref="Core.Data.DatabaseSettings.ConnectionString"/>).</summary>
    public string Database { get; init; } = "";

    /// <summary>The folder of the platform's secret keys.</summary>
    public string Keys { get; init; } = "";

    /// <summary>The address that citizens and agencies use, such as <c>https://mydata.example.tw</c>. In Development: the server's own.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Folder of the certificates (PEM or DER) that agencies' certificates must chain to.</summary>
    public string TrustedRoots { get; init; } = "";

    public HelpDeskSettings HelpDesk { get; init; } = new();
    public MailSettings Mail { get; init; } = new();
    public SandboxSwitch Sandbox { get; init; } = new();
    public SignInSettings SignIn { get; init; } = new();
    public CircuitSettings Circuits { get; init; } = new();
    public ClientFailureSettings ClientFailures { get; init; } = new();
    public PersonSettings Person { get; init; } = new();
    public RetentionSettings Retention { get; init; } = new();
    public LedgerSection Ledger { get; init; } = new();
    public WatchSettings Watch { get; init; } = new();
    public ServiceSettings Services { get; init; } = new();
    public CounterSettings Counter { get; init; } = new();
    public MemberSettings Members { get; init; } = new();
    public WireSettings Wire { get; init; } = new();

    public sealed record HelpDeskSettings
    {
        public string Phone { get; init; } = "";
        public string Email { get; init; } = "";
    }

    public sealed record MailSettings
    {
        /// <summary>SMTP server; in Development the sandbox's own when empty.</summary>
        public string Host { get; init; } = "";
        public int Port { get; init; } = 25;
        public bool UseTls { get; init; } = true;
        public string User { get; init; } = "";
        public string Password { get; init; } = "";
        public string From { get; init; } = "";
    }

    public sealed record LedgerSection
    {
        /// <summary>Begins the names of the platform's logs, and never changes; empty: the host of <see cref="Origin"/>.</summary>
        public string Host { get; init; } = "";

        /// <summary>Where its full tiles are kept; empty: <c>ledger</c> beside SQLite's file. PostgreSQL has none, and needs it.</summary>
        public string Folder { get; init; } = "";

        /// <summary>
        /// A policy file (c2sp.org/tlog-policy) with the witnesses, each with its address, and the quorum; empty: nobody witnesses. Its
        /// <c>log</c> lines are not read: the platform's own log is put in their place.
        /// </summary>
        public string Policy { get; init; } = "";

        /// <summary>In this time every row and file of the log is looked at once, and healed.</summary>
        public TimeSpan Scrub { get; init; } = TimeSpan.FromHours(1);

        /// <summary>Whether a start brings back what the database lacks; else it refuses, and <c>ledger recover</c> does it.</summary>
        public bool Recovers { get; init; } = true;

        /// <summary>
        /// By a witness's name in the policy, where anybody reads it; needed where that is another address than the policy's, at which logs
        /// add.
        /// </summary>
        public Dictionary<string, string> WitnessSites { get; init; } = [];

        /// <summary>Files that one network may read at once; and then each second.</summary>
        public int NetworkBurst { get; init; } = 600;
        public int NetworkPerSecond { get; init; } = 60;

        /// <summary>Requests with records that one network may send at once; and then each second.</summary>
        public int IntakeBurst { get; init; } = 2_000;
        public int IntakePerSecond { get; init; } = 1_000;

        /// <summary>Records of other systems under way at once, from all networks.</summary>
        public int IntakeAtOnce { get; init; } = 8_192;

        /// <summary>How old a record of another system may be when it comes.</summary>
        public TimeSpan IntakeOldest { get; init; } = TimeSpan.FromDays(1);

        /// <summary>Networks that may read <c>/ledger/v1/metrics</c>, separated by blanks; by default this machine alone.</summary>
        public string MetricsFrom { get; init; } = "127.0.0.0/8 ::1/128";

        /// <summary>Whole logs that go out as archives at once, to everybody together; one to a network.</summary>
        public int ExportsAtOnce { get; init; } = 4;

        /// <summary>Who may listen to <c>/ledger/v1/events</c> at once: of one network, and in all.</summary>
        public int ListenersPerNetwork { get; init; } = 8;
        public int ListenersInAll { get; init; } = 200;

        public SyslogSection Syslog { get; init; } = new();
    }

    /// <summary>Records of systems that only log, over TLS with certificates on both sides (RFC 5425).</summary>
    public sealed record SyslogSection
    {
        /// <summary>Address and port, such as <c>0.0.0.0:6514</c>; empty: nobody listens.</summary>
        public string Listen { get; init; } = "";

        /// <summary>The portal's own certificate for it, with those above it, and its private key; PEM files.</summary>
        public string Certificate { get; init; } = "";
        public string CertificateKey { get; init; } = "";

        /// <summary>The element of structured data that is read; empty: <c>mydata@32473</c>.</summary>
        public string Element { get; init; } = "";

        /// <summary>Connections of one sender.</summary>
        public int ConnectionsPerSender { get; init; } = 128;

        /// <summary>Handshakes under way, from all addresses and from one: whoever has no certificate costs nobody else a place.</summary>
        public int HandshakesAtOnce { get; init; } = 512;
        public int HandshakesPerAddress { get; init; } = 128;

        /// <summary>How long a handshake may take, and how long a message that was begun.</summary>
        public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
        public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(60);

        public IEnumerable<string> Problems()
        {
            if (Listen.Length == 0)
                yield break;
            if (!IPEndPoint.TryParse(Listen, out _))
                yield return "MyData:Ledger:Syslog:Listen is not an address and a port, such as 0.0.0.0:6514.";
            if (Certificate.Length == 0 || CertificateKey.Length == 0)
                yield return "MyData:Ledger:Syslog:Certificate and CertificateKey must name PEM files.";
        }
    }

    public sealed record SandboxSwitch
    {
        /// <summary>Sample agencies, identity authorities and personas. Production refuses to start with it.</summary>
        public bool Enabled { get; init; }

        /// <summary>Where the sandbox runs in a process of its own; empty: in this one.</summary>
        public string Url { get; init; } = "";

        /// <summary>Port on localhost of the agency whose TLS certificate nobody trusts.</summary>
        public int TlsPort { get; init; } = 5443;
    }

    /// <summary>What the platform's log is called, and where its files are.</summary>
    public LedgerSettings LedgerSettings(string contentRoot)
    {
        var settings = new LedgerSettings
        {
            Folder = Ledger.Folder.Length > 0 ? Path.GetFullPath(Ledger.Folder, contentRoot) : "",
            IntakeAtOnce = Ledger.IntakeAtOnce,
            IntakeOldest = Ledger.IntakeOldest,
            Scrub = Ledger.Scrub > TimeSpan.Zero ? Ledger.Scrub : TimeSpan.FromHours(1),
            Recovers = Ledger.Recovers,
        };
        if (Ledger.Syslog.Element.Length > 0)
            settings = settings with { SyslogElement = Ledger.Syslog.Element };
        if (Ledger.Policy.Length > 0)
            settings = settings with { Policy = LedgerPolicy.Read(Path.GetFullPath(Ledger.Policy, contentRoot)) };
        if (Ledger.Host.Length > 0)
            return settings with { Host = Ledger.Host };
        return Uri.TryCreate(Origin, UriKind.Absolute, out var origin)
            ? settings with
            {
                Host = origin.Authority,
            }
            : settings;
    }

    /// <summary>Where the database is; a relative file stands below the content root.</summary>
    public DatabaseSettings DatabaseSettings(string contentRoot) =>
        new()
        {
            ConnectionString = ConnectionStrings.Rooted(Database, contentRoot),
            Folder = Ledger.Folder.Length > 0 ? Path.GetFullPath(Ledger.Folder, contentRoot) : "",
        };

    /// <summary>The folder of the platform's secret keys; a relative one stands below the content root.</summary>
    public KeyFolder KeyFolder(string contentRoot, bool mayCreate) =>
        new(Path.GetFullPath(Keys.Length > 0 ? Keys : "keys", contentRoot), mayCreate);

    /// <summary>What is wrong with these settings, a sentence each, naming the setting.</summary>
    public IEnumerable<string> Problems(bool production)
    {
        if (Database.Length == 0)
            yield return "MyData:Database is not set.";
        if (PostgresAddress.IsOne(Database))
        {
            foreach (var problem in PostgresAddress.Problems(Database, production))
                yield return problem;
            if (Ledger.Folder.Length == 0)
                yield return "MyData:Ledger:Folder is not set: PostgreSQL has no file that the ledger's could stand beside.";
        }
        if (Keys.Length == 0)
            yield return "MyData:Keys is not set.";
        foreach (
            var problem in Retention
                .Problems()
                .Concat(Watch.Problems())
                .Concat(Services.Problems())
                .Concat(Members.Problems())
                .Concat(Wire.Problems())
                .Concat(Ledger.Syslog.Problems())
        )
            yield return problem;
        foreach (var network in Ledger.MetricsFrom.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (!System.Net.IPNetwork.TryParse(network, out _))
                yield return $"MyData:Ledger:MetricsFrom: '{network}' is no network, such as 10.0.0.0/8.";
        if (!production)
            yield break;
        if (Sandbox.Enabled)
            yield return "MyData:Sandbox:Enabled is on: the sandbox never runs in Production.";
        if (Sandbox.Url.Length > 0)
            yield return "MyData:Sandbox:Url is set: the sandbox is never used in Production.";
        if (!Uri.TryCreate(Origin, UriKind.Absolute, out var origin) || origin.Scheme != Uri.UriSchemeHttps)
            yield return "MyData:Origin must be the https address of this portal.";
        if (TrustedRoots.Length == 0)
            yield return "MyData:TrustedRoots is not set: no agency could be trusted.";
        if (HelpDesk.Phone.Length == 0)
            yield return "MyData:HelpDesk:Phone is not set: citizens must be able to reach a person.";
        if (HelpDesk.Email.Length == 0)
            yield return "MyData:HelpDesk:Email is not set: citizens must be able to reach a person.";
        if (Mail.Host.Length == 0)
            yield return "MyData:Mail:Host is not set: notices could not be sent.";
        if (Mail.From.Length == 0)
            yield return "MyData:Mail:From is not set: notices could not be sent.";
        foreach (var problem in SignIn.Problems())
            yield return problem;
    }
}
