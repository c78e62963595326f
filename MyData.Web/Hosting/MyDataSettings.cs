using MyData.Core.Data;
using MyData.Core.Recording;
using MyData.Web.Features.OpenId;
using MyData.Web.Features.SignIn;

namespace MyData.Web.Hosting;

/// <summary>The section <c>MyData</c> of the configuration. Checked all at once at start; "not set" never means "open".</summary>
public sealed record MyDataSettings
{
    /// <summary>The SQLite connection string.</summary>
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

        /// <summary>Where its full tiles are kept; empty: <c>ledger</c> beside the database.</summary>
        public string Folder { get; init; } = "";

        /// <summary>
        /// A policy file (c2sp.org/tlog-policy) with the witnesses, each with its address, and the quorum; empty: nobody witnesses. Its
        /// <c>log</c> lines are not read: the platform's own log is put in their place.
        /// </summary>
        public string Policy { get; init; } = "";

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
        };
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

    /// <summary>The folder of the platform's secret keys; a relative one stands below the content root.</summary>
    public KeyFolder KeyFolder(string contentRoot, bool mayCreate) =>
        new(Path.GetFullPath(Keys.Length > 0 ? Keys : "keys", contentRoot), mayCreate);

    /// <summary>What is wrong with these settings, a sentence each, naming the setting.</summary>
    public IEnumerable<string> Problems(bool production)
    {
        if (Database.Length == 0)
            yield return "MyData:Database is not set.";
        if (Keys.Length == 0)
            yield return "MyData:Keys is not set.";
        foreach (var problem in Retention.Problems())
            yield return problem;
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
