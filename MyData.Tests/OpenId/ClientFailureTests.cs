using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Tests.Support;
using MyData.Web.Features.OpenId;

namespace MyData.Tests.OpenId;

/// <summary>Refused requests in an agency's name make whoever sends them wait, and not the agency.</summary>
public sealed class ClientFailureTests : IAsyncLifetime
{
    private static readonly IPAddress Attacker = new([127, 9, 0, 1]);
    private static readonly IPAddress Agency = new([127, 9, 0, 2]);
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());
    private Portal _portal = null!;

    public ValueTask InitializeAsync()
    {
        _portal = Portal.Start(
            new()
            {
                Time = _time,
                Settings = [("MyData:ClientFailures:PerClient", "5"), ("MyData:ClientFailures:PerNetwork", "12")],
            }
        );
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Introspect_WrongSecretsInItsName_StopTheAttackerAndNotTheAgency()
    {
        var (id, secret) = await NationalAsync();
        using var attacker = _portal.Visitor(from: Attacker);
        using var agency = _portal.Visitor(from: Agency);
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(attacker, id, "wrong"));

        using var refused = await AskAsync(attacker, id, "wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        using var told = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.Equal(ClientFailures.TooMany, told.RootElement.GetProperty("code").GetString());

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(agency, id, secret));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(attacker, id, "wrong"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(attacker, id, "wrong"));
    }

    [Fact]
    public async Task Connect_ManyNamesFromOneNetwork_StopThatNetworkAtEveryEndpoint()
    {
        var (id, secret) = await NationalAsync();
        using var attacker = _portal.Visitor(from: Attacker);
        using var agency = _portal.Visitor(from: Agency);
        for (var i = 0; i < 12; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(attacker, $"made-up-{i}", "wrong"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(attacker, "one-more", "wrong"));
        using var bearer = new HttpRequestMessage(HttpMethod.Get, OpenIdUrls.UserInfo);
        bearer.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "guess");
        using var user = await attacker.SendAsync(bearer);
        Assert.Equal(HttpStatusCode.TooManyRequests, user.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(agency, id, secret));
    }

    [Fact]
    public async Task Introspect_TokensThatNobodyGave_AreCounted()
    {
        var (id, secret) = await NationalAsync();
        using var agency = _portal.Visitor(from: Agency);
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(agency, id, secret));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(agency, id, secret));
    }

    private async Task<(string Id, string Secret)> NationalAsync()
    {
        var catalogue = _portal.Services.GetRequiredService<Catalogue>();
        var vehicles = await catalogue.FindAsync("API.60GGfgGX1A", TestContext.Current.CancellationToken);
        return (vehicles!.Id, vehicles.Provider.ResourceSecret!);
    }

    private static async Task<HttpStatusCode> StatusAsync(CitizenDriver caller, string id, string secret)
    {
        using var answer = await AskAsync(caller, id, secret);
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> AskAsync(CitizenDriver caller, string id, string secret)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, OpenIdUrls.Introspect)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("token", "unknown")]),
        };
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
        return caller.SendAsync(request);
    }
}
