using System.Net;
using System.Text.Json;
using MyData.Core.Data;
using MyData.Tests.Support;
using MyData.Web.Hosting;

namespace MyData.Tests.Data;

/// <summary>What a visitor and the watchdog see while PostgreSQL is away, and that all is well again with it, without a restart.</summary>
public sealed class PostgresPortalTests : IAsyncDisposable
{
    private const string Page = "/datasets/API.7QovE2Gev6/schema.json";
    private readonly PostgresServer _server = new();
    private readonly Portal _portal;

    public PostgresPortalTests() => _portal = Portal.Start(new() { Database = _server.NewDatabase() });

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task Server_StoppedAndStarted_IsSaidAndOvercome()
    {
        using var citizen = _portal.Visitor("en");
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        Assert.Equal(HttpStatusCode.OK, await HealthAsync(citizen));
        Assert.Equal(HttpStatusCode.OK, (await citizen.GetAsync("/history")).Status);

        _server.Stop();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await HealthAsync(citizen));
        var away = (await citizen.GetAsync("/history")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        Assert.Contains(Writing.Unavailable, away.Text, StringComparison.Ordinal);
        using (var answer = await citizen.SendAsync(new HttpRequestMessage(HttpMethod.Get, Page)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.Equal(Writing.Unavailable, problem.RootElement.GetProperty("code").GetString());
        }

        _server.Start();
        Assert.Equal(HttpStatusCode.OK, await HealthAsync(citizen));
        // What was open before is found closed, once for each: that is said as it was while the server was away.
        await _portal.EventuallyAsync("her history", async () => Served(await citizen.GetAsync("/history")));
        using var other = _portal.Visitor("en");
        await other.SignInFirstTimeAsync(SandboxSteps.Persona("chen"));
    }

    private Page? Served(Page page)
    {
        if (page.Status == HttpStatusCode.OK)
            return page;
        var log = string.Join('\n', _portal.Log.All.TakeLast(20));
        Assert.True(page.Status == HttpStatusCode.ServiceUnavailable, $"{page.Status}\n{page.Text}\n{log}");
        return null;
    }

    private static async Task<HttpStatusCode> HealthAsync(CitizenDriver watchdog)
    {
        using var answer = await watchdog.SendAsync(new HttpRequestMessage(HttpMethod.Get, Health.Path));
        return answer.StatusCode;
    }
}
