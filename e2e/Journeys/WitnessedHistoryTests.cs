using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using MyData.Core.Ledger;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Account;
using MyData.Web.Features.History;

namespace MyData.E2E.Journeys;

/// <summary>
/// Her browser asks two witnesses for her tags too: a platform that hides a record is caught by them, and a witness that lies is named
/// (ledger.md, "Tags"; security.md L3, L4).
/// </summary>
public sealed class WitnessedHistoryTests : IClassFixture<WitnessPair>
{
    private readonly WitnessPair _pair;

    public WitnessedHistoryTests(WitnessPair pair)
    {
        _pair = pair;
        foreach (var front in pair.Fronts)
            front.Reset();
    }

    private static string Archive => WitnessPair.Names[0];

    private static string Association => WitnessPair.Names[1];

    [Theory]
    [InlineData("zh-TW", 360, false, "lin")]
    [InlineData("en", 1200, true, "kolas")]
    public async Task History_WithTwoWitnesses_IsProvenAtBoth_AndWithOneDownItSaysSo(
        string language,
        int width,
        bool dark,
        string who
    ) =>
        await RunAsync(
            who,
            new Reader
            {
                Language = language,
                Width = width,
                Dark = dark,
                ToleratesLostConnection = true,
            },
            async journey =>
            {
                await StateAsync(journey, "good");
                var result = journey.Page.Locator("[data-proof-result]");
                await Assertions.Expect(result).ToContainTextAsync(Archive);
                await Assertions.Expect(result).ToContainTextAsync(Association);
                await Assertions.Expect(result.Locator(".notice")).ToHaveCountAsync(0);
                await OpenDetailsAsync(journey);
                await journey.AccessibleAsync();
                await PictureAsync(journey, "witnessed-two");

                _pair.Fronts[0].IsDown = true;
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "good");
                var words = journey.Words<HistoryText>("js-witnessesOne").Replace("{asked}", Association);
                await Assertions.Expect(result.Locator(".notice")).ToContainTextAsync(words);
                await Assertions.Expect(result.Locator(".notice")).ToContainTextAsync(Archive);
                await OpenDetailsAsync(journey);
                await Assertions
                    .Expect(journey.Page.Locator("[data-proof-facts]"))
                    .ToContainTextAsync(journey.Words<HistoryText>("js-factBefore"));
                await journey.AccessibleAsync();
                await PictureAsync(journey, "witnessed-one");

                _pair.Fronts[1].IsDown = true;
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "good");
                await Assertions
                    .Expect(result.Locator(".notice"))
                    .ToContainTextAsync(journey.Words<HistoryText>("js-witnessesNone"));
            }
        );

    /// <summary>Each question has as many tags as every other, and no tag stands at the same place twice.</summary>
    [Fact]
    public async Task Questions_AreOfOneSize_AndNoneOfHersStandsWhereItStood()
    {
        await RunAsync("chen", new Reader(), async journey => await StateAsync(journey, "good"));
        foreach (var front in _pair.Fronts)
        {
            Assert.NotEmpty(front.Questions);
            Assert.All(front.Questions, question => Assert.Equal(64 * PersonTag.Size, question.Length));
        }
        var places = await Task.WhenAll(_pair.Fronts.Select(front => KnownAsync(front.Url, front.Questions[0])));
        Assert.NotEmpty(places[0].Known);
        Assert.Equal(places[0].Known.Order(), places[1].Known.Order());
        Assert.NotEqual(places[0].InOrder, places[1].InOrder);
    }

    /// <summary>The newest record, hidden with its tag and its line: nothing at the platform is missing it.</summary>
    [Fact]
    public async Task Platform_ThatHidesARecord_IsCaughtByTheWitnesses_AndTheEvidenceProvesIt() =>
        await RunAsync(
            "wang",
            new Reader { Language = "en", OnPhoneOnly = true },
            async journey =>
            {
                await StateAsync(journey, "good");
                await HideNewestAsync();
                await ForgetAsync(journey);
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "alarm");
                var alert = journey.Page.GetByRole(AriaRole.Alert);
                await Assertions.Expect(alert).ToContainTextAsync("ledger.tag_hidden");
                await journey.AccessibleAsync();
                await PictureAsync(journey, "platform-hides");
                using var evidence = await EvidenceAsync(journey);
                // A stranger with the witness's key can check it: the record stands in the tree that it cosigned.
                var root = evidence.RootElement;
                var checkpoint = Checkpoint.Parse(
                    SignedNote.Parse(Encoding.UTF8.GetBytes(root.GetProperty("witnessNote").GetString()!)).Text.Span
                );
                var record = root.GetProperty("record");
                var entry = record.GetProperty("entry").GetBytesFromBase64();
                MerkleProofs.VerifyInclusion(
                    record.GetProperty("index").GetInt64(),
                    checkpoint.Size,
                    Merkle.LeafHash(entry),
                    [.. record.GetProperty("path").EnumerateArray().SelectMany(hash => hash.GetBytesFromBase64())],
                    checkpoint.Root.Span
                );
                var tag = root.GetProperty("tag").GetBytesFromBase64();
                Assert.Contains(LedgerRecord.Parse(entry).Tags, one => one.AsSpan().SequenceEqual(tag));
            }
        );

    /// <summary>The same where no witness can be asked: this browser remembers how many there were.</summary>
    [Fact]
    public async Task Platform_ThatShowsLessThanBefore_IsCaughtByThisBrowser() =>
        await RunAsync(
            "yang",
            new Reader { OnPhoneOnly = true, ToleratesLostConnection = true },
            async journey =>
            {
                await StateAsync(journey, "good");
                await HideNewestAsync();
                foreach (var front in _pair.Fronts)
                    front.IsDown = true;
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "alarm");
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Alert))
                    .ToContainTextAsync("ledger.records_fewer");
                await journey.AccessibleAsync();
                using var evidence = await EvidenceAsync(journey);
                var before = evidence.RootElement.GetProperty("seenBefore");
                Assert.True(
                    before.GetProperty("known").GetInt64() > evidence.RootElement.GetProperty("found").GetArrayLength()
                );
                // It goes on remembering what it saw first.
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "alarm");
            }
        );

    /// <summary>Another key would lead to other tags, and to none of her records.</summary>
    [Fact]
    public async Task Platform_ThatGivesAnotherKey_IsCaughtByThisBrowser_UntilItForgets() =>
        await RunAsync(
            "nguyen",
            new Reader { Language = "en", OnPhoneOnly = true },
            async journey =>
            {
                await StateAsync(journey, "good");
                await journey.Page.RouteAsync(
                    "**" + HistoryUrls.Ledger,
                    async route =>
                    {
                        var answer = await route.FetchAsync();
                        var json = JsonNode.Parse(await answer.TextAsync())!;
                        json["key"] = Convert.ToBase64String(new byte[PersonTag.KeySize]);
                        json["lines"] = new JsonArray();
                        await route.FulfillAsync(
                            new RouteFulfillOptions { Response = answer, Body = json.ToJsonString() }
                        );
                    }
                );
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "alarm");
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Alert))
                    .ToContainTextAsync("ledger.key_changed");
                await PictureAsync(journey, "another-key");

                // Signing out of a shared computer leaves nothing of her behind.
                Assert.Equal(1, await RememberedAsync(journey));
                await journey.OpenAsync(AccountUrls.Account);
                await journey.Page.Locator("[data-shared]").CheckAsync();
                await journey.Page.Locator("#signout button").ClickAsync();
                await journey.Page.WaitForURLAsync(url => url.Contains("/signout", StringComparison.Ordinal));
                Assert.Equal(0, await RememberedAsync(journey));
            }
        );

    [Fact]
    public async Task Witness_ThatHidesARecord_IsNamed_AndTheOtherIsBelieved() =>
        await LyingAsync(
            "li",
            "witness.tag_hidden",
            (asked, answer) =>
            {
                if (asked == "tags")
                    Array.Fill(answer, (byte)0xff);
                return answer;
            }
        );

    [Fact]
    public async Task Witness_ThatSaysWhatItCannotProve_IsNamed() =>
        await LyingAsync(
            "wu",
            "witness.proof",
            (asked, answer) =>
            {
                // It gives a tag of nobody a place that another record has.
                for (var at = 0; asked == "tags" && at < answer.Length; at += sizeof(long))
                    if (BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(at)) < 0)
                        BinaryPrimitives.WriteInt64BigEndian(answer.AsSpan(at), 0);
                return answer;
            }
        );

    [Fact]
    public async Task Witness_WhoseCheckpointIsNotItsOwn_IsNamed() =>
        await LyingAsync(
            "huang",
            "witness.answer",
            (asked, answer) =>
            {
                if (asked != "checkpoint")
                    return answer;
                var note = SignedNote.Parse(answer);
                return new SignedNote(note.Text.ToArray(), [note.Signatures[0]]).ToBytes();
            }
        );

    private async Task LyingAsync(string who, string code, Func<string, byte[], byte[]> bend)
    {
        _pair.Fronts[0].Bend = bend;
        await RunAsync(
            who,
            new Reader { OnPhoneOnly = true },
            async journey =>
            {
                await StateAsync(journey, "alarm");
                var said = journey.Words<HistoryText>("js-alarmWitness").Replace("{witness}", Archive);
                await Assertions.Expect(journey.Page.Locator("[data-proof-words]")).ToHaveTextAsync(said);
                await Assertions.Expect(journey.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(code);
                // What the platform showed is proven all the same.
                await Assertions.Expect(journey.Page.Locator("[data-line] .badge-bad")).ToHaveCountAsync(0);
                await Assertions.Expect(journey.Page.Locator("[data-line] .badge-good").First).ToBeVisibleAsync();
                await journey.AccessibleAsync();
                await PictureAsync(journey, code);
                using var evidence = await EvidenceAsync(journey);
                var fault = evidence.RootElement.GetProperty("faults")[0];
                Assert.Equal(code, fault.GetProperty("code").GetString());
                Assert.Equal(Archive, fault.GetProperty("witness").GetString());

                _pair.Fronts[0].Bend = null;
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "good");
            }
        );
    }

    private Task RunAsync(string who, Reader reader, Func<Journey, Task> steps) =>
        Journey.RunAsync(
            _pair.Portal,
            reader,
            async journey =>
            {
                await journey.OpenAsync("/signin?return=%2Fhistory");
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
                await journey.Page.WaitForURLAsync(
                    url => !url.Contains("/signin", StringComparison.Ordinal),
                    new() { WaitUntil = WaitUntilState.Commit }
                );
                await journey.OpenAsync("/history");
                await steps(journey);
            }
        );

    private async Task HideNewestAsync()
    {
        _pair.Portal.EndsBent = true;
        var newest = await _pair.Portal.NumberAsync(
            "select max(e.Id) from events e join ledger_entries l on l.EventId = e.Id where e.CitizenId is not null"
        );
        await using var connection = new SqliteConnection($"Data Source={_pair.Portal.Database};Pooling=False");
        await connection.OpenAsync();
        await using var names = connection.CreateCommand();
        names.CommandText =
            "select coalesce(group_concat('drop trigger \"' || name || '\";', ' '), '') from sqlite_master where type = 'trigger'";
        var drop = (string)(await names.ExecuteScalarAsync())!;
        await using var hide = connection.CreateCommand();
        hide.CommandText = $"""
            {drop}
            delete from ledger_tags where Entry = (select Id from ledger_entries where EventId = {newest});
            update events set CitizenId = null where Id = {newest};
            """;
        Assert.NotEqual(0, await hide.ExecuteNonQueryAsync());
    }

    private static async Task<(IReadOnlyList<long> Known, string InOrder)> KnownAsync(string front, byte[] question)
    {
        using var http = new HttpClient();
        var origin = $"pair.example/ledger/{TimeProvider.System.GetUtcNow().Year}";
        using var answer = await http.PostAsync($"{front}/{origin}/tags", new ByteArrayContent(question));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        long[] places = [.. bytes.Chunk(sizeof(long)).Select(place => BinaryPrimitives.ReadInt64BigEndian(place))];
        return ([.. places.Where(place => place >= 0)], string.Join(' ', places));
    }

    private static Task<int> RememberedAsync(Journey journey) =>
        journey.Page.EvaluateAsync<int>(
            """
            () => new Promise((resolve, reject) => {
              const request = indexedDB.open("mydata-ledger", 1);
              request.onerror = () => reject(request.error);
              request.onsuccess = () => {
                const answer = (count) => { request.result.close(); resolve(count); };
                // Opening what is not there makes it, and empty.
                if (!request.result.objectStoreNames.contains("people")) return answer(0);
                const count = request.result.transaction("people").objectStore("people").count();
                count.onsuccess = () => answer(count.result);
                count.onerror = () => reject(count.error);
              };
            })
            """
        );

    private static Task ForgetAsync(Journey journey) =>
        journey.Page.EvaluateAsync(
            """
            () => { localStorage.clear(); return new Promise((resolve) => {
              const request = indexedDB.deleteDatabase("mydata-ledger");
              request.onsuccess = request.onerror = request.onblocked = () => resolve(null);
            }); }
            """
        );

    private static Task OpenDetailsAsync(Journey journey) =>
        journey.Page.EvaluateAsync("document.querySelectorAll('main details').forEach(one => one.open = true)");

    private static Task StateAsync(Journey journey, string state) =>
        Assertions.Expect(journey.Page.Locator("[data-proof]")).ToHaveAttributeAsync("data-state", state);

    private static async Task<JsonDocument> EvidenceAsync(Journey journey)
    {
        var save = journey.Button(journey.Words<HistoryText>("js-saveEvidence"));
        var download = await journey.Page.RunAndWaitForDownloadAsync(() => save.ClickAsync());
        return JsonDocument.Parse(await File.ReadAllBytesAsync(await download.PathAsync()));
    }

    private static Task PictureAsync(Journey journey, string name) =>
        Environment.GetEnvironmentVariable("PICTURES") is { Length: > 0 } folder
            ? journey.Page.ScreenshotAsync(
                new PageScreenshotOptions
                {
                    Path = Path.Combine(folder, $"{name}-{journey.Reader}.png"),
                    FullPage = true,
                }
            )
            : Task.CompletedTask;
}
