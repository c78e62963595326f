using System.Text.Json;
using MyData.Core.Counter;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Tests.Support;
using MyData.Web.Features.Account;

namespace MyData.Tests.Counter;

/// <summary>Somebody else shows it: named without an oracle, holding a key and no data, ended by either (security.md C7, W7).</summary>
public sealed class AgentTests(CounterHouse house) : IClassFixture<CounterHouse>
{
    [Fact]
    public async Task Agent_AcceptsAndShows_ClerkOpens_BothSeeIt()
    {
        var (citizen, _, ticket) = await house.TicketAsync("lin");
        var agent = await house.CitizenAsync("chen");
        await AppointAsync(citizen, ticket, "chen");
        var key = await AcceptAsync(agent);
        Assert.True((await ticket.HandOnAsync(key)).IsOk);

        var shown = ShownTicket.Read(await agent.FollowAgainAsync(), key);
        Assert.Equal(ticket.Number, shown.Number);
        var clerk = await house.ClerkAsync("hro");
        await clerk.HandOverAsync(shown);
        Assert.Single(await clerk.OpenAsync());
        var hers = await house.EventsAsync(ticket.ConsentId);
        Assert.Single(hers, e => e.Kind == EventKinds.CounterConfirmed && e.Actor == "agent");
        Assert.Contains("代辦人", (await citizen.GetAsync("/history")).Words, StringComparison.Ordinal);
        Assert.Contains("替別人", (await agent.GetAsync("/history")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_OfATicketWhoseScanLapsed_IsHandedIt_AndHerNameIsOnThePage()
    {
        var (citizen, _, ticket) = await house.TicketAsync("wang");
        var agent = await house.CitizenAsync("chang");
        var clerk = await house.ClerkAsync("hro");
        var scanned = await clerk.ScanAsync(ticket.Number);
        Assert.Equal("戶籍遷入登記", scanned.Json.GetProperty("service").GetString());
        await AppointAsync(citizen, ticket, "chang");
        var key = await AcceptAsync(agent);
        Assert.False((await ticket.StateAsync()).Json.GetProperty("agentWaits").GetBoolean());
        Assert.False((await ticket.HandOnAsync(key)).IsOk);
        await house.AgeAsync(ticket.TicketId, TimeSpan.FromMinutes(3));
        Assert.True((await ticket.StateAsync()).Json.GetProperty("agentWaits").GetBoolean());
        Assert.True((await ticket.HandOnAsync(key)).IsOk);
        Assert.Contains(
            "張○",
            (await citizen.GetAsync($"/counter/{ticket.ConsentId}")).Words,
            StringComparison.Ordinal
        );
        await clerk.HandOverAsync(ShownTicket.Read(await agent.FollowAgainAsync(), key));
    }

    [Fact]
    public async Task Agent_Ended_TicketInHerHandsIsDead()
    {
        var (citizen, _, ticket) = await house.TicketAsync("chang");
        var agent = await house.CitizenAsync("wang");
        await AppointAsync(citizen, ticket, "wang");
        var key = await AcceptAsync(agent);
        Assert.True((await ticket.HandOnAsync(key)).IsOk);
        var shown = ShownTicket.Read(await agent.FollowAgainAsync(), key);
        // The owner's browser cannot confirm in the agent's place, nor the agent read a package.
        Assert.Equal(CounterCodes.Over, (await ticket.ConfirmAsync(Jwk.GenerateEc())).Code);
        await citizen.GetAsync($"/counter/{ticket.ConsentId}");
        await citizen.PostAsync($"/counter/{ticket.ConsentId}/agent/end");
        Assert.Equal(CounterCodes.AgentOver, (await (await house.ClerkAsync("hro")).ScanAsync(shown.Number)).Code);
        Assert.Equal("{}", await shown.EntriesAsync((_, _) => "null"));
    }

    [Fact]
    public async Task Appoint_KnownUnknownOrWrongBirthday_LooksTheSame()
    {
        var (citizen, _, ticket) = await house.TicketAsync("li");
        await house.CitizenAsync("nguyen");
        var (pages, copies) = (new List<string>(), new List<string>());
        // Known; known with another birthday; a person whom the platform does not know.
        foreach (var (id, birthday) in new[] { Facts("nguyen"), (Facts("nguyen").Id, "1990-01-02"), Facts("kuo") })
        {
            await AppointAsync(citizen, ticket, id, birthday);
            pages.Add(citizen.Page.Words);
            copies.Add(await CopyAsync(citizen));
        }
        Assert.Single(pages.Distinct());
        Assert.Single(copies.Distinct());
        var told = await house.EventsAsync(ticket.ConsentId);
        Assert.Equal(3, told.Count(e => e.Kind == EventKinds.AgentAppointed));
        // Whoever is named learns it when she looks, not by a record that others could see come.
        Assert.DoesNotContain(
            await house.NoticesAsync(ticket.ConsentId),
            kind => kind.StartsWith("agent", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Appoint_ElevenTimesADay_IsRefused()
    {
        var (citizen, _, ticket) = await house.TicketAsync("yang");
        for (var n = 0; n < 10; n++)
            await AppointAsync(citizen, ticket, Facts("kuo").Id, "1990-01-02");
        await AppointAsync(citizen, ticket, Facts("kuo").Id, "1990-01-02");
        Assert.Contains(CounterCodes.AgentTooMany, citizen.Page.Alert, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ticket_ThatEndedBeforeTheAgentWasHandedIt_IsRenewedForTheCitizen_WhoHandsOn()
    {
        var (citizen, download, ticket) = await house.TicketAsync("huang");
        var agent = await house.CitizenAsync("kolas");
        await AppointAsync(citizen, ticket, "kolas");
        var key = await AcceptAsync(agent);
        await house.AgeAsync(ticket.TicketId, TimeSpan.FromMinutes(21));
        await house.Get<CounterSweeper>().SweepAsync(TestContext.Current.CancellationToken);
        await RenewAsync(citizen, ticket);
        var fresh = ShownTicket.Read(citizen, download.Key);
        Assert.True((await fresh.StateAsync()).Json.GetProperty("agentWaits").GetBoolean());
        Assert.True((await fresh.HandOnAsync(key)).IsOk);
        // Once she has the keys, a further one is hers to show.
        await RenewAsync(citizen, ticket);
        await agent.GetAsync("/agent");
        await agent.GetAsync(agent.Page.Single("main .card a.button").GetAttribute("href")!);
        await (await house.ClerkAsync("hro")).HandOverAsync(ShownTicket.Read(agent, key));
    }

    [Fact]
    public async Task Cancel_EndsTheAgentsMandate_AndTellsHer()
    {
        var (citizen, _, ticket) = await house.TicketAsync("chang");
        var agent = await house.CitizenAsync("nguyen");
        await AppointAsync(citizen, ticket, "nguyen");
        await AcceptAsync(agent);
        await citizen.GetAsync($"/counter/{ticket.ConsentId}");
        await citizen.PostAsync($"/counter/{ticket.ConsentId}/cancel");
        Assert.Empty((await agent.GetAsync("/agent")).Html.QuerySelectorAll("main .card a.button"));
        Assert.Contains(await house.EventsAsync(ticket.ConsentId), e => e.Kind == EventKinds.AgentEnded);
        Assert.Contains(await house.NoticesAsync(ticket.ConsentId), kind => kind == NoticeKinds.AgentEnded);
    }

    private static (string Id, string Birthday) Facts(string persona) =>
        (SandboxSteps.Persona(persona).Id.Value, $"{SandboxSteps.Persona(persona).Birth:yyyy-MM-dd}");

    private static async Task RenewAsync(CitizenDriver citizen, ShownTicket ticket)
    {
        await citizen.GetAsync($"/counter/{ticket.ConsentId}");
        await citizen.PostAsync($"/counter/{ticket.ConsentId}/renew", ("medium", "phone"));
    }

    /// <summary>What her copy of what is held says of the one whom she named last; ids and times are new each time.</summary>
    private static async Task<string> CopyAsync(CitizenDriver citizen)
    {
        using var copy = JsonDocument.Parse((await citizen.GetAsync(AccountUrls.HeldJson)).Text);
        var last = copy
            .RootElement.GetProperty("counter_agents")
            .EnumerateArray()
            .MaxBy(row => row.GetProperty("asked_at").GetDateTimeOffset());
        return string.Join(
            '\n',
            last.EnumerateObject().Where(member => member.Name is not ("id" or "asked_at")).Select(m => $"{m}")
        );
    }

    private static Task AppointAsync(CitizenDriver citizen, ShownTicket ticket, string persona) =>
        AppointAsync(citizen, ticket, Facts(persona).Id, Facts(persona).Birthday);

    private static async Task AppointAsync(CitizenDriver citizen, ShownTicket ticket, string id, string birthday)
    {
        await citizen.GetAsync($"/counter/{ticket.ConsentId}/agent");
        await citizen.SubmitAsync("appoint", ("id", id), ("birthday", birthday));
    }

    private static async Task<Jwk> AcceptAsync(CitizenDriver agent)
    {
        var key = Jwk.GenerateEc();
        var asked = await agent.GetAsync("/agent");
        await agent.GetAsync(asked.Single("main .card a.button").GetAttribute("href")!);
        await agent.PostAsync($"{agent.Page.Path}/accept", ("key", ContentKeys.Bare(key)));
        return key;
    }
}

file static class AgentPages
{
    public static async Task<CitizenDriver> FollowAgainAsync(this CitizenDriver agent)
    {
        await agent.GetAsync(agent.Page.Path);
        return agent;
    }
}
