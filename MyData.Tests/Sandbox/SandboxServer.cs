using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Encryption;
using MyData.Tests.Support;
using MyData.Web.Sandbox;
using MyData.Web.Sandbox.Keys;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

/// <summary>The sandbox in a server of its own, with a stub in place of the portal, and calls as the platform makes them.</summary>
public sealed class SandboxServer : IAsyncLifetime
{
    private WebApplication _app = null!;

    public StubIssuer Issuer { get; private set; } = null!;
    public ManualTime Time { get; } = new(TimeProvider.System.GetUtcNow());
    public HttpClient Http { get; private set; } = null!;
    public IReadOnlyList<ProviderListing> Listings { get; private set; } = [];
    public IServiceProvider Services => _app.Services;
    public SandboxKeys Keys => Services.GetRequiredService<SandboxKeys>();

    /// <summary>What the citizen's browser holds.</summary>
    public Jwk BrowserKey { get; } = Jwk.GenerateEc("browser-1", "enc");

    public async ValueTask InitializeAsync()
    {
        Issuer = await StubIssuer.StartAsync();
        string[] args =
        [
            "sandbox",
            "--urls=http://127.0.0.1:0",
            $"--Sandbox:Portal={Issuer.Origin}",
            $"--Sandbox:Keys={Portal.SandboxKeys}",
            "--Sandbox:Smtp:Port=0",
            "--Sandbox:TlsPort=0",
            "--environment=Development",
        ];
        _app = SandboxHost.Build(
            args,
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(Time);
                builder.Logging.ClearProviders();
            }
        );
        await _app.StartAsync();
        Listings = SandboxListing.Create(_app.Services.GetRequiredService<SandboxKeys>());
        Issuer.Listings = Listings;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        Http = new HttpClient(handler) { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await Issuer.DisposeAsync();
    }

    public ProviderListing ProviderOf(string dataSetId) => Listings.Single(p => p.DataSets.Any(d => d.Id == dataSetId));

    public DataSetListing DataSet(string id) => Listings.SelectMany(p => p.DataSets).Single(d => d.Id == id);

    public string Url(DataSetListing dataSet) => $"{Http.BaseAddress}sandbox{dataSet.Endpoint}";

    /// <summary>A call on the wire that the data set speaks, ready to be changed and sent.</summary>
    public PlatformCall Call(string dataSetId, string persona, params (string Name, string Value)[] parameters) =>
        new(
            this,
            DataSet(dataSetId),
            SandboxPersonas.Find(persona)!,
            parameters.ToDictionary(p => p.Name, p => p.Value)
        );
}

/// <summary>One call as the platform makes it (protocols.md A2, B1); every part can be made wrong before it is sent.</summary>
public sealed class PlatformCall(
    SandboxServer server,
    DataSetListing dataSet,
    Persona persona,
    Dictionary<string, string> parameters
)
{
    public string Transfer { get; set; } = Guid.CreateVersion7().ToString();
    public string Subject { get; } = "pairwise-" + persona.Key;
    public string Token { get; set; } = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 64);
    public Jwk ProofKey { get; set; } = Jwk.GenerateEc(null, "sig");
    public JsonObject Facts { get; private set; } = null!;
    public Dictionary<string, object> Proof { get; } = [];
    public string ProofType { get; set; } = "dpop+jwt";
    public JsonObject Body { get; private set; } = null!;
    public string? Uid { get; set; }

    /// <summary>What user info tells as the subject, where it is another than the token's.</summary>
    public string? UserSubject { get; set; }

    public PlatformCall Prepare()
    {
        var now = server.Time.GetUtcNow().ToUnixTimeSeconds();
        Facts = new JsonObject
        {
            ["active"] = true,
            ["sub"] = Subject,
            ["aud"] = server.ProviderOf(dataSet.Id).ClientId,
            ["client_id"] = "mydata-portal",
            ["iss"] = server.Issuer.Origin,
            ["exp"] = now + 600,
            ["iat"] = now,
            ["acr"] = dataSet.Level.ToString(),
            ["cnf"] = new JsonObject { ["jkt"] = ProofKey.Thumbprint() },
            ["transfer_id"] = Transfer,
            ["authorization_details"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "mydata",
                    ["datasets"] = new JsonArray(new JsonObject { ["id"] = dataSet.Id }),
                }
            ),
        };
        Body = new JsonObject
        {
            ["transfer_id"] = Transfer,
            ["dataset"] = dataSet.Id,
            ["schema_version"] = dataSet.SchemaVersion,
            ["fields"] = new JsonArray(),
            ["parameters"] = JsonSerializer.SerializeToNode(parameters),
            ["recipients"] = new JsonArray(
                new JsonObject
                {
                    ["role"] = "citizen",
                    ["kid"] = server.BrowserKey.Kid,
                    ["jwk"] = JsonNode.Parse(server.BrowserKey.PublicOnly().ToJson()),
                }
            ),
            ["consent_receipt"] = Jws.Sign(server.Issuer.Key, "ES256", "{}"u8, ReceiptCheck.Type),
        };
        Proof["htm"] = "POST";
        Proof["htu"] = server.Url(dataSet);
        Proof["iat"] = now;
        Proof["jti"] = Guid.CreateVersion7().ToString();
        Proof["ath"] = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Token)));
        return this;
    }

    public Task<HttpResponseMessage> SendAsync()
    {
        if (Facts is null)
            Prepare();
        var user = new JsonObject { ["sub"] = UserSubject ?? Subject, ["uid"] = Uid ?? persona.Id.Value };
        server.Issuer.Give(Token, Facts!, user);
        var request = new HttpRequestMessage(HttpMethod.Post, server.Url(dataSet));
        if (dataSet.Wire == WireFormat.National)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer mydata::{Token}");
            request.Headers.Add("transaction_uid", Transfer);
            foreach (var (name, value) in parameters)
                request.Headers.Add(name, value);
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", Token);
            request.Headers.Add("DPoP", SignedProof());
            request.Content = new StringContent(Body.ToJsonString(), Encoding.UTF8, "application/json");
        }
        return server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private string SignedProof()
    {
        using var jwk = JsonDocument.Parse(ProofKey.PublicOnly().ToJson());
        var header = new Dictionary<string, object?> { ["jwk"] = jwk.RootElement };
        return Jws.Sign(ProofKey, "ES256", JsonSerializer.SerializeToUtf8Bytes(Proof), ProofType, header);
    }
}
