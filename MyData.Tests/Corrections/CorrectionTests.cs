using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Corrections;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Tests.Services;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Keys;

namespace MyData.Tests.Corrections;

/// <summary>"This value is wrong": from her browser, which seals it, to the agency's answer.</summary>
public sealed class CorrectionTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private const string Field = "address";
    private const string Secret = "第 7 鄰，不是第 8 鄰";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SandboxKeys Keys => house.Get<SandboxKeys>();

    private CorrectionDesk Desk => house.Get<CorrectionDesk>();

    [Fact]
    public async Task Request_ReachesTheAgencyAlone_AndItsAnswerReachesHer()
    {
        var (citizen, transfer) = await OpenedAsync("lin");
        var empty = await citizen.GetAsync("/corrections");
        Assert.Equal("更正請求", empty.Heading);
        Assert.NotNull(empty.Html.QuerySelector(".empty"));
        (await AskAsync(citizen, transfer, content: Sealed(Field, Secret))).ShouldBe(HttpStatusCode.NoContent);
        Assert.Equal(
            "Sent",
            (await citizen.GetAsync("/corrections")).Single("[data-correction]").GetAttribute("data-status")
        );

        var asked = Assert.Single(await Desk.ListAsync(Stop), one => one.Words == Secret);
        Assert.Equal(("ris", Field, "第 8 鄰"), (asked.Agency.Id, asked.Field, asked.Value));
        Assert.Equal(
            "Taken",
            (await citizen.GetAsync("/corrections")).Single("[data-correction]").GetAttribute("data-status")
        );

        Assert.True(await Desk.AnswerAsync(asked.Agency, asked.Id, CorrectionAnswers.Corrected, Stop));
        var page = await citizen.GetAsync("/corrections");
        Assert.Equal("Corrected", page.Single("[data-correction]").GetAttribute("data-status"));
        Assert.Contains("再取得一次", page.Words, StringComparison.Ordinal);
        var row = await RowAsync(transfer);
        Assert.Equal((null, CorrectionAnswers.Corrected), (row.Sealed, row.Answer));
        var events = (await house.EventsAsync(row.CitizenId))
            .Where(e => e.TransferId == transfer)
            .Select(e => e.Kind)
            .ToList();
        foreach (
            var kind in (string[])
                [EventKinds.CorrectionAsked, EventKinds.CorrectionTaken, EventKinds.CorrectionAnswered]
        )
            Assert.Single(events, kind);
        Assert.Contains(NoticeKinds.CorrectionAnswered, await house.NoticesAsync(row.CitizenId));
        var history = (await citizen.GetAsync("/history")).Words.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("回答了您對戶籍資料的更正請求", history, StringComparison.Ordinal);
        // What is answered waits no more, and is answered once.
        Assert.DoesNotContain(await Desk.ListAsync(Stop), one => one.Id == asked.Id);
        Assert.False(await Desk.AnswerAsync(asked.Agency, asked.Id, CorrectionAnswers.Right, Stop));
        Assert.DoesNotContain(house.Portal.Log.All, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SameForm_SentTwice_IsOneRequest()
    {
        var (citizen, transfer) = await OpenedAsync("chen");
        var id = Guid.NewGuid();
        (await AskAsync(citizen, transfer, id: id)).ShouldBe(HttpStatusCode.NoContent);
        (await AskAsync(citizen, transfer, id: id)).ShouldBe(HttpStatusCode.NoContent);
        Assert.Single((await citizen.GetAsync("/corrections")).Html.QuerySelectorAll("[data-correction]"));
    }

    [Fact]
    public async Task Request_OfAnothersPackage_OrAFieldThatWasNotAgreed_OrUnsealed_IsRefused()
    {
        var (_, transfer) = await OpenedAsync("chang");
        var (stranger, own) = await OpenedAsync("li");
        (await AskAsync(stranger, transfer)).ShouldBe(HttpStatusCode.NotFound);
        (await AskAsync(stranger, Guid.NewGuid())).ShouldBe(HttpStatusCode.NotFound);
        (await AskAsync(stranger, own, field: "nationalSecret")).ShouldBe(HttpStatusCode.NotFound);
        foreach (
            var content in (string[])
                [
                    Secret,
                    "e30.AA.AA.AA.AA",
                    "a.b.c.d.e",
                    $"{Base64UrlText.Encode("""{"alg":"RSA1_5","enc":"A256GCM"}"""u8)}.AA.AA.AA.AA",
                    new string('A', 20_000),
                    $"{Base64UrlText.Encode("""{"alg":"\ud800","enc":"A256GCM"}"""u8)}.AA.AA.AA.AA",
                ]
        )
            (await AskAsync(stranger, own, content: content)).ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await stranger.PostWithTokenAsync("/corrections", null, ("id", $"{Guid.NewGuid()}"))).ShouldBe(
            HttpStatusCode.BadRequest
        );
        using var visitor = house.Portal.Visitor();
        (await visitor.GetAsync("/corrections")).ShouldBeAt("/signin");
        Assert.Empty((await stranger.GetAsync("/corrections")).Html.QuerySelectorAll("[data-correction]"));
    }

    [Fact]
    public async Task OtherAgency_SeesNothing_AndCanAnswerNothing()
    {
        var (citizen, transfer) = await OpenedAsync("huang");
        await AskAsync(citizen, transfer);
        var row = await RowAsync(transfer);
        var other = SandboxAgencies.All.Single(agency => agency.Id == "bli");
        var portal = house.Get<PortalClient>();
        var seen = await portal.CallAsync(other.ClientId, Keys.Agency(other.Id), "/api/v1/corrections", null, Stop);
        Assert.DoesNotContain($"{row.Id}", Encoding.UTF8.GetString(seen!), StringComparison.Ordinal);
        Assert.False(await Desk.AnswerAsync(other, $"{row.Id}", CorrectionAnswers.Right, Stop));
        Assert.Null((await RowAsync(transfer)).Answer);
        // An answer that is none, and somebody who proves nothing.
        Assert.False(await Desk.AnswerAsync(SandboxAgencies.All[0], $"{row.Id}", "perhaps", Stop));
        using var http = new HttpClient();
        using var anybody = await http.PostAsync(new Uri(house.Portal.Origin, "/api/v1/corrections"), null, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, anybody.StatusCode);
    }

    [Fact]
    public async Task MoreThanADaysShare_IsRefused_AndNothingIsLost()
    {
        var (citizen, transfer) = await OpenedAsync("wang");
        for (var n = 0; n < new CorrectionSettings().ADay; n++)
            (await AskAsync(citizen, transfer)).ShouldBe(HttpStatusCode.NoContent);
        (await AskAsync(citizen, transfer)).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    private async Task<(CitizenDriver Citizen, Guid Transfer)> OpenedAsync(string persona)
    {
        using var service = house.OtherDriver();
        var (request, transfer, _) = await house.ReceivedAsync(service, persona);
        return (request.Citizen, transfer);
    }

    private Task<Page> AskAsync(
        CitizenDriver citizen,
        Guid transfer,
        Guid? id = null,
        string field = Field,
        string? content = null
    ) =>
        AskWithTokenAsync(
            citizen,
            ("id", $"{id ?? Guid.NewGuid()}"),
            ("transfer", $"{transfer}"),
            ("field", field),
            ("sealed", content ?? Sealed(field, "錯了"))
        );

    private static async Task<Page> AskWithTokenAsync(CitizenDriver citizen, params (string, string)[] fields)
    {
        await citizen.GetAsync("/account");
        return await citizen.PostAsync("/corrections", fields);
    }

    // As her browser does.
    private string Sealed(string field, string words)
    {
        using var rsa = Keys.Agency("ris").Certificate.GetRSAPublicKey()!;
        var content = new
        {
            field,
            value = "第 8 鄰",
            words,
        };
        return Jwe.EncryptCompact(
            JsonSerializer.SerializeToUtf8Bytes(content),
            Jwk.From(rsa),
            JoseNames.RsaOaep256,
            JoseNames.A256Gcm
        );
    }

    private Task<Correction> RowAsync(Guid transfer) =>
        house.Portal.ReadAsync(db => db.Set<Correction>().FirstAsync(c => c.TransferId == transfer));
}
