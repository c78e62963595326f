using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using MyData.Tests.Support;
using MyData.Tests.Transfers;
using MyData.Web.Hosting;

namespace MyData.Tests.Hosting;

/// <summary>Live pages that may be open at once, and how fast they may be opened (security.md W2, R35).</summary>
public sealed class CircuitLimitsTests
{
    [Theory]
    [InlineData("PerPerson", 2, false)]
    [InlineData("PerNetwork", 2, true)]
    [InlineData("InAll", 2, true)]
    public async Task Open_PastALimit_IsRefusedUntilOneIsClosed(string setting, int most, bool hitsOthers)
    {
        await using var portal = Portal.Start(
            new() { Settings = [($"MyData:Circuits:{setting}", most.ToString(null, null))] }
        );
        using var lin = await Traveller.SignInAsync(portal);
        using var other = await Traveller.SignInAsync(portal, "chen");
        using var first = await OpenAsync(lin.Browser);
        using var second = await OpenAsync(lin.Browser);

        using var refused = await NegotiateAsync(lin.Browser);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.Equal(CircuitLimits.TooMany, problem.RootElement.GetProperty("code").GetString());
        using var neighbours = await NegotiateAsync(other.Browser);
        Assert.Equal(hitsOthers ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK, neighbours.StatusCode);

        second.Abort();
        await Eventually.HoldsAsync(
            portal.Committed,
            "room for another page",
            async () =>
            {
                using var again = await NegotiateAsync(lin.Browser);
                return again.StatusCode == HttpStatusCode.OK;
            }
        );
    }

    [Fact]
    public async Task Connect_ByHandWithoutNegotiating_IsCountedToo()
    {
        await using var portal = Portal.Start(new() { Settings = [("MyData:Circuits:PerPerson", "1")] });
        using var lin = await Traveller.SignInAsync(portal);
        using var open = await OpenAsync(lin.Browser);
        using var more = new ClientWebSocket();
        more.Options.SetRequestHeader("Cookie", lin.Browser.Cookies.Header(portal.Origin));
        more.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() =>
            more.ConnectAsync(Socket(portal.Origin, "?id=made-up"), TestContext.Current.CancellationToken)
        );
        Assert.Equal(HttpStatusCode.TooManyRequests, more.HttpStatusCode);
    }

    /// <summary>A WebSocket over HTTP/2 comes as CONNECT (RFC 8441).</summary>
    [Theory]
    [InlineData("GET")]
    [InlineData("CONNECT")]
    public async Task Connect_OfEitherVersionOfHttp_IsCounted(string method)
    {
        var hold = new TaskCompletionSource();
        var limits = new CircuitLimits(
            _ => hold.Task,
            new MyDataSettings { Circuits = new() { PerPerson = 1 } },
            new OpenCircuits(),
            NullLogger<CircuitLimits>.Instance
        );
        var person = Guid.NewGuid().ToString();
        var first = limits.InvokeAsync(Socket(method, person));
        var second = Socket(method, person);
        await limits.InvokeAsync(second).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(StatusCodes.Status429TooManyRequests, second.Response.StatusCode);
        hold.SetResult();
        await first;
    }

    [Theory]
    [InlineData("GET", "*/*")]
    [InlineData("GET", "text/event-stream")]
    [InlineData("POST", "*/*")]
    [InlineData("DELETE", "*/*")]
    public async Task OtherTransports_ThatOutliveTheirRequests_AreRefused(string method, string accept)
    {
        await using var portal = new Portal();
        using var lin = await Traveller.SignInAsync(portal);
        using var negotiated = await NegotiateAsync(lin.Browser);
        using var json = JsonDocument.Parse(await negotiated.Content.ReadAsStringAsync());
        var id = Uri.EscapeDataString(json.RootElement.GetProperty("connectionToken").GetString()!);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/_blazor?id={id}");
        request.Headers.Accept.ParseAdd(accept);
        using var answer = await lin.Browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
    }

    [Fact]
    public async Task Negotiate_Flooded_AnswersTooManyRequests()
    {
        await using var portal = Portal.Start(
            new() { Settings = [("MyData:Circuits:NegotiateBurst", "3"), ("MyData:Circuits:NegotiatesPerSecond", "1")] }
        );
        using var lin = await Traveller.SignInAsync(portal);
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 10; i++)
            answers.Add(await NegotiateAsync(lin.Browser));
        var refused = answers.FindAll(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotEmpty(refused);
        Assert.All(refused, a => Assert.True(a.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1)));
        answers.ForEach(a => a.Dispose());
    }

    [Fact]
    public async Task Visitors_WhoFillTheirPlaces_LeaveThoseOfCitizens()
    {
        await using var portal = Portal.Start(new() { Settings = [("MyData:Circuits:VisitorsInAll", "1")] });
        using var lin = await Traveller.SignInAsync(portal);
        using var stranger = portal.Visitor();
        using var open = await OpenAsync(stranger);
        using var refused = await NegotiateAsync(stranger);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        using var hers = await NegotiateAsync(lin.Browser);
        Assert.Equal(HttpStatusCode.OK, hers.StatusCode);
    }

    private static Task<HttpResponseMessage> NegotiateAsync(CitizenDriver browser) =>
        browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1"));

    private static async Task<ClientWebSocket> OpenAsync(CitizenDriver browser)
    {
        using var answer = await NegotiateAsync(browser);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var id = json.RootElement.GetProperty("connectionToken").GetString()!;
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", browser.Cookies.Header(browser.Origin));
        await socket.ConnectAsync(
            Socket(browser.Origin, "?id=" + Uri.EscapeDataString(id)),
            TestContext.Current.CancellationToken
        );
        return socket;
    }

    private static DefaultHttpContext Socket(string method, string person)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpWebSocketFeature>(new Handshake());
        context.Request.Method = method;
        context.Request.Path = "/_blazor";
        context.User = new(new ClaimsIdentity([new Claim(CitizenClaims.CitizenId, person)]));
        return context;
    }

    private sealed class Handshake : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => true;

        public Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => throw new NotSupportedException();
    }

    private static Uri Socket(Uri origin, string query) =>
        new UriBuilder(new Uri(origin, "/_blazor" + query)) { Scheme = "ws" }.Uri;
}
