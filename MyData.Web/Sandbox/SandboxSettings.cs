namespace MyData.Web.Sandbox;

/// <summary>The section <c>MyData:Sandbox</c> of the configuration, or <c>Sandbox</c>, which overrules it.</summary>
public sealed class SandboxSettings
{
    /// <summary>Folder of the made-up agencies' keys, below the content root where it is relative; never inside git.</summary>
    public string Keys { get; set; } = "App_Data/sandbox";

    /// <summary>Address of the portal whose tokens count. Empty: the server that the sandbox itself runs in.</summary>
    public string Portal { get; set; } = "";

    /// <summary>Address under which the sandbox is reached, such as <c>http://localhost:5081</c>. Empty: its own server's.</summary>
    public string Url { get; set; } = "";

    /// <summary>
    /// JSON file of online services to register beside the bank, for whoever tries a client of her own: an array of
    /// <see cref="MyData.Core.Catalog.OnlineServiceListing"/>, with public keys alone. Empty: none.
    /// </summary>
    public string Services { get; set; } = "";

    /// <summary>How long the tax authority takes to prepare income data.</summary>
    public TimeSpan IncomeWait { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How long the misbehaving agency says nothing under <c>slow-first-byte</c>.</summary>
    public TimeSpan SilentTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How late an agency reports its side of a transfer under <c>side-late</c>.</summary>
    public TimeSpan LateReport { get; set; } = TimeSpan.FromHours(25);

    /// <summary>Port of the listener whose TLS certificate nobody trusts; 0 leaves it out.</summary>
    public int TlsPort { get; set; } = 5443;

    public SmtpSettings Smtp { get; set; } = new();

    public ClientSettings Client { get; set; } = new();

    /// <summary>The sandbox's mail server.</summary>
    public sealed class SmtpSettings
    {
        /// <summary>Port on loopback; 0 lets the system choose (see <see cref="Mail.SmtpSink.Port"/>).</summary>
        public int Port { get; set; } = 2525;
    }

    /// <summary>How the portal stands registered at the sandbox's identity authorities.</summary>
    public sealed class ClientSettings
    {
        public string Id { get; set; } = "mydata-portal";

        /// <summary>Shared secret. Empty: the one that was made with the keys.</summary>
        public string Secret { get; set; } = "";

        /// <summary>Redirect URIs, complete; empty: <see cref="RedirectPath"/> below the portal's address.</summary>
        public IList<string> RedirectUris { get; } = [];

        public string RedirectPath { get; set; } = "/signin/oidc/callback";
    }
}
