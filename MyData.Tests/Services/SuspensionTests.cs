using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Services;
using MyData.Tests.Support;

namespace MyData.Tests.Services;

/// <summary>A service that owes answers gets nothing from that moment on, however far her request has come; with its answer it goes on.</summary>
public sealed class SuspensionTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private const string Suspended = "service.suspended";

    [Fact]
    public async Task Suspended_GetsNothing_WhereverARequestStands_UntilItHasAnswered()
    {
        using var service = house.OtherDriver(ServiceHouse.Late);
        var (_, owed, seal) = await house.ReceivedAsync(service, "nguyen");
        var opened = await house.OpenAsync(service, "lin");
        var fetched = await house.OpenAsync(service, "chen");
        await fetched.FetchAsync();
        var entries = await fetched.EntriesAsync(house.Bank.Recipient);
        var (tokened, _, token, transfer) = await house.TokenAsync(service, "wang");
        var (coded, code) = await house.CodeAsync(service, "chang");
        await SuspendAsync(owed);

        // The forms of pages that were before her already.
        await opened.FetchAsync(until: "[class=code]");
        Assert.Equal(RequestState.Opened, (await house.RowAsync(opened.Id)).State);
        await SaysSoAsync(opened);
        await fetched.HandOverAsync(entries: entries);
        Assert.Equal(RequestState.Fetching, (await house.RowAsync(fetched.Id)).State);
        await SaysSoAsync(fetched);
        Assert.DoesNotContain(
            await house.EventsAsync((await house.RowAsync(fetched.Id)).CitizenId!.Value),
            e => e.Kind == EventKinds.ServiceHandedOver && e.Details!.Contains(ServiceHouse.Late)
        );
        Assert.Equal($"unauthorized_client {Suspended}", (await service.TokenAsync(service.Redemption(code))).Refusal);
        Assert.Contains(EventKinds.ServiceRefused, await house.KindsAsync(coded));
        var refused = await service.PackageAsync(transfer, token);
        Assert.Equal((HttpStatusCode.Forbidden, Suspended), (refused.Status, refused.Refusal));
        Assert.Null((await house.ItemAsync(transfer)).FetchedAt);
        Assert.DoesNotContain(EventKinds.ServiceFetched, await house.KindsAsync(tokened));

        // She goes back with nothing, and the service hears that it is not her no.
        await opened.Citizen.GetAsync(opened.Path);
        await opened.Citizen.SubmitAsync($"{opened.Path}/decline");
        var back = opened.Citizen.Page.Via.Append(opened.Citizen.Page.Url);
        Assert.Contains(
            back,
            url => QueryHelpers.ParseQuery(url.Query).TryGetValue("error", out var e) && e == "unauthorized_client"
        );

        Assert.True((await service.AnswerAsync(owed, service.Deletion(owed, seal))).IsOk);
        Assert.Equal("ok", (await service.TokenAsync(service.Redemption(code))).Refusal);
        Assert.Equal("ok", (await service.PackageAsync(transfer, token)).Refusal);
        await fetched.Citizen.GetAsync(fetched.Path);
        await fetched.HandOverAsync();
        Assert.Equal(RequestState.HandedOver, (await house.RowAsync(fetched.Id)).State);
    }

    private static async Task SaysSoAsync(HandedRequest request)
    {
        var page = await request.Citizen.GetAsync(request.Path);
        Assert.Contains(Suspended, page.Words, StringComparison.Ordinal);
        Assert.Contains("暫停中，現在不能交給它", page.Heading, StringComparison.Ordinal);
        Assert.Null(page.Html.QuerySelector("#service-fetch, #choose-items, #service-hand-over"));
    }

    private Task SuspendAsync(Guid transfer) =>
        house
            .Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<ServiceItem>()
                    .Where(item => item.TransferId == transfer)
                    .ExecuteUpdate(set =>
                        set.SetProperty(item => item.DueAt, (DateTimeOffset?)scope.Now.AddDays(-20))
                            .SetProperty(item => item.OverdueAt, (DateTimeOffset?)scope.Now.AddDays(-15))
                            .SetProperty(item => item.SuspendedAt, (DateTimeOffset?)scope.Now)
                    );
            });
}
