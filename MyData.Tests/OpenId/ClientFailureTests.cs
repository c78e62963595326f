using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Tests.Support;
using MyData.Web.Features.OpenId;
using MyData.Web.Hosting;

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

    /// <summary>Asking for the nonce is the protocol's first step: it is answered, before any signature is looked at, and not without end.</summary>
    [Fact]
    public async Task Proofs_WithoutTheNonce_AreToldIt_AndCountAnEighth()
    {
        using var attacker = _portal.Visitor(from: Attacker);
        using var service = _portal.Visitor(from: Agency);
        // Signed by nobody: who looks at the signature first refuses that.
        var proof = $"{Part(new { alg = "ES256", typ = "dpop+jwt" })}.{Part(new { htm = "GET" })}.AAAA";
        for (var i = 0; i < 96; i++)
        {
            using var told = await FetchAsync(attacker, proof);
            Assert.Equal(HttpStatusCode.Unauthorized, told.StatusCode);
            Assert.Contains("use_dpop_nonce", told.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            Assert.Single(told.Headers.GetValues("DPoP-Nonce"));
        }
        using var refused = await FetchAsync(attacker, proof);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        using var other = await FetchAsync(service, proof);
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    /// <summary>A customer may be given a /48: 65,536 networks, each with a bucket of its own.</summary>
    [Fact]
    public void Site_WithManyNetworks_WaitsAfterFourTimesOneOfThem()
    {
        var time = new ManualTime();
        var settings = new MyDataSettings { ClientFailures = new() { PerNetwork = 12 } };
        var failures = new ClientFailures(settings, time);
        for (var network = 0; network < 12 * ClientFailures.OfSite; network++)
        {
            Assert.Null(failures.Wait(From($"2001:db8:7:{network:x}::1")));
            failures.Add(From($"2001:db8:7:{network:x}::1"), "made-up");
        }
        Assert.True(failures.Wait(From("2001:db8:7:ffff::1")) > TimeSpan.Zero);
        Assert.Null(failures.Wait(From("2001:db8:8::1")));
        Assert.Null(failures.Wait(From("192.0.2.1")));
        time.Advance(settings.ClientFailures.Forget);
        Assert.Null(failures.Wait(From("2001:db8:7:ffff::1")));

        static DefaultHttpContext From(string address)
        {
            var context = new DefaultHttpContext();
            context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            return context;
        }
    }

    private static string Part(object json) => Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(json));

    private static Task<HttpResponseMessage> FetchAsync(CitizenDriver caller, string proof)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/transfers/{Guid.NewGuid()}/package");
        request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", "guess");
        request.Headers.Add("DPoP", proof);
        return caller.SendAsync(request);
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
