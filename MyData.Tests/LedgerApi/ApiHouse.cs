using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.LedgerApi;

/// <summary>What the ledger answered; whatever it is, the document knows it.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonNode? Json, HttpResponseMessage Message)
{
    public string? Code => (string?)Json?["code"];

    public long Index => (long)Json!["index"]!;

    public string Entry => (string)Json!["entry"]!;

    public LogProof Proof => LogProof.Parse(Encoding.UTF8.GetBytes((string)Json!["proof"]!));
}

/// <summary>A portal with registered callers, and a program that calls it.</summary>
public class ApiHouse : IAsyncLifetime
{
    private readonly HttpClient _http = new();

    public ApiHouse()
        : this(TestDatabase.Default) { }

    protected ApiHouse(Engine engine) =>
        Portal = Portal.Start(
            new()
            {
                Engine = engine,
                Settings = [("MyData:Ledger:IntakeBurst", "100000"), ("MyData:Ledger:NetworkBurst", "100000")],
            }
        );

    public Portal Portal { get; }

    internal ApiCaller Caller { get; private set; } = null!;

    internal ApiCaller P256 { get; private set; } = null!;

    internal ClientKeys Keys => Portal.Services.GetRequiredService<ClientKeys>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Caller = await ApiCaller.NewEd25519("test-ed").RegisterAsync(Keys);
        P256 = await ApiCaller.NewP256("test-p256").RegisterAsync(Keys);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Portal.DisposeAsync();
    }

    internal Task<ApiAnswer> PostAsync(string path, string body, string type = "application/json") =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, new Uri(Portal.Origin, path))
            {
                Content = new StringContent(body, Encoding.UTF8, type),
            }
        );

    internal Task<ApiAnswer> GetAsync(string path) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(Portal.Origin, path)));

    internal async Task<ApiAnswer> AddAsync(string envelope) => await PostAsync("/ledger/v1/records", envelope);

    /// <summary>Whom a verifier believes.</summary>
    internal async Task<WitnessPolicy> PolicyAsync() =>
        WitnessPolicy.Parse(await _http.GetByteArrayAsync(new Uri(Portal.Origin, "/ledger/v1/policy"), Stop));

    private Task<ApiAnswer> SendAsync(HttpRequestMessage request) => SendAsync(_http, request);

    /// <summary>To any node; whatever it answers, the document knows it.</summary>
    internal static async Task<ApiAnswer> SendAsync(HttpClient http, HttpRequestMessage request)
    {
        var answer = await http.SendAsync(request, Stop);
        ApiDescription.RequireKnown(request, answer);
        var body = await answer.Content.ReadAsByteArrayAsync(Stop);
        var isJson = answer.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new(answer.StatusCode, isJson && body.Length > 0 ? JsonNode.Parse(body) : null, answer);
    }
}

public sealed class PostgresApiHouse() : ApiHouse(Engine.Postgres);
