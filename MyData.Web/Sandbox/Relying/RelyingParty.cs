using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Relying;

/// <summary>A data set that is asked for.</summary>
/// <param name="Parameters">that its agency asks for; null: none</param>
public sealed record AskedData(
    string DataSet,
    IReadOnlyList<string> Fields,
    IReadOnlyDictionary<string, string>? Parameters = null
);

/// <summary>Something that one applies for: a service of its own at the portal.</summary>
/// <param name="Id">its <c>client_id</c></param>
/// <param name="Name">in the organisation's own forms</param>
/// <param name="Use">as <c>authorization_details</c> have it</param>
public sealed record RelyingProduct(
    string Id,
    string Name,
    string PurposeCode,
    IReadOnlyList<AskedData> Asks,
    object Use
);

/// <summary>
/// An organisation that takes data over from the portal, on a site of its own: what it offers, its keys, what it has received (in memory), and how it
/// answers when somebody takes her consent back.
/// </summary>
/// <param name="root">of its site, below the sandbox's</param>
/// <param name="client">signs for it</param>
/// <param name="recipient">opens what it is handed</param>
/// <param name="products">the first one where nothing else is chosen</param>
/// <param name="retention">how long it keeps what it has</param>
/// <param name="law">by which it keeps what was taken back, where it does</param>
public sealed class RelyingParty(
    string root,
    Jwk client,
    Jwk recipient,
    IReadOnlyList<RelyingProduct> products,
    TimeSpan retention,
    string law
)
{
    public string Root => root;
    public Jwk Client => client;
    public Jwk Recipient => recipient;
    public IReadOnlyList<RelyingProduct> Products => products;
    public TimeSpan Retention => retention;
    public string Law => law;

    /// <summary>Where it publishes the key that it signs with, below its root (RFC 7517 §5).</summary>
    public const string KeySet = "/jwks.json";

    /// <summary>Where her browser comes back to, likewise.</summary>
    public const string Callback = "/callback";
    public RelyingApplications Applications { get; } = new();
    public RelyingConduct Conduct { get; } = new();

    /// <summary>The address of one of its pages.</summary>
    public string Page(string path = "") => SandboxAddress.Root + root + path;
}
