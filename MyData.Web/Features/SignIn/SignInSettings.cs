namespace MyData.Web.Features.SignIn;

/// <summary>The section <c>MyData:SignIn</c>: where identity is proved, and how often it may be tried.</summary>
public sealed record SignInSettings
{
    public UpstreamSettings Upstream { get; init; } = new();

    /// <summary>The authority that matches health card and household number; with the sandbox on, the sandbox's own.</summary>
    public string DocumentAuthority { get; init; } = "";

    /// <summary>How long an authority may take to answer.</summary>
    public TimeSpan AuthorityTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public RateSettings Rate { get; init; } = new();

    public sealed record UpstreamSettings
    {
        /// <summary>The OpenID provider's issuer; with the sandbox on, the sandbox's own.</summary>
        public string Authority { get; init; } = "";

        /// <summary>Hosts besides that of <see cref="Authority"/> on which its endpoints may be; the others are not called.</summary>
        public IReadOnlyList<string> Hosts { get; init; } = [];

        /// <summary>The portal's name there; it proves itself by its own key (private_key_jwt).</summary>
        public string ClientId { get; init; } = "mydata-portal";

        /// <summary>No sign-in there counts for more than this level, whatever its <c>acr</c> says.</summary>
        public int MostLevel { get; init; } = 2;
    }

    /// <summary>Sign-in requests: a bucket for each network, and failures that are remembered over a restart.</summary>
    public sealed record RateSettings
    {
        /// <summary>Requests that one network may send at once.</summary>
        public int NetworkBurst { get; init; } = 120;

        /// <summary>Requests a second that one network may go on sending.</summary>
        public int NetworkPerSecond { get; init; } = 4;

        /// <summary>Failed proofs of one network before it has to wait; one is forgotten each minute.</summary>
        public int NetworkFailures { get; init; } = 50;

        /// <summary>Failed proofs of one device before it has to wait; one is forgotten each ten minutes.</summary>
        public int DeviceFailures { get; init; } = 20;

        /// <summary>Failed proofs for one person from one device and network before they have to wait; one is forgotten each hour.</summary>
        public int PersonFailures { get; init; } = 5;
    }

    /// <summary>What is wrong with these settings in Production, a sentence each, naming the setting.</summary>
    public IEnumerable<string> Problems()
    {
        if (!IsHttps(Upstream.Authority))
            yield return "MyData:SignIn:Upstream:Authority must be the https address of the identity provider.";
        if (Upstream.ClientId.Length == 0)
            yield return "MyData:SignIn:Upstream:ClientId is not set.";
        if (!IsHttps(DocumentAuthority))
            yield return "MyData:SignIn:DocumentAuthority must be the https address of the matching authority.";
    }

    private static bool IsHttps(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme == Uri.UriSchemeHttps;
}
