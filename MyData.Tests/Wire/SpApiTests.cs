using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Services;
using MyData.Core.Wire.ServiceSide;
using MyData.Tests.Support;
using MyData.Web.Sandbox.City;

namespace MyData.Tests.Wire;

/// <summary>The SP-API (protocols.md B2): told at once, then after 60, 300 and 900 s, from an outbox that outlives the process; then 410.</summary>
public sealed class SpApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Service_ThatNeverTakesIt_IsToldFourTimes_ThenItEndsWith410()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var house = WireHouse.At(time);
        await house.InitializeAsync();
        house.Conduct(CityConduct.Deaf);
        var request = await house.FetchedAsync("lin");
        var began = time.GetUtcNow();

        var led = await request.AgreeAsync(follow: false);

        // Not back yet: she sees that it is being told.
        Assert.Equal(request.Steps.Path, led.AbsolutePath);
        var page = await request.Citizen.GetAsync(request.Steps.Path);
        Assert.Contains("正在交給沙盒市政府", page.Heading, StringComparison.Ordinal);
        Assert.Equal($"{request.Steps.Path}", (await request.Citizen.GetAsync($"{request.Steps.Path}/back")).Path);
        var delivery = await house.DeliveryAsync(request.Id);
        var tries = new List<double>();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            Assert.Equal((WireState.Waiting, attempt), (delivery.State, delivery.Attempts));
            tries.Add(Math.Round((delivery.NextAttemptAt!.Value - time.GetUtcNow()).TotalSeconds));
            if (attempt == 4)
                break;
            // A moment before it is due nothing is told.
            time.Advance(delivery.NextAttemptAt.Value - time.GetUtcNow() - TimeSpan.FromSeconds(1));
            await house.Get<SpApiSender>().SendDueAsync(Stop);
            Assert.Equal(attempt, (await house.DeliveryAsync(request.Id)).Attempts);
            time.Advance(TimeSpan.FromSeconds(2));
            await house.Get<SpApiSender>().SendDueAsync(Stop);
            delivery = await SettledAsync(house, request, attempt + 1);
            if (delivery.State != WireState.Waiting)
                break;
        }
        // The portal's own loop may have been first, by the two seconds that the clock was moved at once.
        Assert.All(tries.Take(3).Zip([60, 300, 900]), one => Assert.InRange(one.First, one.Second - 2, one.Second));
        Assert.InRange(tries.Count, 3, 4);
        await house.Portal.EventAsync(EventKinds.ServiceEnded);

        delivery = await house.DeliveryAsync(request.Id);
        Assert.Equal((WireState.Ended, null, null), (delivery.State, delivery.Secret, delivery.NextAttemptAt));
        Assert.Equal(0, await house.PartsAsync(request.Id));
        var row = await house.RowAsync(request.Id);
        Assert.Equal((RequestState.Ended, WireCodes.SpApi), (row.State, row.Code));
        Assert.True(time.GetUtcNow() - began < TimeSpan.FromMinutes(25));
        page = await request.Citizen.GetAsync(request.Steps.Path);
        Assert.Contains(WireCodes.SpApi, page.Words, StringComparison.Ordinal);
        var back = await request.Citizen.GetAsync($"{request.Steps.Path}/back");
        Assert.Equal(
            "410",
            request.CodeOf(
                back.Via.Single(url =>
                    url.AbsolutePath.EndsWith($"{CityListing.Parking}/back", StringComparison.Ordinal)
                )
            )
        );
        Assert.Contains("停止了", (await request.Citizen.GetAsync("/notices")).Words, StringComparison.Ordinal);
        Assert.Null(request.Application.Key);
    }

    /// <summary>Suspended after her yes: the page says why nothing goes yet, and at the end that nothing went; never that it is waited for without end.</summary>
    [Fact]
    public async Task Service_SuspendedAfterHerYes_IsGivenNothing_AndSheIsToldWhyAndUntilWhen()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var house = WireHouse.At(time);
        await house.InitializeAsync();
        house.Conduct(CityConduct.Deaf);
        var request = await house.HandedOverAsync("chang");
        house.Conduct(CityConduct.Good);
        await SuspendAsync(house, time.GetUtcNow());
        var page = await request.Citizen.GetAsync(request.Steps.Path);
        Assert.Contains("還沒有交給沙盒市政府", page.Heading, StringComparison.Ordinal);
        Assert.Contains("還欠民眾刪除的回覆", page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("我們正在通知", page.Words, StringComparison.Ordinal);
        for (var attempt = 2; attempt <= 4; attempt++)
        {
            var due = (await house.DeliveryAsync(request.Id)).NextAttemptAt!.Value;
            time.Advance(due - time.GetUtcNow() + TimeSpan.FromSeconds(1));
            await house.Get<SpApiSender>().SendDueAsync(Stop);
            await SettledAsync(house, request, attempt);
        }
        await house.Portal.EventAsync(EventKinds.ServiceEnded);
        Assert.Equal((RequestState.Ended, ServiceCodes.Suspended), await StateAsync(house, request));
        Assert.Null(request.Application.Ticket);
        page = await request.Citizen.GetAsync(request.Steps.Path);
        Assert.Contains("這次沒有交出任何資料", page.Words, StringComparison.Ordinal);
        Assert.Contains(ServiceCodes.Suspended, page.Words, StringComparison.Ordinal);
        var back = await request.Citizen.GetAsync($"{request.Steps.Path}/back");
        Assert.Equal(
            "423",
            request.CodeOf(back.Via.Single(url => url.Query.Contains("code=", StringComparison.Ordinal)))
        );
    }

    [Fact]
    public async Task Service_ThatTakesItAtTheSecondTry_MayFetch_AndSheIsLedBackWith200()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var house = WireHouse.At(time);
        await house.InitializeAsync();
        house.Conduct(CityConduct.Deaf);
        var request = await house.FetchedAsync("chen");
        await request.AgreeAsync(follow: false);
        house.Conduct(CityConduct.Good);
        time.Advance(TimeSpan.FromSeconds(61));
        await house.Get<SpApiSender>().SendDueAsync(Stop);
        await house.Portal.EventAsync(EventKinds.ServiceTicketGiven);
        Assert.Equal(RequestState.Granted, (await house.RowAsync(request.Id)).State);
        var back = await request.Citizen.GetAsync($"{request.Steps.Path}/back");
        Assert.Contains("收到您的資料了", back.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_ThatFetchesBeforeItAnswers_IsRefused_AndMayAfterwards()
    {
        await using var house = new WireHouse();
        await house.InitializeAsync();
        house.Conduct(CityConduct.Early);
        var request = await house.FetchedAsync("lin");
        var back = await request.AgreeAsync();
        Assert.Equal("200", request.CodeOf(back));
        // In its SP-API it fetched before its 200, and got nothing; afterwards it did.
        Assert.Equal([403, 200], request.Application.Fetches);
        var row = await house.RowAsync(request.Id);
        Assert.Contains(
            await house.Portal.EventsAsync(),
            e => e.Kind == EventKinds.ServiceRefused && e.ConsentId == row.ConsentId && e.Code == WireCodes.TooEarly
        );
        Assert.Contains("已經拒絕", (await request.Citizen.GetAsync("/history")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastTry_CutOffByACrash_EndsInItsTime()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var house = WireHouse.At(time);
        await house.InitializeAsync();
        house.Conduct(CityConduct.Deaf);
        var request = await house.HandedOverAsync("wang");
        // As the claim of the fourth try leaves the row, and nothing after it.
        var now = time.GetUtcNow();
        await house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    scope
                        .Db.Set<WireDelivery>()
                        .ExecuteUpdate(set =>
                            set.SetProperty(d => d.Attempts, 4).SetProperty(d => d.NextAttemptAt, (DateTimeOffset?)now)
                        );
                },
                Stop
            );
        house.Conduct(CityConduct.Good);
        await house.Get<SpApiSender>().SendDueAsync(Stop);
        Assert.Equal((RequestState.Ended, WireCodes.SpApi), await StateAsync(house, request));
        Assert.Null(request.Application.Ticket);
    }

    private static Task SuspendAsync(WireHouse house, DateTimeOffset now)
    {
        var id = Ids.New();
        return house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    scope.Db.Add(
                        new ServiceRequest
                        {
                            Id = id,
                            UriHash = $"{id}",
                            ServiceId = CityListing.Parking,
                            Content = [],
                            State = RequestState.Received,
                            CreatedAt = now.AddDays(-60),
                            // The housekeeping is at work too.
                            ExpiresAt = now.AddDays(1),
                        }
                    );
                    scope.Db.Add(
                        new ServiceItem
                        {
                            RequestId = id,
                            TransferId = Ids.New(),
                            DataSetId = CityListing.Vehicle,
                            FetchedAt = now.AddDays(-60),
                            DueAt = now.AddDays(-20),
                            OverdueAt = now.AddDays(-15),
                            SuspendedAt = now,
                        }
                    );
                },
                Stop
            );
    }

    private static async Task<(RequestState, string?)> StateAsync(WireHouse house, WireRequest request)
    {
        var row = await house.RowAsync(request.Id);
        return (row.State, row.Code);
    }

    // The portal's own loop has the same clock, and may have been first.
    private static async Task<WireDelivery> SettledAsync(WireHouse house, WireRequest request, int attempts) =>
        await Eventually.GetAsync(
            house.Portal.Committed,
            $"attempt {attempts}",
            async () =>
                await house.DeliveryAsync(request.Id) is { } row
                && (row.State != WireState.Waiting || (row.Attempts == attempts && row.Failure is not null))
                    ? row
                    : null
        );
}
