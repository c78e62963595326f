using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Tests.Support;

/// <summary>An answer of the counter's calls: status, code of a refusal, body.</summary>
public sealed record CounterAnswer(HttpStatusCode Status, string? Code, string Body)
{
    public bool IsOk => (int)Status is >= 200 and < 300;

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    internal static async Task<CounterAnswer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        var code =
            !response.IsSuccessStatusCode && body.StartsWith('{')
                ? JsonSerializer.Deserialize<JsonElement>(body).GetProperty("code").GetString()
                : null;
        return new(response.StatusCode, code, body);
    }
}

/// <summary>A browser's calls with the token of one page that it has open.</summary>
public sealed class PageCalls(CitizenDriver browser, string token)
{
    public static PageCalls Of(CitizenDriver browser) =>
        new(browser, browser.Page.Html.QuerySelector("input[name=_form]")!.GetAttribute("value")!);

    public async Task<CounterAnswer> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(
                fields.Append(("_form", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))
            ),
        };
        using var response = await browser.SendAsync(request);
        return await CounterAnswer.ReadAsync(response);
    }

    public async Task<CounterAnswer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await browser.SendAsync(request);
        return await CounterAnswer.ReadAsync(response);
    }

    public async Task<byte[]> BytesAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }
}

/// <summary>The citizen's (or her agent's) side of a ticket, its module played in C#.</summary>
public sealed class ShownTicket
{
    private readonly Dictionary<Guid, Jwk> _keys;
    private readonly PageCalls _calls;

    private ShownTicket(CitizenDriver browser, IReadOnlyCollection<Jwk> keys)
    {
        using var model = JsonDocument.Parse(browser.Page.Single("#ticket-data").TextContent);
        var root = model.RootElement;
        TicketId = root.GetProperty("ticketId").GetGuid();
        Number = root.GetProperty("number").GetString()!;
        _keys = root.GetProperty("items")
            .EnumerateArray()
            .ToDictionary(
                item => item.GetProperty("transfer").GetGuid(),
                item => keys.Single(key => key.Thumbprint() == item.GetProperty("kid").GetString())
            );
        _calls = PageCalls.Of(browser);
    }

    public Guid ConsentId { get; private init; }
    public Guid TicketId { get; }
    public string Number { get; }
    public byte[] Secret { get; } = RandomNumberGenerator.GetBytes(16);
    public Jwk Pair { get; } = Jwk.GenerateEc();
    public string Nonce { get; } = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16));

    /// <summary>The form of the service's page, filled in as her browser does; she ends up at the ticket.</summary>
    public static async Task<ShownTicket> MakeAsync(
        CitizenDriver citizen,
        string service,
        string medium,
        params IReadOnlyCollection<Jwk> keys
    )
    {
        (await citizen.GetAsync($"/counters/{service}/show")).ShouldBe(HttpStatusCode.OK);
        await citizen.SubmitAsync("counter-decide", ("decision", medium));
        return Read(citizen, keys);
    }

    /// <summary>The ticket on the page that she is looking at.</summary>
    public static ShownTicket Read(CitizenDriver browser, params IReadOnlyCollection<Jwk> keys) =>
        new(browser, keys)
        {
            ConsentId = Guid.TryParse(browser.Page.Path.Split('/')[^1], out var id) ? id : Guid.Empty,
        };

    public async Task<CounterAnswer> PrintAsync() =>
        await _calls.PostAsync(
            Url("print"),
            ("entries", await EntriesAsync((head, own) => ContentKeys.EntryFor(head, own, Number, Secret)))
        );

    public Task<CounterAnswer> StateAsync(int seen = -1) => _calls.GetAsync(Url($"state?seen={seen}"));

    public Task<CounterAnswer> AnswerAsync() =>
        _calls.PostAsync(Url("answer"), ("key", ContentKeys.Bare(Pair)), ("nonce", Nonce));

    public async Task<CounterAnswer> ConfirmAsync(Jwk clerk) =>
        await _calls.PostAsync(
            Url("confirm"),
            ("entries", await EntriesAsync((head, own) => ContentKeys.EntryFor(head, own, clerk, Pair)))
        );

    public Task<CounterAnswer> DeclineAsync() => _calls.PostAsync(Url("decline"));

    /// <summary>The entries that hand the content keys on to an agent's key.</summary>
    public async Task<CounterAnswer> HandOnAsync(Jwk agent) =>
        await _calls.PostAsync(
            $"/counter/{ConsentId}/agent/entries",
            ("entries", await EntriesAsync((head, own) => ContentKeys.EntryFor(head, own, agent, Jwk.GenerateEc())))
        );

    public async Task<string> EntriesAsync(Func<string, Jwk, string> wrap)
    {
        var heads = await _calls.GetAsync(Url("heads"));
        if (!heads.IsOk)
            return "{}";
        var entries = _keys.Select(item =>
            $"\"{item.Key}\":{wrap(heads.Json.GetProperty(item.Key.ToString()).GetString()!, item.Value)}"
        );
        return $"{{{string.Join(',', entries)}}}";
    }

    public string Url(string call) => $"/counter/tickets/{TicketId}/{call}";
}

/// <summary>A clerk at her screen, its module played in C#.</summary>
public sealed class ClerkAtWork
{
    private ClerkAtWork(CitizenDriver browser) => (Browser, Calls) = (browser, PageCalls.Of(browser));

    public CitizenDriver Browser { get; }
    public PageCalls Calls { get; }
    public Jwk Key { get; private set; } = Jwk.GenerateEc();
    public string Nonce { get; private set; } = "";
    public Guid TicketId { get; private set; }

    /// <summary>One of the sandbox's clerks, by a click.</summary>
    public static async Task<ClerkAtWork> SignInAsync(CitizenDriver browser, string persona)
    {
        await browser.GetAsync("/staff/signin");
        (await browser.SubmitAsync("staff-clerks", ("clerk", persona))).ShouldBeAt("/counter/desk");
        return new(browser);
    }

    public async Task<CounterAnswer> ScanAsync(string number)
    {
        (Key, Nonce) = (Jwk.GenerateEc(), Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16)));
        var answer = await Calls.PostAsync(
            "/counter/desk/scan",
            ("number", number),
            ("commitment", Commitment(number, Key, Nonce))
        );
        if (answer.IsOk)
            TicketId = answer.Json.GetProperty("ticket").GetGuid();
        return answer;
    }

    public Task<CounterAnswer> StateAsync(int seen = -1) => Calls.GetAsync(Url($"state?seen={seen}"));

    public Task<CounterAnswer> RevealAsync() =>
        Calls.PostAsync(Url("reveal"), ("key", ContentKeys.Bare(Key)), ("nonce", Nonce));

    public Task<CounterAnswer> CardAsync(string card) => Calls.PostAsync(Url("card"), ("card", card));

    public Task<CounterAnswer> PackagesAsync() => Calls.GetAsync(Url("packages"));

    public Task<CounterAnswer> PostAsync(string call, params (string Name, string Value)[] fields) =>
        Calls.PostAsync(Url(call), fields);

    /// <summary>Every package that was handed to her, opened: the ZIPs by data set.</summary>
    public async Task<IReadOnlyDictionary<string, OpenedPackage>> OpenAsync(Jwk? printed = null)
    {
        var listed = await PackagesAsync();
        Assert.True(listed.IsOk, listed.Body);
        var opened = new Dictionary<string, OpenedPackage>();
        foreach (var one in listed.Json.EnumerateArray())
        {
            var bytes = await Calls.BytesAsync(one.GetProperty("url").GetString()!);
            var key = printed ?? Key.WithKid(Key.Thumbprint());
            opened[one.GetProperty("dataset").GetString()!] = SealedPackage.Open(bytes, key);
        }
        return opened;
    }

    /// <summary>Scan, answer, reveal, confirm: what both sides do until she may look.</summary>
    public async Task HandOverAsync(ShownTicket ticket)
    {
        Require(await ScanAsync(ticket.Number));
        Require(await ticket.AnswerAsync());
        Require(await RevealAsync());
        Require(await ticket.ConfirmAsync(Key));
    }

    public string Url(string call) => $"/counter/desk/{TicketId}/{call}";

    /// <summary>As <c>counter/handshake.js</c> makes it.</summary>
    public static string Commitment(string number, Jwk key, string nonce) =>
        Base64UrlText.Encode(
            SHA256.HashData([
                .. Encoding.ASCII.GetBytes($"mydata-counter-commitment {number}\n"),
                .. Base64UrlText.Decode(key.Thumbprint()),
                .. Base64UrlText.Decode(nonce),
            ])
        );

    private static void Require(CounterAnswer answer) => Assert.True(answer.IsOk, $"{answer.Status} {answer.Body}");
}
