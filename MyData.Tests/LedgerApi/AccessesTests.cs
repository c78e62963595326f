using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.LedgerApi;

namespace MyData.Tests.LedgerApi;

/// <summary>Her own accesses, by her cookie: all of them, with their proofs, and nobody else's.</summary>
public abstract class AccessesTests(ApiHouse house)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hers_AreEveryRecordAboutHer_EachWithItsProof()
    {
        var persona = SandboxSteps.Persona("lin");
        var before = await house.AddAsync(house.Caller.EnvelopeOf(persona.Id.Value));
        using var citizen = house.Portal.Visitor();
        await citizen.SignInFirstTimeAsync(persona);
        var after = await house.AddAsync(house.P256.EnvelopeOf(persona.Id.Value, "A123456789"));

        var all = await AllAsync(citizen);
        var places = all.ConvertAll(one => (long)one["index"]!);
        Assert.Equal(places.OrderDescending(), places);
        Assert.Contains(before.Index, places);
        var theirs = all[places.IndexOf(after.Index)];
        Assert.Equal(
            ("ris/household@3", "test-p256", "test-p256", "household.read", "act-12.3", "ok", null),
            (
                (string?)theirs["from"],
                (string?)theirs["to"],
                (string?)theirs["via"],
                (string?)theirs["op"],
                (string?)theirs["why"],
                (string?)theirs["res"],
                (long?)theirs["line"]
            )
        );
        Assert.Equal(["name", "address"], theirs["fld"]!.AsArray().Select(code => (string?)code));
        // Each line of her history is there, under its number.
        var account = await AccountAsync(persona.Id);
        var lines = (await house.Portal.EventsAsync()).Where(e => e.CitizenId == account).Select(e => e.Id);
        Assert.Equal(lines, all.Select(one => (long?)one["line"]).OfType<long>().Order());
        Assert.Contains(all, one => (string?)one["op"] == EventKinds.SignInSucceeded);
        var policy = await house.PolicyAsync();
        foreach (var one in all)
        {
            using var proof = await citizen.SendAsync(new(HttpMethod.Get, (string)one["receipt"]!));
            var entry = await house.GetAsync($"{ApiUrls.Of((Guid)one["id"]!)}");
            LogProof
                .Parse(await proof.Content.ReadAsByteArrayAsync(Stop))
                .Verify(policy, Encoding.UTF8.GetBytes(entry.Entry));
            Assert.Equal((long)one["index"]!, entry.Index);
        }
    }

    [Fact]
    public async Task Hers_AreNobodyElses()
    {
        var (hers, other) = (SandboxSteps.Persona("chen"), SandboxSteps.Persona("wang"));
        using var she = house.Portal.Visitor();
        using var he = house.Portal.Visitor();
        await she.SignInFirstTimeAsync(hers);
        await he.SignInFirstTimeAsync(other);
        await house.AddAsync(house.Caller.EnvelopeOf(hers.Id.Value));
        var (mine, his) = (await AllAsync(she), await AllAsync(he));
        Assert.Contains(mine, one => (string?)one["via"] == house.Caller.Name);
        Assert.NotEmpty(his);
        Assert.Empty(mine.Select(Id).Intersect(his.Select(Id)));
        // Whatever he asks for, the question is about the one whose cookie it is.
        using var asked = await AskAsync(he, $"{ApiUrls.Accesses}?citizen={hers.Id.Value}&id={Id(mine[0])}");
        Assert.Equal(his.Select(Id), (await ReadAsync(asked))["accesses"]!.AsArray().Select(one => Id(one!)));

        static string Id(JsonNode one) => (string)one["id"]!;
    }

    [Theory]
    [InlineData(null, "navigate")]
    [InlineData(null, "cors")]
    [InlineData("not-a-session", "navigate")]
    public async Task Stranger_IsToldSoByACode_AndSentNowhere(string? cookie, string mode)
    {
        using var stranger = house.Portal.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(house.Portal.Origin, ApiUrls.Accesses));
        request.Headers.Add("Accept", "text/html");
        request.Headers.Add("Sec-Fetch-Mode", mode);
        if (cookie is not null)
            request.Headers.Add("Cookie", $"__Host-mydata={cookie}");
        using var answer = await stranger.SendAsync(request);
        ApiDescription.RequireKnown(request, answer);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.WwwAuthenticate);
        Assert.Equal("session.ended", (string?)(await ReadAsync(answer))["code"]);
    }

    [Fact]
    public async Task Session_ThatEnded_SeesNothingMore()
    {
        using var citizen = house.Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("huang"));
        Assert.NotEmpty(await AllAsync(citizen));
        var cookies = citizen.Cookies.Header(house.Portal.Origin);
        await citizen.SubmitAsync("/signout");
        using var stolen = house.Portal.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Get, ApiUrls.Accesses);
        request.Headers.Add("Cookie", cookies);
        using var answer = await stolen.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Cursor_ThatNoAnswerGave_IsRefused()
    {
        using var citizen = house.Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("li"));
        foreach (var cursor in (string[])["x", "1999-5", "2026--5", "2026-5-5"])
        {
            using var answer = await AskAsync(citizen, $"{ApiUrls.Accesses}?cursor={cursor}");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Equal("query.cursor", (string?)(await ReadAsync(answer))["code"]);
        }
    }

    [Fact]
    public async Task Pages_HaveEachOnce_WhateverComesMeanwhile()
    {
        var persona = SandboxSteps.Persona("wu");
        using var citizen = house.Portal.Visitor();
        await citizen.SignInFirstTimeAsync(persona);
        var sent = new List<long>();
        for (var n = 0; n < PersonAccesses.PageSize + 5; n++)
            sent.Add((await house.AddAsync(house.Caller.EnvelopeOf(persona.Id.Value))).Index);
        var all = await AllAsync(citizen, () => house.AddAsync(house.Caller.EnvelopeOf(persona.Id.Value)));
        var places = all.ConvertAll(one => (long)one["index"]!);
        Assert.Empty(sent.Except(places));
        Assert.Equal(places.Count, places.Distinct().Count());
    }

    private async Task<Guid> AccountAsync(NationalId id)
    {
        var pseudonym = house.Portal.Services.GetRequiredService<CitizenAccounts>().PseudonymOf(id);
        return await house.Portal.ReadAsync(db =>
            db.Set<Citizen>().Where(one => one.Pseudonym == pseudonym).Select(one => one.Id).SingleAsync()
        );
    }

    private static async Task<List<JsonNode>> AllAsync(CitizenDriver citizen, Func<Task>? between = null)
    {
        var all = new List<JsonNode>();
        for (string? cursor = null; ; )
        {
            using var answer = await AskAsync(
                citizen,
                $"{ApiUrls.Accesses}{(cursor is null ? "" : $"?cursor={cursor}")}"
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Headers.CacheControl is { Private: true, NoStore: true });
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
            var page = await ReadAsync(answer);
            all.AddRange(page["accesses"]!.AsArray().Select(one => one!));
            cursor = (string?)page["cursor"];
            if (cursor is null)
                return all;
            if (between is not null)
                await between();
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(CitizenDriver citizen, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(citizen.Origin, path));
        var answer = await citizen.SendAsync(request);
        ApiDescription.RequireKnown(request, answer);
        return answer;
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!;
}

public sealed class SqliteAccessesTests(ApiHouse house) : AccessesTests(house), IClassFixture<ApiHouse>;

public sealed class PostgresAccessesTests(PostgresApiHouse house)
    : AccessesTests(house),
        IClassFixture<PostgresApiHouse>;
