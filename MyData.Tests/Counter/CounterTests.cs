using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Counter;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Tests.Support;

namespace MyData.Tests.Counter;

/// <summary>From the code to the clerk's look, and everything that must not come of it (security.md C1 to C6, R30).</summary>
public sealed class CounterTests(CounterHouse house) : IClassFixture<CounterHouse>
{
    [Fact]
    public async Task Phone_Confirmed_ClerkOpensTheVeryPackage_OnceAndItIsGone()
    {
        var (citizen, download, ticket) = await house.TicketAsync("lin");
        var clerk = await house.ClerkAsync("hro");
        await clerk.HandOverAsync(ticket);
        var opened = Assert.Single(await clerk.OpenAsync()).Value;
        Assert.Equal(await download.ZipAsync(Assert.Single(await download.WaitingAsync())), opened.Zip);

        var told = await house.EventsAsync(ticket.ConsentId);
        var look = Assert.Single(told, e => e.Kind == EventKinds.CounterOpened);
        Assert.StartsWith("operator:", look.Actor, StringComparison.Ordinal);
        using (var details = JsonDocument.Parse(look.Details!))
        {
            Assert.Equal("tnn-hro", details.RootElement.GetProperty("office").GetString());
            Assert.Equal(opened.Digest.Hex, details.RootElement.GetProperty("seal").GetString());
        }
        var history = await citizen.GetAsync("/history");
        Assert.Contains(
            "臺南市東區戶政事務所的承辦人看了您的戶籍資料",
            history.Words.Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains("臺南市東區戶政事務所", (await citizen.GetAsync("/notices")).Words, StringComparison.Ordinal);

        Assert.True((await clerk.PostAsync("next")).IsOk);
        Assert.Equal(CounterCodes.NotYours, (await clerk.PackagesAsync()).Code);
        Assert.Equal(0, await house.WaitingAsync(download.ConsentId));
        Assert.Equal(CounterCodes.Used, (await clerk.ScanAsync(ticket.Number)).Code);
    }

    [Fact]
    public async Task Paper_RightCard_OpensBySecretThatTheServerNeverHad()
    {
        var (_, _, ticket) = await house.TicketAsync("chen", "paper");
        var clerk = await house.ClerkAsync("hro");
        Assert.True((await clerk.ScanAsync(ticket.Number)).Json.GetProperty("printed").GetBoolean());
        Assert.Equal(CounterCodes.NotYours, (await clerk.PackagesAsync()).Code);
        Assert.Equal(CounterCodes.WrongCard, (await clerk.CardAsync("0000")).Code);
        Assert.True((await clerk.CardAsync(SandboxSteps.Persona("chen").Id.Value[^4..])).IsOk);
        var opened = await clerk.OpenAsync(ContentKeys.PrintedJwk(ticket.Number, ticket.Secret));
        Assert.Single(opened);
    }

    [Fact]
    public async Task Paper_FiveWrongCards_KillTheTicketWhoeverTries()
    {
        var (_, _, ticket) = await house.TicketAsync("chang", "paper");
        var (first, second) = (await house.ClerkAsync("hro"), await house.ClerkAsync("hro"));
        Assert.True((await first.ScanAsync(ticket.Number)).IsOk);
        for (var wrong = 0; wrong < 4; wrong++)
            Assert.Equal(CounterCodes.WrongCard, (await first.CardAsync("0000")).Code);
        Assert.Equal(CounterCodes.TooManyCards, (await first.CardAsync("0000")).Code);
        // The fifth also closes the clerk, by her account and whatever browser she takes.
        Assert.Equal(CounterCodes.Closed, (await second.ScanAsync(ticket.Number)).Code);
        Assert.Equal(TicketState.Ended, (await house.RowAsync(ticket.TicketId)).State);
        await house.OpenAgainAsync();
    }

    [Fact]
    public async Task Paper_ThatCannotBeRedeemedNow_SaysNothingOfTheCard()
    {
        var (_, _, ticket) = await house.TicketAsync("kolas", "paper");
        var (right, clerk) = (SandboxSteps.Persona("kolas").Id.Value[^4..], await house.ClerkAsync("hro"));
        Assert.True((await clerk.ScanAsync(ticket.Number)).IsOk);
        await house.AgeAsync(ticket.TicketId, TimeSpan.FromSeconds(121));
        foreach (var card in new[] { "0000", "0001", "0002", "0003", "0004", "0005", right })
            Assert.Equal(CounterCodes.Reserved, (await clerk.CardAsync(card)).Code);
        Assert.Equal(0, (await house.RowAsync(ticket.TicketId)).WrongCards);
        Assert.True((await clerk.ScanAsync(ticket.Number)).IsOk);
        Assert.True((await clerk.CardAsync(right)).IsOk);
        foreach (var card in new[] { "0000", right })
            Assert.Equal(CounterCodes.Used, (await clerk.CardAsync(card)).Code);
        // One on a phone is confirmed there, and by no card.
        var (_, _, phone) = await house.TicketAsync("kolas");
        Assert.True((await clerk.ScanAsync(phone.Number)).IsOk);
        foreach (var card in new[] { "0000", right })
            Assert.Equal(CounterCodes.NotYours, (await clerk.CardAsync(card)).Code);
    }

    [Fact]
    public async Task View_AfterHalfAnHour_IsOver_WhetherItWasSweptOrNot()
    {
        var (_, _, ticket) = await house.TicketAsync("huang");
        var clerk = await house.ClerkAsync("hro");
        await clerk.HandOverAsync(ticket);
        var url = (await clerk.PackagesAsync()).Json[0].GetProperty("url").GetString()!;
        await house.AgeAsync(ticket.TicketId, house.Get<CounterSettings>().View);
        Assert.Equal(CounterCodes.NotYours, (await clerk.PackagesAsync()).Code);
        Assert.Equal(CounterCodes.NotYours, (await clerk.Calls.GetAsync(url)).Code);
        Assert.Equal(CounterCodes.NotYours, (await clerk.PostAsync("printed")).Code);
        Assert.Equal(CounterCodes.NotYours, (await clerk.PostAsync("case", ("number", "1"))).Code);
    }

    [Fact]
    public async Task Sweep_EndsAllThatHaveRunOut_HoweverMany()
    {
        var (_, _, ticket) = await house.TicketAsync("yang");
        var like = await house.RowAsync(ticket.TicketId);
        await house
            .Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                for (var n = 0; n < 250; n++)
                    scope.Db.Add(
                        new CounterTicket
                        {
                            Id = Ids.New(),
                            Number = TicketNumber.New().Value,
                            ConsentId = like.ConsentId,
                            CitizenId = like.CitizenId,
                            HolderId = like.HolderId,
                            ServiceId = like.ServiceId,
                            Printed = false,
                            State = TicketState.Open,
                            CreatedAt = scope.Now.AddDays(-1),
                            ExpiresAt = scope.Now.AddMinutes(-1),
                        }
                    );
            });
        await house.Get<CounterSweeper>().SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            0,
            await house.Portal.ReadAsync(db =>
                db.Set<CounterTicket>()
                    .CountAsync(t => t.ConsentId == like.ConsentId && t.Id != like.Id && t.State == TicketState.Open)
            )
        );
    }

    [Fact]
    public async Task Scan_AtAnotherServicesOffice_IsRefusedAndToldToHer()
    {
        var (citizen, _, ticket) = await house.TicketAsync("wang");
        var elsewhere = await house.ClerkAsync("dmv");
        var refused = await elsewhere.ScanAsync(ticket.Number);
        Assert.Equal((HttpStatusCode.Forbidden, CounterCodes.OtherOffice), (refused.Status, refused.Code));
        Assert.Contains(
            await house.EventsAsync(ticket.ConsentId),
            e => e.Kind == EventKinds.CounterRefused && e.Code == CounterCodes.OtherOffice
        );
        Assert.Contains(await house.NoticesAsync(ticket.ConsentId), kind => kind == NoticeKinds.CounterRefused);
        // What was refused there does not spoil it here.
        await (await house.ClerkAsync("hro")).HandOverAsync(ticket);
        await house.OpenAgainAsync();
    }

    [Fact]
    public async Task Scan_AfterRenewal_OldNumberIsDead_NewOneGood()
    {
        var (citizen, download, old) = await house.TicketAsync("li");
        var page = await citizen.GetAsync($"/counter/{old.ConsentId}");
        await citizen.PostAsync($"/counter/{old.ConsentId}/renew", ("medium", "phone"));
        citizen.Page.ShouldBeAt(page.Path);
        var fresh = ShownTicket.Read(citizen, download.Key);
        Assert.NotEqual(old.Number, fresh.Number);
        var clerk = await house.ClerkAsync("hro");
        Assert.Equal(CounterCodes.Renewed, (await clerk.ScanAsync(old.Number)).Code);
        await clerk.HandOverAsync(fresh);
    }

    [Fact]
    public async Task Scan_AfterCancel_IsRefused_AndTheConsentIsTakenBack()
    {
        var (citizen, _, ticket) = await house.TicketAsync("huang");
        await citizen.GetAsync($"/counter/{ticket.ConsentId}");
        await citizen.PostAsync($"/counter/{ticket.ConsentId}/cancel");
        Assert.Equal(CounterCodes.Cancelled, (await (await house.ClerkAsync("hro")).ScanAsync(ticket.Number)).Code);
        var again = await citizen.PostAsync($"/counter/{ticket.ConsentId}/renew", ("medium", "phone"));
        Assert.Contains(CounterCodes.Over, again.Alert, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_AfterItsTime_OrAfterDone_IsRefused()
    {
        var (citizen, download, ticket) = await house.TicketAsync("nguyen");
        var clerk = await house.ClerkAsync("hro");
        await house.AgeAsync(ticket.TicketId, TimeSpan.FromMinutes(21));
        Assert.Equal(CounterCodes.Expired, (await clerk.ScanAsync(ticket.Number)).Code);
        await citizen.GetAsync($"/counter/{ticket.ConsentId}");
        await citizen.PostAsync($"/counter/{ticket.ConsentId}/renew", ("medium", "phone"));
        var fresh = ShownTicket.Read(citizen, download.Key);
        await download.DoneAsync();
        Assert.Equal(CounterCodes.PackageGone, (await clerk.ScanAsync(fresh.Number)).Code);
    }

    [Fact]
    public async Task Reservation_TwoMinutes_ThenItIsFreeForAnother()
    {
        var (_, _, ticket) = await house.TicketAsync("kolas");
        var (first, second) = (await house.ClerkAsync("hro"), await house.ClerkAsync("hro"));
        Assert.True((await first.ScanAsync(ticket.Number)).IsOk);
        Assert.Equal(CounterCodes.Reserved, (await second.ScanAsync(ticket.Number)).Code);
        Assert.True((await ticket.AnswerAsync()).IsOk);
        Assert.True((await first.RevealAsync()).IsOk);
        await house.AgeAsync(ticket.TicketId, TimeSpan.FromSeconds(121));
        Assert.Equal(CounterCodes.Over, (await ticket.ConfirmAsync(first.Key)).Code);
        await second.HandOverAsync(ticket);
        Assert.Equal(CounterCodes.NotYours, (await first.PackagesAsync()).Code);
    }

    [Fact]
    public async Task Decline_NothingIsHandedOver_AndTheCodeIsDead()
    {
        var (_, _, ticket) = await house.TicketAsync("yang");
        var clerk = await house.ClerkAsync("hro");
        Assert.True((await clerk.ScanAsync(ticket.Number)).IsOk);
        Assert.True((await ticket.AnswerAsync()).IsOk);
        Assert.True((await ticket.DeclineAsync()).IsOk);
        Assert.Equal(CounterCodes.NotYours, (await clerk.PackagesAsync()).Code);
        Assert.Equal(CounterCodes.Declined, (await clerk.ScanAsync(ticket.Number)).Code);
    }

    [Fact]
    public async Task Confirm_EntryForAnotherKeyThanTheOneShown_IsRefused()
    {
        var (_, _, ticket) = await house.TicketAsync("kuo");
        var clerk = await house.ClerkAsync("hro");
        Assert.True((await clerk.ScanAsync(ticket.Number)).IsOk);
        Assert.True((await ticket.AnswerAsync()).IsOk);
        Assert.True((await clerk.RevealAsync()).IsOk);
        Assert.Equal(CounterCodes.Malformed, (await ticket.ConfirmAsync(Jwk.GenerateEc())).Code);
        Assert.True((await ticket.ConfirmAsync(clerk.Key)).IsOk);
        Assert.Equal(CounterCodes.Over, (await ticket.ConfirmAsync(clerk.Key)).Code);
    }
}
