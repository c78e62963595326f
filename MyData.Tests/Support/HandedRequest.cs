using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;

namespace MyData.Tests.Support;

/// <summary>One request in her browser, its modules played in C#.</summary>
public sealed class HandedRequest(CitizenDriver citizen, CommittedEvents? committed = null)
{
    private readonly Jwk _key = Jwk.GenerateEc();
    private readonly string _claim = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
    private readonly List<(Jwk Key, string Claim)> _others = [];
    private readonly Dictionary<string, Jwk> _keys = [];

    public CitizenDriver Citizen => citizen;
    public Guid Id { get; } = Guid.Parse(citizen.Page.Path.Split('/')[^1]);
    public string Path => $"/services/requests/{Id}";

    /// <summary>The key of this request, which its browser keeps for what comes later.</summary>
    public (Jwk Key, string Claim) Kept => (_key, _claim);

    /// <summary>Chooses packages that she has already, in the browser that has their keys; she stands before the first consent.</summary>
    public Task<Page> UseAsync((Jwk Key, string Claim) kept, params Guid[] transfers)
    {
        _others.Add(kept);
        return citizen.GetAsync($"{Path}?chosen=yes{string.Concat(transfers.Select(id => $"&held={id}"))}");
    }

    private (Jwk Key, string Claim) KeyOf(string kid) =>
        _others.Append((_key, _claim)).Single(one => one.Item1.Thumbprint() == kid);

    /// <summary>Agrees to fetch, and waits until the packages are there.</summary>
    /// <param name="also">data sets that she may leave out, and does not</param>
    public async Task FetchAsync(string decision = "agree", string until = "#service-hand-over", params string[] also)
    {
        if (citizen.Page.Html.GetElementById("choose-items") is not null)
            await citizen.SubmitAsync("choose-items", [.. also.Select(id => ("ds", id))]);
        await citizen.SubmitAsync(
            "service-fetch",
            ("recipient_jwk", _key.PublicOnly().ToJson()),
            ("recipient_kid", _key.Thumbprint()),
            ("claim_hash", Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(_claim)))),
            ("decision", decision)
        );
        if (decision != "agree")
            return;
        async Task<bool> HasComeAsync() => (await citizen.GetAsync(Path)).Html.QuerySelector(until) is not null;
        await (
            committed is null
                ? Eventually.HoldsAsync("the packages have come", HasComeAsync)
                : Eventually.HoldsAsync(committed, "the packages have come", HasComeAsync)
        );
    }

    /// <summary>What her browser would show: each package opened.</summary>
    public async Task<IReadOnlyDictionary<string, (byte[] Json, OpenedPackage Opened)>> OpenAsync()
    {
        using var model = JsonDocument.Parse(citizen.Page.Single("#open-data").TextContent);
        var opened = new Dictionary<string, (byte[], OpenedPackage)>();
        foreach (var one in model.RootElement.GetProperty("transfers").EnumerateArray())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, one.GetProperty("packageUrl").GetString());
            var (key, claim) = KeyOf(one.GetProperty("kid").GetString()!);
            request.Headers.Add("MyData-Claim", claim);
            using var answer = await citizen.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var bytes = await answer.Content.ReadAsByteArrayAsync();
            opened[one.GetProperty("id").GetString()!] = (bytes, SealedPackage.Open(bytes, key));
            _keys[one.GetProperty("id").GetString()!] = key;
        }
        return opened;
    }

    /// <summary>Agrees (or not) to hand over; where she was led back to.</summary>
    /// <param name="more">what else she fills in</param>
    public async Task<Uri> HandOverAsync(
        string decision = "agree",
        string? entries = null,
        params (string Name, string Value)[] more
    )
    {
        entries ??= await EntriesAsync(Recipient());
        await citizen.SubmitAsync("service-hand-over", [("entries", entries), ("decision", decision), .. more]);
        return citizen
                .Page.Via.Append(citizen.Page.Url)
                .FirstOrDefault(url => url.AbsolutePath == "/sandbox/bank/callback")
            ?? citizen.Page.Url;
    }

    /// <summary>The service's key, as her page names it.</summary>
    private Jwk Recipient()
    {
        using var model = JsonDocument.Parse(citizen.Page.Single("#handover-data").TextContent);
        return Jwk.Parse(model.RootElement.GetProperty("recipient"));
    }

    public async Task<string> EntriesAsync(Jwk recipient)
    {
        var opened = await OpenAsync();
        var entries = opened.Select(one =>
        {
            var head = Encoding.UTF8.GetString(SealedPackageHead.TryParse(one.Value.Json)!.Raw.Span);
            return $"\"{one.Key}\":{ContentKeys.EntryFor(head, _keys[one.Key], recipient, Jwk.GenerateEc())}";
        });
        return $"{{{string.Join(',', entries)}}}";
    }
}
