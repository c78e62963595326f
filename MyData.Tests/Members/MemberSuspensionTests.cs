using System.Net;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Members;
using MyData.Core.Services;
using MyData.Tests.Support;

namespace MyData.Tests.Members;

/// <summary>A service that owes answers about deleting signs nobody in, however far the sign-in has come.</summary>
public sealed class MemberSuspensionTests(MemberHouse house) : IClassFixture<MemberHouse>
{
    private const string Suspended = "service.suspended";

    [Fact]
    public async Task Suspended_IsToldOfNobody_WhereverASignInStands()
    {
        using var club = await house.ClubAsync();
        var citizen = await house.CitizenAsync("lin");
        var signed = await house.SignInAsync(club, "lin");
        await MemberHouse.OpenAsync(club, citizen, "prompt=consent");
        var code = (await MemberHouse.AnswerAsync(citizen))["code"].ToString();
        var again = MemberHouse.AuthorizePath(club, await club.PushAsync(MemberHouse.Request(club)));
        var silent = MemberHouse.AuthorizePath(club, await club.PushAsync(MemberHouse.Request(club, "prompt=none")));
        await MemberHouse.OpenAsync(club, citizen, "prompt=consent");
        var events = (await house.EventsAsync(club, await house.IdAsync("lin"))).Count;
        await SuspendAsync(club);

        // The form of a page that was before her already.
        await citizen.SubmitAsync("member-sign-in", ("decision", "agree"));
        SaysSo(citizen.Page);
        // She agreed before, and would be led back at once.
        SaysSo(await citizen.GetAsync(again));
        await citizen.GetAsync(silent);
        Assert.Equal("unauthorized_client", MemberHouse.Told(citizen)["error"].ToString());
        Assert.Equal($"unauthorized_client {Suspended}", (await club.TokenAsync(club.Redemption(code))).Refusal);
        var read = await club.UserInfoAsync(signed.Access);
        Assert.Equal((HttpStatusCode.Forbidden, $"insufficient_scope {Suspended}"), (read.Status, read.Refusal));
        var since = (await house.EventsAsync(club, await house.IdAsync("lin"))).Skip(events).Select(e => e.Kind);
        Assert.DoesNotContain(
            since,
            kind => kind is EventKinds.MemberSignedIn or EventKinds.MemberTokenGiven or EventKinds.MemberRead
        );
    }

    private static void SaysSo(Page page)
    {
        Assert.Contains("暫停中，現在不能登入", page.Heading, StringComparison.Ordinal);
        Assert.Contains(Suspended, page.Words, StringComparison.Ordinal);
        Assert.Null(page.Html.GetElementById("member-sign-in"));
    }

    private async Task SuspendAsync(ServiceDriver club)
    {
        var (id, now) = (Ids.New(), TimeProvider.System.GetUtcNow());
        await house
            .Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope.Db.Add(
                    new ServiceRequest
                    {
                        Id = id,
                        UriHash = $"{id}",
                        ServiceId = club.ClientId,
                        Content = [],
                        State = RequestState.Received,
                        CreatedAt = now.AddDays(-60),
                        ExpiresAt = now.AddDays(-60),
                    }
                );
                scope.Db.Add(
                    new ServiceItem
                    {
                        RequestId = id,
                        TransferId = Ids.New(),
                        DataSetId = "API.x",
                        FetchedAt = now.AddDays(-60),
                        DueAt = now.AddDays(-20),
                        OverdueAt = now.AddDays(-15),
                        SuspendedAt = now,
                    }
                );
            });
    }
}
