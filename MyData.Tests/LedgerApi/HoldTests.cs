using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.History;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Features.Staff;

namespace MyData.Tests.LedgerApi;

/// <summary>An access whose display a law delays: she sees that it is there, and on its day the whole; nobody has it held who may not.</summary>
public abstract class HoldTests(Engine engine) : IAsyncLifetime
{
    private const string Person = "A299001174";
    private const string Law = "criminal-procedure-245";
    private const string Day = "2026-06-01";
    private readonly ManualTime _time = new();
    private readonly ApiCaller _caller = ApiCaller.NewEd25519("test-police");
    private readonly HttpClient _http = new();
    private readonly (Guid She, Guid Other) _people = (Ids.New(), Ids.New());
    private Portal _portal = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _portal = Portal.Start(
            new()
            {
                Engine = engine,
                Time = _time,
                Services = TrustedCookie.Add,
            }
        );
        await _caller.RegisterAsync(_portal.Services.GetRequiredService<ClientKeys>());
        var accounts = _portal.Services.GetRequiredService<CitizenAccounts>();
        await _portal
            .Services.GetRequiredService<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    scope.Db.Add(Account(_people.She, accounts.PseudonymOf(NationalId.Parse(Person))));
                    scope.Db.Add(Account(_people.Other, accounts.PseudonymOf(NationalId.Parse("B299003366"))));
                },
                Stop
            );
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _portal.DisposeAsync();
    }

    [Fact]
    public async Task Held_IsItsPlaceAndProofAndNothingElse_AndOnItsDayTheWhole()
    {
        await OrderAsync("client", "hold", _caller.Name, "on");
        var (id, envelope) = New(Day, Law);
        var added = await AddAsync(envelope);
        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.DoesNotContain("held", added.Entry, StringComparison.Ordinal);

        foreach (var moment in (string[])["2026-03-03T00:00Z", "2026-05-31T15:59:59Z"])
        {
            Until(moment);
            var (text, seen) = await AccessesAsync(_people.She);
            var held = Assert.Single(seen).AsObject();
            Assert.Equal(["year", "index", "at", "receipt", "held"], held.Select(member => member.Key));
            Assert.Equal(added.Index, (long)held["index"]!);
            var hold = held["held"]!;
            Assert.Equal(DateTimeOffset.Parse("2026-05-31T16:00Z", null), (DateTimeOffset)hold["until"]!);
            Assert.Equal(Law, (string?)hold["by"]);
            string[] content = [_caller.Name, "household", "act-12.3", "address", $"{id:D}"];
            Assert.All(content, word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
            var proof = await GetAsync((string)held["receipt"]!);
            Assert.Equal((HttpStatusCode.OK, added.Index), (proof.Status, proof.Index));
            var told = Assert.Single(await HeldAsync(_people.She))!;
            Assert.Equal((added.Index, Law), ((long)told["index"]!, (string?)told["by"]));
        }
        Assert.Empty((await AccessesAsync(_people.Other)).Seen);
        Assert.Empty(await HeldAsync(_people.Other));

        Until("2026-05-31T16:00Z");
        var whole = Assert.Single((await AccessesAsync(_people.She)).Seen);
        Assert.Equal(
            (added.Index, _caller.Name, "household.read", $"{id:D}", null),
            ((long)whole["index"]!, (string?)whole["via"], (string?)whole["op"], (string?)whole["id"], whole["held"])
        );
        Assert.Empty(await HeldAsync(_people.She));
    }

    [Fact]
    public async Task System_ThatMayNot_IsRefused_AndWhoMayIsSaidByWhoeverRunsThePortal()
    {
        var (id, envelope) = New(Day, Law);
        await RefusedAsync(HttpStatusCode.Forbidden, "sent.held_forbidden", id, envelope);
        Assert.Equal(1, (await RunAsync("client", "hold", "nobody-registered", "on")).ExitCode);
        await OrderAsync("client", "hold", _caller.Name, "on");
        var added = await AddAsync(envelope);
        Assert.Equal(HttpStatusCode.Created, added.Status);
        var list = await OrderAsync("holds");
        Assert.Contains($"{_caller.Name}  may hold since 2026-03-02", list, StringComparison.Ordinal);
        Assert.Contains($"{_caller.Name}  {id:D}  until {Day} 00:00  {Law}", list, StringComparison.Ordinal);

        await OrderAsync("client", "hold", _caller.Name, "off");
        var (later, again) = New(Day, Law);
        await RefusedAsync(HttpStatusCode.Forbidden, "sent.held_forbidden", later, again);
        // What was held stays so, and whoever missed the answer then still gets it.
        Assert.Single(await HeldAsync(_people.She));
        var repeated = await AddAsync(envelope);
        Assert.Equal((HttpStatusCode.OK, added.Index), (repeated.Status, repeated.Index));
        foreach (var kind in (string[])[EventKinds.LedgerHoldAllowed, EventKinds.LedgerHoldEnded])
        {
            var found = (await GetAsync($"{ApiUrls.Records}?api={kind}")).Json!["records"]!.AsArray();
            var record = LedgerRecord.Parse(Encoding.UTF8.GetBytes((string)Assert.Single(found)!["entry"]!));
            Assert.Equal((_caller.Name, 0), (record.To, record.Persons));
        }
    }

    [Theory]
    [InlineData(Day, null)]
    [InlineData(null, Law)]
    [InlineData("2026-03-02", Law)]
    [InlineData("2027-03-03", Law)]
    [InlineData("2026-02-30", Law)]
    [InlineData("2026-06-01T00:00:00Z", Law)]
    [InlineData(Day, "")]
    [InlineData(Day, "about A123456789")]
    [InlineData(Day, "第 245 條")]
    public async Task Hold_ThatIsNone_IsRefused(string? until, string? by)
    {
        await OrderAsync("client", "hold", _caller.Name, "on");
        var (id, envelope) = New(until, by);
        await RefusedAsync(HttpStatusCode.UnprocessableEntity, "sent.held", id, envelope);
    }

    [Theory]
    [InlineData(TransferReport.Received, Person)]
    [InlineData("household.read", null)]
    public async Task Hold_OfNobody_OrOfASideOfATransfer_IsRefused(string operation, string? person)
    {
        await OrderAsync("client", "hold", _caller.Name, "on");
        var (id, envelope) = New(Day, Law, operation, person);
        await RefusedAsync(HttpStatusCode.UnprocessableEntity, "sent.held", id, envelope);
    }

    [Fact]
    public async Task Repeat_WithAnotherHold_IsAConflict_AndChangesNothing()
    {
        await OrderAsync("client", "hold", _caller.Name, "on");
        var (_, envelope) = New("2027-03-02", Law);
        var first = await AddAsync(envelope);
        var same = await AddAsync(envelope);
        Assert.Equal((HttpStatusCode.OK, first.Index), (same.Status, same.Index));
        var longer = await AddAsync(envelope.Replace("2027-03-02", "2027-03-01", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.Conflict, "sent.conflict"), (longer.Status, longer.Code));
        var none = envelope[..envelope.IndexOf(",\"held_until", StringComparison.Ordinal)] + "}";
        Assert.Equal("sent.conflict", (await AddAsync(none)).Code);
        var held = Assert.Single(await HeldAsync(_people.She))!;
        var until = DateTimeOffset.Parse("2027-03-01T16:00Z", null);
        Assert.Equal(until.ToUnixTimeMilliseconds(), (long)held["until"]!);
    }

    private (Guid Id, string Envelope) New(
        string? until,
        string? by,
        string operation = "household.read",
        string? person = Person
    )
    {
        var now = _time.GetUtcNow();
        var salt = person is null ? null : RandomNumberGenerator.GetBytes(SaltedHash.SaltSize);
        string[] persons = person is null ? [] : [person];
        var record = _caller.New(salt, persons) with
        {
            Id = Guid.CreateVersion7(now),
            Time = now,
            Operation = operation,
        };
        var envelope = ApiCaller.Envelope(_caller.Signed(record), salt, persons)[..^1];
        if (until is not null)
            envelope += $",\"held_until\":\"{until}\"";
        if (by is not null)
            envelope += $",\"held_by\":\"{by}\"";
        return (record.Id, envelope + "}");
    }

    private async Task RefusedAsync(HttpStatusCode status, string code, Guid id, string envelope)
    {
        var refused = await AddAsync(envelope);
        Assert.Equal((status, code), (refused.Status, refused.Code));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(ApiUrls.Of(id))).Status);
    }

    private void Until(string moment) => _time.Advance(DateTimeOffset.Parse(moment, null) - _time.GetUtcNow());

    private Task<OperatorAnswer> RunAsync(params string[] words) =>
        _portal.Services.GetRequiredService<ClientOrders>().RunAsync(words, Stop);

    private async Task<string> OrderAsync(params string[] words)
    {
        var answer = await RunAsync(words);
        Assert.True(answer.ExitCode == OperatorAnswer.Done, answer.Text);
        return answer.Text;
    }

    private async Task<(string Text, IReadOnlyList<JsonNode> Seen)> AccessesAsync(Guid who)
    {
        var text = await TextAsync(who, ApiUrls.Accesses);
        return (text, [.. JsonNode.Parse(text)!["accesses"]!.AsArray().Select(one => one!)]);
    }

    private async Task<JsonArray> HeldAsync(Guid who) =>
        JsonNode.Parse(await TextAsync(who, HistoryUrls.Ledger))!["held"]!.AsArray();

    private async Task<string> TextAsync(Guid who, string path)
    {
        using var browser = TrustedCookie.SignedIn(_portal, who);
        using var answer = await browser.SendAsync(new(HttpMethod.Get, path));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    private Task<ApiAnswer> AddAsync(string envelope) =>
        ApiHouse.SendAsync(
            _http,
            new HttpRequestMessage(HttpMethod.Post, new Uri(_portal.Origin, ApiUrls.Records))
            {
                Content = new StringContent(envelope, Encoding.UTF8, "application/json"),
            }
        );

    private Task<ApiAnswer> GetAsync(string path) =>
        ApiHouse.SendAsync(_http, new HttpRequestMessage(HttpMethod.Get, new Uri(_portal.Origin, path)));

    private static Citizen Account(Guid id, string pseudonym) =>
        new()
        {
            Id = id,
            Pseudonym = pseudonym,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
}

public sealed class SqliteHoldTests() : HoldTests(Engine.Sqlite);

public sealed class PostgresHoldTests() : HoldTests(Engine.Postgres);
