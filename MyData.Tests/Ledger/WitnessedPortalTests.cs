using System.Net;
using System.Text.Json;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>The whole portal before real witnesses: while too few of them answer, no data leaves (security.md F14, L6).</summary>
public abstract class WitnessedPortalTests(Engine engine) : IAsyncLifetime
{
    private const string Household = "API.7QovE2Gev6";
    private readonly string _keys = Directory.CreateTempSubdirectory("mydata-keys-").FullName;
    private FourWitnesses _witnesses = null!;
    private Portal _portal = null!;

    public async ValueTask InitializeAsync()
    {
        _witnesses = await FourWitnesses.StartAsync(_keys);
        var policy = Path.Combine(_keys, "policy");
        await File.WriteAllTextAsync(policy, _witnesses.Lines + FourWitnesses.Quorum);
        _portal = Portal.Start(
            new() { Engine = engine, Settings = [("MyData:Keys", _keys), ("MyData:Ledger:Policy", policy)] }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _witnesses.DisposeAsync();
        Directory.Delete(_keys, recursive: true);
    }

    [Fact]
    public async Task Download_WhileTooFewWitness_StopsAndGoesOnWithoutARestart()
    {
        using var citizen = _portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        await _witnesses.All[0].StopAsync();
        var download = await Download.AgreeAsync(citizen, Household);
        await _portal.EventAsync(EventKinds.TransferReady);
        var waiting = Assert.Single(await download.WaitingAsync());

        await _witnesses.All[1].StopAsync();
        // Her claim is a record that nobody witnesses any more.
        using (var refused = await download.FetchAsync(waiting.PackageUrl))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Stop));
            Assert.Equal(Writing.Unavailable, problem.RootElement.GetProperty("code").GetString());
        }
        await _witnesses.All[1].StartAsync();
        await Eventually.HoldsAsync(
            _portal.Committed,
            "she gets it",
            async () =>
            {
                using var answer = await download.FetchAsync(waiting.PackageUrl);
                return answer.IsSuccessStatusCode;
            }
        );
        using (var data = await download.OpenAsync(waiting))
            Assert.NotEmpty(data.RootElement.EnumerateObject());

        var prefix = new Uri(_portal.Origin, LedgerUrls.Of(TimeProvider.System.GetUtcNow().Year));
        Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, prefix.AbsoluteUri]));
        using var http = new HttpClient();
        var policy = WitnessPolicy.Parse(await http.GetByteArrayAsync($"{prefix}/policy", Stop));
        var note = SignedNote.Parse(await http.GetByteArrayAsync($"{prefix}/checkpoint", Stop));
        Assert.InRange(policy.Cosigners(note).Count, 3, 4);
        Assert.True(policy.Require(note).Size > 5);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}

public sealed class SqliteWitnessedPortalTests() : WitnessedPortalTests(Engine.Sqlite);

public sealed class PostgresWitnessedPortalTests() : WitnessedPortalTests(Engine.Postgres);
