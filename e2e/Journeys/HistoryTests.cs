using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyData.Core.Encryption;
using MyData.Core.History;
using MyData.E2E.Support;
using MyData.Tests.History;
using MyData.Tests.Support;
using MyData.Web.Features.Download;
using MyData.Web.Features.History;
using MyData.Web.Features.Notices;
using MyData.Web.Features.Open;

namespace MyData.E2E.Journeys;

/// <summary>What she can find out afterwards about every step, take along, and object to.</summary>
public sealed partial class HistoryTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    // What happens to one native data set, in order; the agency's two looks may come in between.
    private static readonly string[] Life =
    [
        "transfer.called",
        "subject.introspected",
        "subject.read",
        "transfer.ready",
        "transfer.claimed",
        "transfer.done",
    ];

    [Theory]
    [InlineData("zh-TW", 390, "chen")]
    [InlineData("en", 1200, "kolas")]
    public async Task History_AfterADownload_TellsEveryStepAndTakesAComplaint(string language, int width, string who)
    {
        await Journey.RunAsync(
            shared.Portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                var seal = await DownloadAsync(journey, who);
                await journey.OpenAsync("/history");
                await journey.AccessibleAsync();
                await ReadsAsync(journey, seal);
                await FiltersAsync(journey);
                await ExportsAsync(journey);
                await ReceiptHoldsAsync(journey);
                await ComplainsAsync(journey);
            }
        );
    }

    /// <returns>the seal beside the opened data</returns>
    private static async Task<string> DownloadAsync(Journey journey, string who)
    {
        await journey.ChooseAsync(Steps.Household);
        await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
        await journey.AgreeAsync();
        await journey.ShowsAsync(Steps.Household, "Ready");
        await journey.OpenPackagesAsync();
        var seal = await journey.Card(Steps.Household).Locator(".seal-code").InnerTextAsync();
        await journey.FinishAsync();
        await journey.ShowsAsync(Steps.Household, "Done");
        return seal;
    }

    private static async Task ReadsAsync(Journey journey, string seal)
    {
        var entry = Consent(journey);
        await Assertions.Expect(entry.Locator(".seal-code")).ToHaveTextAsync(seal);
        await entry.Locator("details > summary").ClickAsync();
        var steps = await entry.Locator("ol p.sentence").AllInnerTextsAsync();
        var places = Life.Select(kind => steps.ToList().IndexOf(Sentence(journey, kind))).ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        await journey.AccessibleAsync();
    }

    private static async Task FiltersAsync(Journey journey)
    {
        var text = journey.Page.GetByRole(AriaRole.Main);
        await Assertions.Expect(text).ToContainTextAsync(journey.Words<HistoryText>("Line-signin.succeeded"));
        await journey.Page.GetByText(journey.Words<HistoryText>("Filter"), new() { Exact = true }).ClickAsync();
        await Box(journey, "FilterDataSet").SelectOptionAsync(Steps.Household);
        await journey.Button(journey.Words<HistoryText>("FilterDo")).ClickAsync();
        await journey.Page.WaitForURLAsync(url => url.Contains($"dataset={Steps.Household}", StringComparison.Ordinal));
        await Assertions.Expect(text).Not.ToContainTextAsync(journey.Words<HistoryText>("Line-signin.succeeded"));
        await Assertions.Expect(Consent(journey)).ToBeVisibleAsync();

        await Box(journey, "FilterFrom").FillAsync("2026-02-02");
        await Box(journey, "FilterTo").FillAsync("2026-01-01");
        await journey.Button(journey.Words<HistoryText>("FilterDo")).ClickAsync();
        await Assertions
            .Expect(journey.Page.GetByRole(AriaRole.Alert))
            .ToContainTextAsync(journey.Words<HistoryText>("FromAfterTo"));
        await journey.AccessibleAsync();

        await journey.Link(journey.Words<HistoryText>("ShowAll")).First.ClickAsync();
        await Assertions.Expect(text).ToContainTextAsync(journey.Words<HistoryText>("Line-signin.succeeded"));
    }

    private static async Task ExportsAsync(Journey journey)
    {
        var csv = await SaveAsync(journey, journey.Link(journey.Words<HistoryText>("Csv")), ".csv");
        Assert.Equal(Encoding.UTF8.Preamble.ToArray(), csv[..3]);
        var rows = Csv.Read(Encoding.UTF8.GetString(csv.AsSpan(3)));
        Assert.Equal(journey.Words<HistoryText>("CsvWhat"), rows[0][3]);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));

        using var json = JsonDocument.Parse(
            await SaveAsync(journey, journey.Link(journey.Words<HistoryText>("Json")), ".json")
        );
        Assert.Equal("mydata-history", json.RootElement.GetProperty("format").GetString());
        Assert.Equal(journey.Reader.Language, json.RootElement.GetProperty("language").GetString());
        var lines = json.RootElement.GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal(
            lines.Select(line => (line.GetProperty("number").ToString(), line.GetProperty("what").GetString())),
            rows.Skip(1).Select(row => (row[0], (string?)row[3]))
        );
        var told = lines.Select(line => line.GetProperty("what").GetString()).ToList();
        foreach (var kind in Life)
            Assert.Contains(Sentence(journey, kind), told);
    }

    private static async Task ReceiptHoldsAsync(Journey journey)
    {
        var receipt = journey.Words<HistoryText>("ReceiptOf", Sentence(journey, "consent.given"));
        var compact = Encoding.ASCII.GetString(await SaveAsync(journey, journey.Link(receipt), ".jws"));
        var keys = await journey.Context.APIRequest.GetAsync("/.well-known/jwks.json");
        var verified = Jws.Verify(
            compact,
            JwkSet.Parse(await keys.TextAsync()),
            JoseNames.SignatureAlgs,
            "consent-receipt+jwt"
        );
        using var content = JsonDocument.Parse(verified.Payload);
        var decision = content.RootElement.GetProperty("consent_event").GetProperty("event_state").GetString();
        Assert.Equal("given", decision);
        Assert.Contains(Steps.Household, content.RootElement.ToString(), StringComparison.Ordinal);
    }

    private static async Task ComplainsAsync(Journey journey)
    {
        const string words = "這不是我做的 <b>not me</b>";
        await Consent(journey).Locator("details > summary").ClickAsync();
        var doubt = journey.Words<HistoryText>("DoubtOf", Sentence(journey, "subject.read"));
        await journey.Link(doubt).ClickAsync();
        await journey.AccessibleAsync();
        await journey.Button(journey.Words<HistoryText>("ComplainSend")).ClickAsync();
        await Assertions.Expect(journey.Page.GetByRole(AriaRole.Alert)).ToBeFocusedAsync();
        await journey.AccessibleAsync();
        await journey.Page.GetByLabel(journey.Words<HistoryText>("Choice-too-much")).CheckAsync();
        await Box(journey, "ComplainWords").FillAsync(words);
        await journey.Button(journey.Words<HistoryText>("ComplainSend")).ClickAsync();

        await journey.Page.WaitForURLAsync(url => Number().IsMatch(url));
        var number = Number().Match(journey.Page.Url).Groups["number"].Value;
        await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync(words);
        await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync(Sentence(journey, "subject.read"));
        var (filed, due) = (await DayAsync(journey, "ComplaintFiled"), await DayAsync(journey, "ComplaintDue"));
        Assert.Equal(filed.AddDays(Complaints.AnswerDays), due);
        await journey.AccessibleAsync();

        await journey.NewTabAsync();
        await journey.OpenAsync("/history/complaints");
        await journey.AccessibleAsync();
        await journey.Link(number).ClickAsync();
        await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync(words);
        await journey.OpenAsync("/history");
        await Assertions
            .Expect(journey.Page.Locator("main"))
            .ToContainTextAsync(
                journey.Words<HistoryText>("Line-complaint.filed").Replace("{number}", number, StringComparison.Ordinal)
            );
        await journey.OpenAsync("/notices");
        await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync(number);
        await journey.AccessibleAsync();
        await journey.Button(journey.Words<NoticesText>("ReadAll")).ClickAsync();
        await Assertions.Expect(journey.Button(journey.Words<NoticesText>("ReadAll"))).ToHaveCountAsync(0);
        await journey.AccessibleAsync();
    }

    private static ILocator Consent(Journey journey) =>
        journey.Page.Locator("tbody").Filter(new() { HasText = Sentence(journey, "consent.given") });

    private static ILocator Box(Journey journey, string key) =>
        journey.Page.GetByLabel(journey.Words<HistoryText>(key), new() { Exact = true });

    private static string Sentence(Journey journey, string kind)
    {
        var agency = Steps.AgencyOf(Steps.Household);
        return journey
            .Words<HistoryText>($"Line-{kind}")
            .Replace("{dataset}", journey.Name(Steps.DataSet(Steps.Household).Name), StringComparison.Ordinal)
            .Replace("{agency}", journey.Name(agency.Name), StringComparison.Ordinal);
    }

    private static async Task<byte[]> SaveAsync(Journey journey, ILocator link, string extension)
    {
        var download = await journey.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.EndsWith(extension, download.SuggestedFilename, StringComparison.Ordinal);
        return await File.ReadAllBytesAsync(await download.PathAsync());
    }

    // Days in Taipei, as the page itself counts them.
    private static async Task<DateOnly> DayAsync(Journey journey, string term)
    {
        var row = journey
            .Page.Locator("dl > div")
            .Filter(new() { Has = journey.Page.GetByText(journey.Words<HistoryText>(term), new() { Exact = true }) });
        var at = await row.Locator("time").GetAttributeAsync("datetime");
        return DateOnly.FromDateTime(
            DateTimeOffset
                .Parse(at!, System.Globalization.CultureInfo.InvariantCulture)
                .ToOffset(TimeSpan.FromHours(8))
                .DateTime
        );
    }

    [GeneratedRegex("/history/complaints/(?<number>[^/?]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
