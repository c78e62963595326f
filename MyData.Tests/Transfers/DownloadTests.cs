using System.Net;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Consent;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>The journey over HTTP: consent, fetch, claim, done.</summary>
public abstract class DownloadTests(FaultPortal house)
{
    private const string Household = "API.7QovE2Gev6";
    private const string Labour = "API.UZQkKbsOpz";

    [Fact]
    public async Task Agree_TwoDataSets_BringsSealedPackagesThatOnlyHerKeyOpens()
    {
        var consent = await house.Citizen.AgreeAsync($"ds={Household}&ds={Labour}");
        var transfers = await house.Citizen.SettledAsync(consent);
        Assert.Equal(2, transfers.Count);
        foreach (var transfer in transfers)
        {
            Assert.Equal(TransferState.Ready, transfer.State);
            using var answer = await house.Citizen.FetchAsync(transfer.Id);
            var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            var opened = SealedPackage.Open(bytes, house.Citizen.Key);
            Assert.Equal(transfer.SealDigest, opened.Digest.Hex);
            using var package = PackageReader.Read(opened.Zip, PackageLimits.Default);
            Assert.Contains("data.json", package.Files);
            Assert.Throws<EncryptionException>(() => SealedPackage.Open(bytes, Jwk.GenerateEc(house.Citizen.Key.Kid)));
        }
    }

    [Fact]
    public async Task Agree_FormSentTwice_IsOneDecisionAndOneTransfer()
    {
        var consent = await house.Citizen.AgreeAsync($"ds={Household}");
        await house.Citizen.Browser.GetAsync($"/download/consent?ds={Household}");
        var again = await house.Citizen.Browser.SubmitAsync(
            "/download/decide",
            ("id", consent.ToString()),
            ("decision", "agree"),
            ("recipient_jwk", house.Citizen.Key.PublicOnly().ToJson()),
            ("claim_hash", Claims.HashOf(house.Citizen.Claim))
        );
        Assert.EndsWith(consent.ToString(), again.Path, StringComparison.Ordinal);
        Assert.Single(await house.Citizen.TransfersAsync(consent));
        Assert.Single(await house.Citizen.EventsAsync(consent), e => e.Kind == EventKinds.ConsentGiven);
    }

    [Fact]
    public async Task Refuse_LeavesAReceiptAndAsksNobody()
    {
        await house.Citizen.Browser.GetAsync($"/download/consent?ds={Household}");
        var page = await house.Citizen.Browser.SubmitAsync("/download/decide", ("decision", "refuse"));
        var consent = Guid.Parse(page.Url.Segments[^1]);
        Assert.Empty(await house.Citizen.TransfersAsync(consent));
        var receipt = await ReceiptAsync(consent);
        Assert.Equal("refused", receipt.GetProperty("consent_event").GetProperty("event_state").GetString());
    }

    [Fact]
    public async Task Receipt_RecomputesFromWhatWasDecided()
    {
        var consent = await house.Citizen.AgreeAsync($"ds={Household}");
        var receipt = await ReceiptAsync(consent);
        var processing = receipt.GetProperty("pii_processing");
        var purpose = processing.GetProperty("purposes")[0];
        Assert.Equal(Purposes.OwnUse, purpose.GetProperty("purpose").GetString());
        Assert.Equal(Household, purpose.GetProperty("pii_information")[0].GetProperty("dataset").GetString());
        Assert.Equal("PT8H", purpose.GetProperty("storage").GetProperty("sealed_retention").GetString());
        Assert.Equal(
            house.Citizen.Key.Thumbprint(),
            purpose.GetProperty("recipients")[0].GetProperty("key_thumbprint").GetString()
        );
        var page = await house.Citizen.Browser.GetAsync($"/download/consent?ds={Household}");
        var shown = page
            .Html.QuerySelectorAll("[data-statement-line]")
            .Select(line => line.GetAttribute("data-statement-line"));
        var hash = System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(string.Join('\n', shown))
        );
        Assert.Equal(Base64UrlText.Encode(hash), processing.GetProperty("notice_text_sha256").GetString());
    }

    [Fact]
    public async Task Receipt_OfAnotherCitizen_IsNotFound()
    {
        var consent = await house.Citizen.AgreeAsync($"ds={Household}");
        using var other = await Traveller.SignInAsync(house.Portal, "chen");
        Assert.Equal(HttpStatusCode.NotFound, (await other.Browser.GetAsync($"/receipts/{consent}.jws")).Status);
        var transfer = (await house.Citizen.SettledAsync(consent))[0];
        using var stolen = await other.FetchAsync(transfer.Id, house.Citizen.Claim);
        Assert.Equal(HttpStatusCode.NotFound, stolen.StatusCode);
        var page = await other.Browser.GetAsync($"/download/{consent}");
        Assert.DoesNotContain(transfer.Id.ToString(), page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claim_HundredBrowsersAtOnce_OnlyTheOneThatConsentedGetsBytes()
    {
        var consent = await house.Citizen.AgreeAsync($"ds={Household}");
        var transfer = (await house.Citizen.SettledAsync(consent))[0];
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(i => house.Citizen.FetchAsync(transfer.Id, i == 50 ? house.Citizen.Claim : $"other-{i}"))
        );
        Assert.Equal(1, answers.Count(answer => answer.IsSuccessStatusCode));
        Assert.Equal(99, answers.Count(answer => answer.StatusCode == HttpStatusCode.Forbidden));
        foreach (var answer in answers)
            answer.Dispose();
        Assert.Single(await house.Citizen.EventsAsync(consent), e => e.Kind == EventKinds.TransferClaimed);
    }

    [Fact]
    public async Task Done_DeletesWhatIsHeld_AndFurtherFetchesAreRefused()
    {
        var consent = await house.Citizen.AgreeAsync($"ds={Household}");
        var transfer = (await house.Citizen.SettledAsync(consent))[0];
        using (var first = await house.Citizen.FetchAsync(transfer.Id))
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await house.Citizen.Browser.GetAsync($"/open/{consent}");
        await house.Citizen.Browser.PostAsync($"/download/{consent}/done");
        using var second = await house.Citizen.FetchAsync(transfer.Id);
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
        Assert.Equal(
            0,
            await house.Portal.ReadAsync(db => db.Set<PackageChunk>().CountAsync(c => c.TransferId == transfer.Id))
        );
        var row = Assert.Single(await house.Citizen.TransfersAsync(consent));
        Assert.Equal(TransferState.Done, row.State);
        Assert.Null(row.Head);
    }

    [Fact]
    public async Task Consent_LevelAboveTheSession_IsNeverStored()
    {
        const string Disability = "API.nyhnLM1fve";
        var page = await house.Citizen.Browser.GetAsync($"/download/consent?ds={Disability}");
        Assert.Empty(page.Html.QuerySelectorAll("form[data-consent-form]"));
        await house.Citizen.Browser.PostAsync(
            "/download/decide",
            ("id", Guid.NewGuid().ToString()),
            ("ds", Disability),
            ("decision", "agree"),
            ("recipient_jwk", house.Citizen.Key.PublicOnly().ToJson()),
            ("claim_hash", Claims.HashOf(house.Citizen.Claim))
        );
        Assert.False(await house.Portal.ReadAsync(db => db.Set<Transfer>().AnyAsync(t => t.DataSetId == Disability)));
    }

    [Theory]
    [InlineData("recipient_jwk", "")]
    [InlineData("recipient_jwk", "{}")]
    [InlineData("recipient_jwk", "{\"kty\":\"oct\",\"k\":\"AAAA\"}")]
    [InlineData("claim_hash", "")]
    [InlineData("claim_hash", "short")]
    [InlineData("id", "1")]
    [InlineData("statement", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")]
    public async Task Decide_BrokenForm_LeadsBackAndStoresNothing(string field, string value)
    {
        var before = await house.Portal.ReadAsync(db => db.Set<ConsentRecord>().CountAsync());
        await house.Citizen.Browser.GetAsync($"/download/consent?ds={Household}");
        var values = new Dictionary<string, string>
        {
            ["decision"] = "agree",
            ["recipient_jwk"] = house.Citizen.Key.PublicOnly().ToJson(),
            ["claim_hash"] = Claims.HashOf(house.Citizen.Claim),
            [field] = value,
        };
        var page = await house.Citizen.Browser.SubmitAsync(
            "/download/decide",
            [.. values.Select(v => (v.Key, v.Value))]
        );
        page.ShouldBeAt("/download/consent");
        Assert.Equal(before, await house.Portal.ReadAsync(db => db.Set<ConsentRecord>().CountAsync()));
    }

    [Fact]
    public async Task Agree_WithTooMuchWaiting_IsToldSoAndStoresNothing()
    {
        using var greedy = await Traveller.SignInAsync(house.Portal, "wang");
        for (var round = 0; round < 12; round++)
            await greedy.AgreeAsync($"ds={Household}&ds={Labour}");
        var before = await house.Portal.ReadAsync(db => db.Set<ConsentRecord>().CountAsync());
        await greedy.Browser.GetAsync($"/download/consent?ds={Household}");
        var page = await greedy.Browser.SubmitAsync(
            "/download/decide",
            ("decision", "agree"),
            ("recipient_jwk", greedy.Key.PublicOnly().ToJson()),
            ("claim_hash", Claims.HashOf(greedy.Claim))
        );
        page.ShouldBeAt("/download/too-many").ShouldBe(HttpStatusCode.TooManyRequests);
        Assert.Contains(TransferCodes.TooManyOpen, page.Words, StringComparison.Ordinal);
        Assert.Equal(before, await house.Portal.ReadAsync(db => db.Set<ConsentRecord>().CountAsync()));
    }

    [Fact]
    public async Task SlowAgency_IsAskedAgain_AndSheIsTold()
    {
        const string Income = "API.syWqjr4flJ";
        var consent = await house.Citizen.AgreeAsync($"ds={Income}&{Income}:year=113");
        var transfer = Assert.Single(await house.Citizen.SettledAsync(consent));
        Assert.Equal(TransferState.Ready, transfer.State);
        Assert.True(transfer.Round > 1);
        Assert.Contains(
            await house.Portal.ReadAsync(db => db.Set<Core.Notifications.Notice>().ToListAsync()),
            notice =>
                notice.Kind == Core.Notifications.NoticeKinds.TransferReady && notice.CitizenId == transfer.CitizenId
        );
    }

    [Fact]
    public async Task Details_YearMissingOrWrong_SaysSoAndKeepsTheRest()
    {
        const string Income = "API.syWqjr4flJ";
        var page = await Download.FillInAsync(house.Citizen.Browser, $"ds={Household}&ds={Income}&{Income}:year=abc");
        page.ShouldBeAt("/download");
        Assert.NotEmpty(page.Alert);
        Assert.Equal("abc", page.Single($"input[name='{Income}:year']").GetAttribute("value"));
    }

    private async Task<System.Text.Json.JsonElement> ReceiptAsync(Guid consent)
    {
        var file = await house.Citizen.Browser.GetAsync($"/receipts/{consent}.jws");
        var keys = await house.Citizen.Browser.GetAsync("/.well-known/jwks.json");
        var verified = Jws.Verify(file.Text, [.. JwkSet.Parse(keys.Text)], new HashSet<string> { JoseNames.Es256 });
        return StrictJson.ParseObject(verified.Payload, "receipt");
    }
}

public sealed class SqliteDownloadTests(FaultPortal house) : DownloadTests(house), IClassFixture<FaultPortal>;

public sealed class PostgresDownloadTests(PostgresFaultPortal house)
    : DownloadTests(house),
        IClassFixture<PostgresFaultPortal>;
