using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Core.Wire.ServiceSide;
using MyData.Tests.Support;
using MyData.Web.Sandbox.City;

namespace MyData.Tests.Wire;

/// <summary>From "apply" at the city to what it has opened with code of its own, and every other way that it can end (protocols.md B2).</summary>
public sealed class WireJourneyTests(WireHouse house) : IClassFixture<WireHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CityListing.Care, "lin", "A256GCMKW")]
    [InlineData(CityListing.Parking, "chen", "A256KW")]
    public async Task City_FromApplyToReceived_OpensWhatSheSaw(string service, string persona, string alg)
    {
        house.Conduct(CityConduct.Good);
        var request = await house.FetchedAsync(persona, service);
        var citizen = request.Citizen;
        foreach (var word in (string[])["這個服務用的是舊格式", "MyData 也打得開", "不會簽收"])
            Assert.Contains(word, citizen.Page.Words, StringComparison.Ordinal);
        string? sent = null;
        var back = await request.AgreeAsync(change: upload =>
        {
            sent = Encoding.ASCII.GetString(upload.Bytes);
            return upload;
        });

        Assert.Equal("200", request.CodeOf(back));
        citizen.Page.ShouldBeAt($"/sandbox/city/{service}/result").ShouldBe(HttpStatusCode.OK);
        Assert.Contains("收到您的資料了", citizen.Page.Words, StringComparison.Ordinal);
        Assert.Contains("車籍資料", citizen.Page.Words, StringComparison.Ordinal);
        Assert.Contains(SandboxSteps.Persona(persona).Id.Value, citizen.Page.Words, StringComparison.Ordinal);
        Assert.Equal(alg, MyData.Core.Encryption.Jwe.PeekHeader(sent!).GetProperty("alg").GetString());
        var row = await house.RowAsync(request.Id);
        Assert.Equal(RequestState.Received, row.State);
        await AssertNothingIsLeftAsync(request, WireState.Fetched);
        var told = (await house.Portal.EventsAsync())
            .Where(e => e.ConsentId == row.ConsentId)
            .Select(e => e.Kind)
            .ToList();
        Assert.Equal(
            [
                EventKinds.ConsentGiven,
                .. request.Application.Packages.Select(_ => EventKinds.ServiceHandedOver),
                EventKinds.ServiceTicketGiven,
                .. request.Application.Packages.Select(_ => EventKinds.ServiceFetched),
            ],
            // Agencies are told too, when they answer.
            told.Where(kind => kind is not (EventKinds.NoticeQueued or EventKinds.ServiceAgencyTold))
        );
        var transfers = await house.Portal.ReadAsync(db =>
            db.Set<Transfer>().Where(t => t.ConsentId == row.FetchConsentId).ToListAsync(Stop)
        );
        Assert.All(transfers, transfer => Assert.Equal((TransferState.Done, null), (transfer.State, transfer.Head)));
        var page = await citizen.GetAsync(request.Steps.Path);
        Assert.Contains("已經收到", page.Heading, StringComparison.Ordinal);
        Assert.Contains("不會簽收", page.Words, StringComparison.Ordinal);
        var history = (await citizen.GetAsync("/history")).Words.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("拿走了您的車籍資料", history, StringComparison.Ordinal);
        Assert.Contains("拿走了您交出的資料", (await citizen.GetAsync("/notices")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CbcForm_IsReadByMicrosoftsLibrary_AndCarriesTheAgencysVeryZip()
    {
        house.Conduct(CityConduct.Good);
        var request = await house.HandedOverAsync("chang");
        var (status, type, body, _) = await house.FetchAsync(request.Application.Ticket);
        Assert.Equal((200, "application/jwe"), (status, type));
        var handler = new JsonWebTokenHandler();
        var plain = handler.DecryptToken(
            new JsonWebToken(Encoding.ASCII.GetString(body)),
            new TokenValidationParameters
            {
                TokenDecryptionKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(request.Application.Key!)),
            }
        );
        using var json = JsonDocument.Parse(plain);
        Assert.StartsWith(
            "application/zip;data:",
            json.RootElement.GetProperty("data").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Refusal_AtEitherConsent_LeadsBackWith205_AndTheCityIsToldNothing()
    {
        house.Conduct(CityConduct.Good);
        var first = await house.ApplyAsync("wang");
        await first.Steps.FetchAsync("refuse");
        Assert.Equal("205", first.CodeOf(BackOf(first)));
        var second = await house.FetchedAsync("wang");
        Assert.Equal("205", second.CodeOf(await second.PostAsync(("decision", "refuse"))));
        foreach (var request in (WireRequest[])[first, second])
        {
            Assert.Equal(ServiceCodes.Declined, (await house.RowAsync(request.Id)).Code);
            Assert.Null(request.Application.Ticket);
            Assert.False(
                await house.Portal.ReadAsync(db => db.Set<WireDelivery>().AnyAsync(d => d.Id == request.Id, Stop))
            );
        }
    }

    [Fact]
    public async Task Agency_ThatHoldsNothing_IsNamedWith204_AndTheRestGoes()
    {
        house.Conduct(CityConduct.Good);
        // A child has no car.
        var request = await house.ApplyAsync("kuo", CityListing.Care);
        await request.Steps.FetchAsync(until: "#wire-hand-over");
        Assert.Contains("沒有您的這項資料", request.Citizen.Page.Words, StringComparison.Ordinal);
        var back = await request.AgreeAsync();
        Assert.Equal("200", request.CodeOf(back));
        Assert.Contains(request.Application.Packages, package => package.SignedBy is null);
        Assert.Contains(request.Application.Packages, package => package.SignedBy is not null);
    }

    [Theory]
    [InlineData("error", "504")]
    [InlineData("maintenance", "501")]
    [InlineData("unauthorized", "504")]
    public async Task Agency_ThatFails_LeadsBackWithItsCode_AndTheCityHearsOfWhat(string behaviour, string code)
    {
        house.Conduct(CityConduct.Good);
        var request = await FailedAsync("huang", behaviour);
        Assert.Equal(code, request.CodeOf(BackOf(request)));
        await house.Get<SpApiSender>().SendDueAsync(Stop);
        Assert.Null(request.Application.Key);
        Assert.Contains(WireHouse.OddNational, request.Application.Unable);
        // The ticket that came with it opens nothing.
        Assert.Equal(504, (await house.FetchAsync(request.Application.Ticket)).Status);
        Assert.Equal(WireState.Ended, (await house.DeliveryAsync(request.Id)).State);
    }

    [Fact]
    public void Codes_OfEnds_AreThoseOfTheFormat()
    {
        static Transfer Failed(string code) =>
            new()
            {
                Id = Guid.Empty,
                ConsentId = Guid.Empty,
                CitizenId = Guid.Empty,
                DataSetId = "",
                ProviderId = "",
                SchemaVersion = 1,
                RecipientJwk = "",
                ClaimHash = "",
                Level = default,
                Methods = "",
                AuthTime = default,
                CreatedAt = default,
                DeadlineAt = default,
                State = TransferState.Failed,
                Code = code,
            };
        static int Of(string code, MyData.Core.Catalog.WireFormat wire) =>
            NationalReturn.CodeOf(ServiceCodes.NotFetched, [(Failed(code), wire)]);

        Assert.Equal(206, Of(TransferCodes.NeverReady, MyData.Core.Catalog.WireFormat.National));
        Assert.Equal(408, Of(TransferCodes.NeverReady, MyData.Core.Catalog.WireFormat.Native));
        Assert.Equal(408, Of(TransferCodes.Timeout, MyData.Core.Catalog.WireFormat.National));
        Assert.Equal(501, Of(TransferCodes.Delisted, MyData.Core.Catalog.WireFormat.National));
        Assert.Equal(504, Of(TransferCodes.Malformed, MyData.Core.Catalog.WireFormat.National));
        Assert.Equal(410, NationalReturn.CodeOf(WireCodes.SpApi, []));
        Assert.Equal(408, NationalReturn.CodeOf(ServiceCodes.Expired, []));
        Assert.Equal(408, NationalReturn.CodeOf(ServiceCodes.PackageGone, []));
        Assert.Equal(423, NationalReturn.CodeOf(ServiceCodes.Suspended, []));
    }

    [Fact]
    public async Task Upload_ThatIsNotWhole_OrNotHers_IsRefused_AndNothingGoes()
    {
        house.Conduct(CityConduct.Good);
        var request = await house.FetchedAsync("li");
        Func<Upload, Upload>[] wrong =
        [
            upload => upload with { Bytes = upload.Bytes[..^1] },
            upload => upload with { Bytes = [.. upload.Bytes[..^1], (byte)'!'] },
            upload => upload with { Key = upload.Key[..^1] },
            upload => upload with { Key = upload.Key[..^1] + "密" },
            // What is meant for the other mode.
            upload => upload with { Bytes = [.. upload.Bytes[..2], (byte)'X', .. upload.Bytes[3..]] },
        ];
        foreach (var change in wrong)
        {
            var led = await request.AgreeAsync(follow: false, change);
            Assert.Equal($"?problem={WireCodes.Upload}", led.Query);
            Assert.Equal(RequestState.Fetching, (await house.RowAsync(request.Id)).State);
        }
        // Another citizen's browser can upload nothing to it.
        var other = await house.FetchedAsync("yang");
        using var forged = new HttpRequestMessage(
            HttpMethod.Post,
            $"/services/requests/{request.Id}/wire/{Guid.NewGuid()}/0"
        )
        {
            Content = new ByteArrayContent([1, 2, 3]),
        };
        forged.Headers.Add(
            "RequestVerificationToken",
            other.Citizen.Page.Single("#wire-hand-over input[name=_form]").GetAttribute("value")
        );
        using var answer = await other.Citizen.SendAsync(forged);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("200", request.CodeOf(await request.AgreeAsync()));
    }

    [Fact]
    public async Task Agree_SentTwice_IsOneDecision_AndOneTicket()
    {
        house.Conduct(CityConduct.Good);
        var request = await house.FetchedAsync("huang");
        var page = request.Citizen.Page;
        await request.AgreeAsync(follow: false);
        var ticket = request.Application.Ticket;
        Assert.Same(page, request.Citizen.Page);
        await request.AgreeAsync(follow: false);
        Assert.Equal(ticket, request.Application.Ticket);
        Assert.Equal(RequestState.Granted, (await house.RowAsync(request.Id)).State);
    }

    [Fact]
    public async Task Key_StandsInTheDatabaseSealedOnly_AndInNoLog()
    {
        house.Conduct(CityConduct.Good);
        var request = await house.HandedOverAsync("nguyen");
        var key = request.Application.Key!;
        var delivery = await house.DeliveryAsync(request.Id);
        Assert.Contains(
            key,
            house.Get<PersonalDataVault>().Open(delivery.Secret!, "wire.secret", delivery.Id),
            StringComparison.Ordinal
        );
        foreach (
            var file in new[] { "", "-wal" }
                .Select(end => Path.Combine(house.Portal.Folder, $"mydata.db{end}"))
                .Where(File.Exists)
        )
            Assert.DoesNotContain(key, await ReadAsync(file), StringComparison.Ordinal);
        Assert.DoesNotContain(house.Portal.Log.All, line => line.Contains(key, StringComparison.Ordinal));
        // Her copy of everything has neither key nor ticket.
        var copy = (await request.Citizen.GetAsync("/account/data.json")).Text;
        Assert.Contains("wire_deliveries", copy, StringComparison.Ordinal);
        Assert.DoesNotContain(key, copy, StringComparison.Ordinal);
        Assert.DoesNotContain(request.Application.Ticket!, copy, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Stop);
        return Encoding.Latin1.GetString(bytes.ToArray());
    }

    private async Task<WireRequest> FailedAsync(string persona, string behaviour)
    {
        Assert.True(house.Get<MyData.Web.Sandbox.Misbehaving.MisbehaveSwitch>().Set(behaviour));
        try
        {
            var request = await house.ApplyAsync(persona, CityListing.Care);
            var citizen = request.Citizen;
            // The same application once more, now for the odd agency's data.
            var entry = house.Entry(
                WireHouse.Odd,
                WireHouse.Base64(WireHouse.OddNational),
                request.Application.TxId,
                house.ReturnUrl(CityListing.Care)
            );
            await citizen.GetAsync(entry);
            var odd = new WireRequest(house, citizen, CityListing.Care);
            await odd.Steps.FetchAsync(until: $"main:not(:has([data-follow])) form[action='{odd.Steps.Path}/decline']");
            await citizen.SubmitAsync($"{odd.Steps.Path}/decline");
            return odd;
        }
        finally
        {
            house.Get<MyData.Web.Sandbox.Misbehaving.MisbehaveSwitch>().Set("none");
        }
    }

    private static Uri BackOf(WireRequest request) =>
        request
            .Citizen.Page.Via.Append(request.Citizen.Page.Url)
            .Single(url => url.AbsolutePath.EndsWith("/back", StringComparison.Ordinal));

    private async Task AssertNothingIsLeftAsync(WireRequest request, WireState state)
    {
        var delivery = await house.DeliveryAsync(request.Id);
        Assert.Equal((state, null), (delivery.State, delivery.Secret));
        Assert.Equal(0, await house.PartsAsync(request.Id));
    }
}
