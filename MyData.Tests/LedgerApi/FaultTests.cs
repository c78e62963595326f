using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.LedgerApi;

/// <summary>When witnesses are missing or too much is under way: the caller is told, and a repeat gets what is hers.</summary>
public abstract class FaultTests(Engine engine)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutAQuorum_ThereIsNoReceipt_AndTheRepeatHasTheSameIndex()
    {
        var quorum = new Quorum();
        await using var portal = Portal.Start(
            new()
            {
                Engine = engine,
                Services = services => services.Replace(ServiceDescriptor.Singleton<ILedgerQuorum>(quorum)),
            }
        );
        var caller = await ApiCaller
            .NewEd25519("test-ed")
            .RegisterAsync(portal.Services.GetRequiredService<ClientKeys>());
        using var http = new HttpClient();
        var envelope = caller.Envelope();
        quorum.IsThere = false;
        using var refused = await PostAsync(http, portal, envelope);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains(Writing.Unavailable, await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        var size = portal.Services.GetRequiredService<OpenLogs>().Current!.Tree.Edge.Size;
        quorum.IsThere = true;
        using var repeat = await PostAsync(http, portal, envelope);
        Assert.Equal(HttpStatusCode.OK, repeat.StatusCode);
        Assert.Contains(
            $"\"index\":{size - 1},",
            await repeat.Content.ReadAsStringAsync(Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task FullQueue_Answers429_AndTakesNothing()
    {
        await using var portal = Portal.Start(
            new() { Engine = engine, Settings = [("MyData:Ledger:IntakeAtOnce", "1")] }
        );
        var caller = await ApiCaller
            .NewEd25519("test-ed")
            .RegisterAsync(portal.Services.GetRequiredService<ClientKeys>());
        using var http = new HttpClient();
        var before = portal.Services.GetRequiredService<OpenLogs>().Current!.Tree.Edge.Size;
        var batch = $$"""{"records":[{{caller.Envelope()}},{{caller.Envelope()}}]}""";
        using var full = await PostAsync(http, portal, batch, "/ledger/v1/records:batch");
        Assert.Equal(HttpStatusCode.TooManyRequests, full.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), full.Headers.RetryAfter!.Delta);
        Assert.Contains("sent.queue_full", await full.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(before, portal.Services.GetRequiredService<OpenLogs>().Current!.Tree.Edge.Size);
        // The place is free again, for what fits.
        using var one = await PostAsync(http, portal, caller.Envelope());
        Assert.Equal(HttpStatusCode.Created, one.StatusCode);
    }

    private static Task<HttpResponseMessage> PostAsync(
        HttpClient http,
        Portal portal,
        string body,
        string path = "/ledger/v1/records"
    ) =>
        http.PostAsync(
            new Uri(portal.Origin, path),
            new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            Stop
        );

    private sealed class Quorum : ILedgerQuorum
    {
        public bool IsThere { get; set; } = true;

        public Task WaitAsync(Checkpoint checkpoint, CancellationToken token) =>
            IsThere ? Task.CompletedTask : throw new LedgerException(Writing.Unavailable, "Too few witnesses.");
    }
}

public sealed class SqliteFaultTests() : FaultTests(Engine.Sqlite);

public sealed class PostgresFaultTests() : FaultTests(Engine.Postgres);
