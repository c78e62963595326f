using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Core.Witnessing;
using MyData.Tests.Ledger;
using MyData.Tests.Support;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Hosting;

namespace MyData.Tests.LedgerApi;

/// <summary>Every node takes writes: a witness passes them to the portal of its settings, and to nobody else.</summary>
public sealed class PassedWriteTests(ApiHouse house) : IClassFixture<ApiHouse>
{
    private static readonly string Nobody = $"http://127.0.0.1:{RunningWitness.FreePort()}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Portal => house.Portal.Origin.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task Record_PostedAtAWitness_ComesBackWithThePortalsReceipt()
    {
        await using var witness = await WitnessAsync(Portal);
        var envelope = house.Caller.EnvelopeOf("A123456789");
        var passed = await PostAsync(witness, ApiUrls.Records, envelope);
        Assert.Equal(HttpStatusCode.Created, passed.Status);
        passed.Proof.Verify(await house.PolicyAsync(), Encoding.UTF8.GetBytes(passed.Entry));
        // The same bytes again, at the portal itself: the same place.
        var again = await house.AddAsync(envelope);
        Assert.Equal((HttpStatusCode.OK, passed.Index, passed.Entry), (again.Status, again.Index, again.Entry));
    }

    [Fact]
    public async Task Batch_AndWait_ArePassedOn()
    {
        await using var witness = await WitnessAsync(Portal);
        var batch = $$"""{"records":[{{house.Caller.Envelope()}},{{house.Caller.Envelope()}}]}""";
        var many = await PostAsync(witness, ApiUrls.Batch, batch);
        Assert.Equal([201, 201], many.Json!["results"]!.AsArray().Select(one => (int)one!["status"]!));
        var durable = await PostAsync(witness, $"{ApiUrls.Records}?wait=durable", house.Caller.Envelope());
        Assert.Equal(HttpStatusCode.Accepted, durable.Status);
        var other = await PostAsync(witness, $"{ApiUrls.Records}?wait=x%26a=b", house.Caller.Envelope());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "sent.wait"), (other.Status, other.Code));
    }

    [Fact]
    public async Task Refusals_ComeBackAsTheyAre()
    {
        await using var witness = await WitnessAsync(Portal);
        var unsigned = ApiCaller.Envelope(house.Caller.New());
        var refused = await PostAsync(witness, ApiUrls.Records, unsigned);
        Assert.Equal((HttpStatusCode.Unauthorized, "record.unsigned"), (refused.Status, refused.Code));
        Assert.NotEmpty(refused.Message.Headers.WwwAuthenticate);
        Assert.Equal("sent.too_large", (await PostAsync(witness, ApiUrls.Records, new string(' ', 40_000))).Code);
        Assert.Equal("sent.media_type", (await PostAsync(witness, ApiUrls.Records, "{}", "text/plain")).Code);
    }

    [Fact]
    public async Task Record_WhileTheFirstPortalIsGone_GoesToTheNext()
    {
        await using var witness = await WitnessAsync(Nobody, Portal);
        var passed = await PostAsync(witness, ApiUrls.Records, house.Caller.Envelope());
        Assert.Equal(HttpStatusCode.Created, passed.Status);
    }

    [Fact]
    public async Task Record_WhileNoPortalAnswers_IsUnavailable()
    {
        await using var alone = await WitnessAsync();
        await using var witness = await WitnessAsync(Nobody);
        foreach (var one in (RunningWitness[])[alone, witness])
        {
            var refused = await PostAsync(one, ApiUrls.Records, house.Caller.Envelope());
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "ledger.unavailable"), (refused.Status, refused.Code));
            Assert.NotNull(refused.Message.Headers.RetryAfter);
        }
    }

    /// <summary>Two that name each other do not pass a record round for ever.</summary>
    [Fact]
    public async Task Witnesses_ThatNameEachOther_StopAtTheSecond()
    {
        await using var second = await WitnessAsync(Portal);
        await using var first = await WitnessAsync(second.Url.GetLeftPart(UriPartial.Authority));
        var refused = await PostAsync(first, ApiUrls.Records, house.Caller.Envelope());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ledger.unavailable"), (refused.Status, refused.Code));
    }

    /// <summary>Bodies that come as slowly as they like take a few places, and leave the others to other networks.</summary>
    [Fact]
    public async Task SlowBodies_OfOneNetwork_DoNotKeepOthersOut()
    {
        await using var witness = await WitnessAsync(Portal);
        var slow = new List<TcpClient>();
        // The witness gives up a slow body after some seconds, so more of them come before each look.
        await Eventually.HoldsAsync(
            house.Portal.Committed,
            "their network has no place left",
            async () =>
            {
                for (var n = 0; n < 8; n++)
                    slow.Add(await SlowBodyAsync(witness));
                return (await PostAsync(witness, ApiUrls.Records, house.Caller.Envelope())).Code == LedgerIntake.Full;
            }
        );
        using var elsewhere = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (to, stop) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
                    await socket.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, stop);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        );
        using var body = new StringContent(house.Caller.Envelope(), Encoding.UTF8, "application/json");
        using var answer = await elsewhere.PostAsync(new Uri(witness.Url, ApiUrls.Records), body, Stop);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        slow.ForEach(one => one.Dispose());
        await Eventually.HoldsAsync(
            house.Portal.Committed,
            "the places come back",
            async () =>
                (await PostAsync(witness, ApiUrls.Records, house.Caller.Envelope())).Status == HttpStatusCode.Created
        );
    }

    private static async Task<TcpClient> SlowBodyAsync(RunningWitness witness)
    {
        var head =
            $"POST {ApiUrls.Batch} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{";
        var caller = new TcpClient();
        await caller.ConnectAsync(IPAddress.Loopback, witness.Url.Port, Stop);
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Stop);
        return caller;
    }

    [Fact]
    public void Places_AreOfANetwork_HoweverManyAddressesItHas()
    {
        var places = new NetworkPlaces(most: 2, mostOfNetwork: 1);
        bool Enter(string address) => places.Enter(IPAddress.Parse(address));
        Assert.True(Enter("2001:db8::1"));
        Assert.False(Enter("2001:db8::2"));
        Assert.True(Enter("2001:db8:1::1"));
        Assert.False(Enter("192.0.2.1"));
        places.Leave(IPAddress.Parse("2001:db8::2"));
        Assert.True(Enter("192.0.2.1"));
    }

    [Fact]
    public void Places_OfOneSite_AreHalfOfAll_HoweverManyNetworksItHas()
    {
        var places = new NetworkPlaces(most: 4, mostOfNetwork: 1);
        bool Enter(string address) => places.Enter(IPAddress.Parse(address));
        var site = Enumerable.Range(0, 100).Select(network => $"2001:db8:7:{network:x}::1").ToList();
        Assert.Equal(2, site.Count(Enter));
        Assert.True(Enter("2001:db8:8::1"));
        Assert.True(Enter("192.0.2.1"));
        Assert.False(Enter("192.0.2.2"));
        foreach (var address in site.Take(2))
            places.Leave(IPAddress.Parse(address));
        Assert.Equal(2, site.Count(Enter));
        // An IPv4 address has no site: its neighbours are others.
        places = new NetworkPlaces(most: 4, mostOfNetwork: 1);
        Assert.Equal(4, Enumerable.Range(1, 9).Count(host => Enter($"198.51.100.{host}")));
    }

    /// <summary>To the portal a witness is one network: no stranger may have more than a part of that.</summary>
    [Fact]
    public void OneNetworksShare_AtAWitness_IsATenthOfTheWitnesssOwn()
    {
        var (limits, portal) = (new WitnessSettings().Limits, new MyDataSettings.LedgerSection());
        Assert.True(limits.WriteBurst * 10 <= portal.IntakeBurst);
        Assert.True(limits.WritePerSecond * 10 <= portal.IntakePerSecond);
    }

    /// <summary>What the portal sees is the body and nothing else of the caller; and no other address of it is reached.</summary>
    [Fact]
    public async Task Passing_TakesNoCredentialsAlong_AndNoOtherPath()
    {
        await using var seen = await Listener.StartAsync();
        await using var witness = await WitnessAsync(seen.Url);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(witness.Url, ApiUrls.Records))
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        request.Headers.Add("Cookie", "__Host-session=secret");
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        using var answer = await witness.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("secret", seen.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.1", seen.Head, StringComparison.Ordinal);
        Assert.StartsWith("POST /ledger/v1/records HTTP/1.1", seen.Head, StringComparison.Ordinal);
        foreach (var path in (string[])["/ledger/v1/verify", "/signin", "/ledger/v1/records/../../signin"])
        {
            using var other = await witness.Http.PostAsync(new Uri(witness.Url, path), null, Stop);
            Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        }
        Assert.Equal(1, seen.Requests);
    }

    private Task<RunningWitness> WitnessAsync(params string[] portals)
    {
        var log = house.Portal.Services.GetRequiredService<OpenLogs>().Current!.Signer.Verifier;
        var settings = portals.Select((portal, at) => $"Witness:Portal:{at}={portal}");
        return RunningWitness.StartAsync("witness.example/passing", log, "", [.. settings]);
    }

    private static Task<ApiAnswer> PostAsync(
        RunningWitness witness,
        string path,
        string body,
        string type = "application/json"
    ) =>
        ApiHouse.SendAsync(
            witness.Http,
            new HttpRequestMessage(HttpMethod.Post, new Uri(witness.Url, path))
            {
                Content = new StringContent(body, Encoding.UTF8, type),
            }
        );
}
