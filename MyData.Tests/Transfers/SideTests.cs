using System.Net;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Transfers;
using MyData.Core.Watch;
using MyData.Tests.SignIn;
using MyData.Tests.Staff;
using MyData.Tests.Support;
using MyData.Web.Features.Desk;
using MyData.Web.Features.History;
using MyData.Web.Features.Staff;

namespace MyData.Tests.Transfers;

/// <summary>
/// Both ends of a transfer report it; who is silent or says something else is shown to her, to the staff, and to itself.
/// </summary>
public sealed class SideTests(SideHouse house) : IClassFixture<SideHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("API.7QovE2Gev6")]
    [InlineData("API.60GGfgGX1A")]
    [InlineData(SideHouse.Odd)]
    public async Task Report_OfAnHonestAgency_Agrees_OnBothWires(string dataSet)
    {
        var transfer = await house.TransferAsync(dataSet: dataSet);
        var side = await house.SideAsync(transfer, one => one.State == SideState.Agreed);
        Assert.Equal(("ok", "ok", ""), (side.Result, side.ReportedResult, side.Differences));
        if (side.Seals)
            Assert.Equal(transfer.SealDigest, side.ReportedSeal);
        else
            Assert.Null(side.ReportedSeal);
        var page = await house.Citizen.Browser.GetAsync(HistoryUrls.Page);
        Assert.Contains("兩邊一致", page.Words, StringComparison.Ordinal);
        Assert.NotNull(page.Html.QuerySelector($"[data-side='{side.ReportId}']"));
        await house.OverdueAsync(side);
        Assert.Empty(await house.EventsAsync(transfer, EventKinds.SideMissing));
    }

    /// <summary>Such reports have no <c>con</c>: the agency does not know the consent's salt.</summary>
    [Fact]
    public async Task Report_OfATransferOnAConsent_RingsNoAlarm()
    {
        var transfer = await house.TransferAsync(dataSet: "API.7QovE2Gev6");
        var side = await house.SideAsync(transfer, one => one.State == SideState.Agreed);
        await house.WatchedAsync(side);
        var alarms = await house.Portal.ReadAsync(db =>
            db.Set<Alarm>().Select(a => new { a.Code, a.Subject }).ToListAsync()
        );
        Assert.NotEmpty(alarms);
        Assert.DoesNotContain(
            alarms,
            a => a.Code == AlarmCodes.NoConsent && a.Subject.Contains("ris/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Report_WhereNothingIsHeld_Agrees()
    {
        using var wu = await Traveller.SignInAsync(house.Portal, "wu");
        var consent = await wu.AgreeAsync("ds=API.7QovE2Gev6");
        var transfer = Assert.Single(await wu.SettledAsync(consent));
        var side = await house.SideAsync(transfer, one => one.State == SideState.Agreed);
        Assert.Equal(("none", "none"), (side.Result, side.ReportedResult));
    }

    [Fact]
    public async Task Report_ThatDoesNotCome_IsMissingAfterItsTime_AndSheIsToldOnce()
    {
        var transfer = await house.TransferAsync("side-silent");
        var side = await house.SideAsync(transfer);
        Assert.Equal(SideState.Waiting, side.State);
        Assert.Equal(transfer.ReadyAt + TimeSpan.FromHours(24), side.DueAt);
        var early = await house.Citizen.Browser.GetAsync(HistoryUrls.Page);
        Assert.Contains("還沒回報", early.Words, StringComparison.Ordinal);

        await house.OverdueAsync(side);
        await house.OverdueAsync(side);
        Assert.Equal(SideState.Missing, (await house.SideAsync(transfer)).State);
        var told = Assert.Single(await house.EventsAsync(transfer, EventKinds.SideMissing));
        Assert.Equal(
            (transfer.CitizenId, transfer.ConsentId, "side.missing"),
            (told.CitizenId, told.ConsentId, told.Code)
        );
        var page = await house.Citizen.Browser.GetAsync(HistoryUrls.Page);
        Assert.Contains("機關沒有回報", page.Words, StringComparison.Ordinal);
        Assert.Contains("沒有在 24 小時內回報", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_AfterItsTime_AgreesAndIsCalledLate()
    {
        var transfer = await house.TransferAsync("side-late");
        await house.OverdueAsync(await house.SideAsync(transfer));
        var side = await house.SideAsync(transfer, one => one.State == SideState.Agreed);
        Assert.True(side.ReportedAt > side.DueAt);
        var page = await house.Citizen.Browser.GetAsync(HistoryUrls.Page);
        Assert.Contains("一致，但晚回報", page.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("side-other-seal", SideDifferences.Seal)]
    [InlineData("side-other-result", SideDifferences.Result)]
    public async Task Report_OfSomethingElse_Differs_AndSheIsToldInWhat(string behaviour, string difference)
    {
        var transfer = await house.TransferAsync(behaviour);
        var side = await house.SideAsync(transfer, one => one.State == SideState.Differs);
        Assert.Equal(difference, side.Differences);
        await house.Get<SideSweep>().SweepAsync(Stop);
        await house.Get<SideSweep>().SweepAsync(Stop);
        var told = Assert.Single(await house.EventsAsync(transfer, EventKinds.SideDiffers));
        Assert.Equal($"side.{difference}", told.Code);
        var page = await house.Citizen.Browser.GetAsync(HistoryUrls.Page);
        Assert.Contains("兩邊不同", page.Words, StringComparison.Ordinal);
        Assert.Contains("先別拿這份資料去辦重要的事", page.Words, StringComparison.Ordinal);
    }

    /// <summary>What only a report by hand can get wrong: each is named.</summary>
    [Theory]
    [InlineData("fields", SideDifferences.Fields)]
    [InlineData("no-fields", SideDifferences.Fields)]
    [InlineData("data-set", SideDifferences.DataSet)]
    [InlineData("sender", SideDifferences.Sender)]
    public async Task Report_WithAWrongPart_NamesIt(string what, string difference)
    {
        var transfer = await house.TransferAsync("side-silent");
        var side = await house.SideAsync(transfer);
        var good = SideHouse.Report(side.ReportId) with
        {
            Fields = side.Fields.Split(' '),
            SealDigest = Convert.FromHexString(side.Seal!),
        };
        var sent = what switch
        {
            "fields" => good with { Fields = [.. good.Fields, "motherName"] },
            "no-fields" => good with { Fields = [] },
            "data-set" => good with { From = "odd/API.other@1" },
            _ => good with { Via = "sandbox-ris" },
        };
        Assert.Equal(HttpStatusCode.Created, (await house.PostAsync(SideHouse.Envelope(sent))).Status);
        side = await house.SideAsync(transfer);
        Assert.Equal((SideState.Differs, difference), (side.State, side.Differences));
        // It cannot be taken back: another report has the same id.
        if (what != "sender")
            Assert.Equal("sent.conflict", (await house.PostAsync(SideHouse.Envelope(good))).Code);
    }

    [Fact]
    public async Task Report_OfAnUnknownTransfer_IsForTheStaffAlone()
    {
        var id = TransferReport.IdOf(Guid.CreateVersion7(), TransferReport.Sent, SideHouse.Client);
        Assert.Equal(HttpStatusCode.Created, (await house.PostAsync(SideHouse.Envelope(SideHouse.Report(id)))).Status);
        var side = await house.Portal.ReadAsync(db => db.Set<TransferSide>().SingleAsync(one => one.ReportId == id));
        Assert.Equal((SideState.Unknown, SideHouse.Client), (side.State, side.Client));
        Assert.Null(side.CitizenId);
        // What nobody signed reports nothing, however it came into the log.
        Assert.False(TransferReport.IsReport(SideHouse.Report(id)));
    }

    [Fact]
    public async Task Transfer_ThatFailed_NeedsNoReport()
    {
        var transfer = await house.TransferAsync("error");
        var side = await house.SideAsync(transfer);
        Assert.Equal((SideState.Unneeded, transfer.Code), (side.State, side.Result));
        await house.OverdueAsync(side);
        Assert.Empty(await house.EventsAsync(transfer, EventKinds.SideMissing));
    }

    [Fact]
    public async Task Staff_SeeWhatIsWrong_AndTakeItAlong()
    {
        var missing = await house.TransferAsync("side-silent");
        await house.OverdueAsync(await house.SideAsync(missing));
        var differs = await house.TransferAsync("side-other-seal");
        await house.SideAsync(differs, one => one.State == SideState.Differs);
        var fine = await house.TransferAsync();
        await house.SideAsync(fine, one => one.State == SideState.Agreed);

        using var staff = house.Portal.Visitor();
        using var key = new SoftAuthenticator(staff.Origin);
        (
            await StaffHouse.EnrolAsync(
                staff,
                key,
                house.Get<Core.Staff.StaffInvitations>().Create("Ms Lin", "help-desk")
            )
        ).ShouldBeAt("/desk");
        var page = (await staff.GetAsync(DeskUrls.Transfers)).ShouldBe(HttpStatusCode.OK);
        Assert.Contains(missing.Id.ToString(), page.Words, StringComparison.Ordinal);
        Assert.Contains(differs.Id.ToString(), page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(fine.Id.ToString(), page.Words, StringComparison.Ordinal);
        page = await staff.GetAsync(DeskUrls.With(DeskUrls.Transfers, SideChoice.Missing, SideHouse.Client));
        Assert.DoesNotContain(differs.Id.ToString(), page.Words, StringComparison.Ordinal);
        page = await staff.GetAsync(DeskUrls.With(DeskUrls.Transfers, SideChoice.Missing, "sandbox-ris"));
        Assert.DoesNotContain(missing.Id.ToString(), page.Words, StringComparison.Ordinal);

        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            DeskUrls.With(DeskUrls.TransfersCsv, SideChoice.Differs, null)
        );
        using var csv = await staff.SendAsync(request);
        var lines = (await csv.Content.ReadAsStringAsync(Stop)).Split("\r\n");
        Assert.StartsWith("transfer,report,op,client", lines[0], StringComparison.Ordinal);
        Assert.Contains(
            lines,
            line =>
                line.StartsWith($"{differs.Id},", StringComparison.Ordinal)
                && line.Contains(",differs,seal,", StringComparison.Ordinal)
        );

        Assert.Contains(
            await house.Portal.EventsAsync(),
            e =>
                e.Kind == EventKinds.AuditExported
                && e.Actor.StartsWith("operator:", StringComparison.Ordinal)
                && e.Details!.Contains("transfers", StringComparison.Ordinal)
        );

        var closed = await house.Citizen.Browser.GetAsync(DeskUrls.Transfers);
        closed.ShouldBeAt(StaffUrls.SignIn);
    }

    [Fact]
    public async Task Agency_ReadsItsOwnSides_BySignatureAlone()
    {
        var transfer = await house.TransferAsync("side-other-seal");
        await house.SideAsync(transfer, one => one.State == SideState.Differs);
        var (status, json) = await house.AskAsync("/ledger/v1/sides?which=differs");
        Assert.Equal(HttpStatusCode.OK, status);
        var found = json["sides"]!.AsArray().Single(one => (string?)one!["transfer"] == transfer.Id.ToString())!;
        Assert.Equal(("differs", "seal"), ((string?)found["state"], (string?)found["differences"]![0]));
        (status, json) = await house.AskAsync("/ledger/v1/sides?which=all", "sandbox-ris");
        Assert.DoesNotContain(json["sides"]!.AsArray(), one => (string?)one!["transfer"] == transfer.Id.ToString());

        Assert.Equal(
            "read.signature",
            Code(await house.AskAsync("/ledger/v1/sides", signed: "/ledger/v1/sides?which=all"))
        );
        Assert.Equal("read.signature", Code(await house.AskAsync("/ledger/v1/sides", off: TimeSpan.FromMinutes(-6))));
        Assert.Equal("read.signature", Code(await house.AskAsync("/ledger/v1/sides", off: TimeSpan.FromMinutes(6))));
        Assert.Equal("read.which", Code(await house.AskAsync("/ledger/v1/sides?which=mine")));
        using var plain = new HttpRequestMessage(HttpMethod.Get, new Uri(house.Portal.Origin, "/ledger/v1/sides"));
        (status, json) = await SideHouse.SendAsync(plain);
        Assert.Equal((HttpStatusCode.Unauthorized, "read.unsigned"), (status, (string?)json["code"]));

        static string? Code((HttpStatusCode, System.Text.Json.Nodes.JsonNode Json) answer) =>
            (string?)answer.Json["code"];
    }

    [Fact]
    public void Id_OfAReport_IsWhatTheDocumentSays()
    {
        // Made by a few lines of Python from the words of the document.
        var transfer = Guid.Parse("0193b3a1-7c1e-7abc-8def-0123456789ab");
        Assert.Equal(Expected, TransferReport.IdOf(transfer, TransferReport.Sent, "sandbox-ris").ToString());
        Assert.NotEqual(
            TransferReport.IdOf(transfer, TransferReport.Sent, "sandbox-ris"),
            TransferReport.IdOf(transfer, TransferReport.Received, "sandbox-ris")
        );
    }

    private const string Expected = "0193b371-cd00-7d40-918c-568bc75bde9d";
}

/// <summary>The table is made of the events and the log, and can be made of them again.</summary>
public sealed class SideRebuildTests(SideHouse house) : IClassFixture<SideHouse>
{
    [Fact]
    public async Task Rebuild_OfALostTable_GivesTheSameStates()
    {
        var agreed = await house.TransferAsync();
        await house.SideAsync(agreed, one => one.State == SideState.Agreed);
        var differs = await house.TransferAsync("side-other-result");
        await house.SideAsync(differs, one => one.State == SideState.Differs);
        await house.TransferAsync("error");
        var silent = await house.TransferAsync("side-silent");
        await house.SideAsync(silent);
        var before = await StatesAsync();

        await house
            .Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope.Db.Set<TransferSide>().ExecuteDelete();
            });
        var made = await house.Get<SideRebuild>().WhereEmptyAsync(TestContext.Current.CancellationToken);
        Assert.Equal(before.Count, made);
        Assert.Equal(before, await StatesAsync());
        Assert.Equal(0, await house.Get<SideRebuild>().WhereEmptyAsync(TestContext.Current.CancellationToken));
    }

    private Task<List<string>> StatesAsync() =>
        house.Portal.ReadAsync(async db =>
        {
            var sides = await db.Set<TransferSide>().OrderBy(side => side.ReportId).ToListAsync();
            return sides
                .Select(one =>
                    $"{one.ReportId} {one.TransferId} {one.CitizenId} {one.ConsentId} {one.From} {one.Fields} {one.Seals} {one.Reports} "
                    + $"{one.EndedAt} {one.DueAt} {one.Result} {one.Seal} {one.ReportedResult} {one.ReportedSeal} {one.State} {one.Differences}"
                )
                .ToList();
        });
}
