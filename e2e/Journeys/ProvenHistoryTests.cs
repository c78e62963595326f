using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using MyData.Core.Ledger;
using MyData.E2E.Outside;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.History;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.Open;

namespace MyData.E2E.Journeys;

/// <summary>Her history against the public log, in her own browser: every line proven, and no bent row or second past that goes unseen.</summary>
public sealed class ProvenHistoryTests
{
    [Theory]
    [InlineData("zh-TW", 390, "chen")]
    [InlineData("en", 1200, "kolas")]
    public async Task History_AfterADownload_ProvesEveryLine_AndAReceiptVerifiesOffline(
        string language,
        int width,
        string who
    )
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await DownloadAsync(journey, who);
                await journey.OpenAsync("/history");
                await StateAsync(journey, "good");
                var lines = await journey.Page.Locator("[data-line]").CountAsync();
                Assert.True(lines > 10, $"Only {lines} lines.");
                await Assertions.Expect(journey.Page.Locator("[data-line] .badge-good")).ToHaveCountAsync(lines);
                await journey.AccessibleAsync();
                await OpenDetailsAsync(journey);
                await Assertions
                    .Expect(journey.Page.Locator("[data-proof-facts]"))
                    .ToContainTextAsync(journey.Words<HistoryText>("js-factFirst"));
                await journey.AccessibleAsync();

                // The next visit compares with what this browser remembers.
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "good");
                await Assertions
                    .Expect(journey.Page.Locator("[data-proof-facts]"))
                    .Not.ToContainTextAsync(journey.Words<HistoryText>("js-factFirst"));
                await VerifiesOfflineAsync(journey);
            }
        );
    }

    /// <summary>A record of another system is about her too: her browser finds it by her tag, and shows whose it is.</summary>
    [Fact]
    public async Task History_WithARecordOfAnotherSystem_ShowsItProven()
    {
        const string system = "city-traffic";
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader { Width = 360 },
            async journey =>
            {
                await SignInAsync(journey, "lin");
                await journey.OpenAsync("/history");
                await StateAsync(journey, "good");
                var others = journey.Page.Locator("[data-proof-others]");
                await Assertions.Expect(others).ToBeHiddenAsync();

                await Outside.Ledger.Record.RunAsync(
                    portal.Origin.ToString(),
                    system,
                    LedgerExampleTests.Key(system),
                    LedgerExampleTests.Persona,
                    TextWriter.Null
                );
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "good");
                await Assertions.Expect(others.Locator("li")).ToHaveCountAsync(1);
                await Assertions.Expect(others).ToContainTextAsync(system);
                await Assertions.Expect(others.Locator(".badge-good")).ToBeVisibleAsync();
                await journey.AccessibleAsync();
                await others.Locator("a").First.ClickAsync();
                await Assertions.Expect(journey.Page.Locator("h1")).ToBeVisibleAsync();
            }
        );
    }

    /// <summary>One whose display a law delays is proven and counted like every other, and says no more than that until its day.</summary>
    [Theory]
    [InlineData("zh-TW", 360)]
    [InlineData("en", 1200)]
    public async Task History_WithARecordThatIsHeld_ShowsThatItIsThereAndNoMore(string language, int width)
    {
        const string system = "city-traffic";
        await using var portal = await PortalProcess.StartAsync();
        var (code, said) = await portal.CommandAsync("ledger", "client", "hold", system, "on");
        Assert.True(code == 0, said);
        var day = TimeProvider.System.GetUtcNow().AddDays(40).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await HeldAsync(portal, system, day);
        await Journey.RunAsync(
            portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await SignInAsync(journey, "lin");
                await journey.OpenAsync("/history");
                await StateAsync(journey, "good");
                var held = journey.Page.Locator("[data-proof-others] li");
                await Assertions.Expect(held).ToHaveCountAsync(1);
                await Assertions.Expect(held).ToContainTextAsync("criminal-procedure-245");
                await Assertions.Expect(held.Locator(".badge-good")).ToBeVisibleAsync();
                await Assertions.Expect(held.Locator("a")).ToHaveCountAsync(0);
                string[] content = [system, "case.read", "npa/case"];
                Assert.All(await held.AllInnerTextsAsync(), shown => Assert.DoesNotContain(content, shown.Contains));
                await journey.AccessibleAsync();
                if (Environment.GetEnvironmentVariable("MYDATA_PICTURES") is { } folder)
                    await journey.Page.ScreenshotAsync(
                        new PageScreenshotOptions
                        {
                            Path = Path.Combine(folder, $"held-{language}-{width}.png"),
                            FullPage = true,
                        }
                    );
            }
        );
    }

    private static async Task HeldAsync(PortalProcess portal, string system, string day)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(LedgerExampleTests.Key(system)));
        var (now, salt) = (TimeProvider.System.GetUtcNow(), RandomNumberGenerator.GetBytes(SaltedHash.SaltSize));
        var record = new LedgerRecord
        {
            Id = Guid.CreateVersion7(now),
            Time = now,
            From = "npa/case@1",
            To = system,
            Via = system,
            Kid = CallerKey.Parse(key.ExportSubjectPublicKeyInfo()).Kid,
            Operation = "case.read",
            Reason = "investigation",
            Result = "ok",
            Persons = 1,
            PersonsHash = SaltedHash.OfPersons(salt, [LedgerExampleTests.Persona]),
        };
        var signature = key.SignData(CallerSignature.Message(record.ToSignedBytes()), HashAlgorithmName.SHA256);
        var sent = Encoding.UTF8.GetString(
            (record with { Signature = CallerSignature.Single(signature) }).ToSentBytes()
        );
        var body =
            $$"""{"record":{{sent}},"persons":["{{LedgerExampleTests.Persona}}"],"salt":"{{Base64Url.EncodeToString(salt)}}","""
            + $"\"held_until\":\"{day}\",\"held_by\":\"criminal-procedure-245\"}}";
        using var http = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(portal.Origin, "/ledger/v1/records"), content);
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>What somebody with the database's files could do, to the very rows that the portal serves.</summary>
    [Theory]
    [InlineData(
        "update ledger_entries set Bytes = cast(replace(cast(Bytes as text), '\"res\":\"ok\"', '\"res\":\"no\"') as blob) where EventId = {0}",
        "merkle.root"
    )]
    [InlineData(
        "delete from ledger_tags where Entry = (select Id from ledger_entries where EventId = {0})",
        "ledger.tag_gap"
    )]
    [InlineData("update events set CitizenId = null where Id = {0}", "ledger.record_missing")]
    [InlineData("update events set Kind = 'session.ended' where Id = {0}", "ledger.line_differs")]
    public async Task History_WithABentRow_ShowsTheAlarmAndGivesTheEvidence(string bend, string code)
    {
        await using var portal = await PortalProcess.StartAsync();
        portal.EndsBent = true;
        await Journey.RunAsync(
            portal,
            new Reader { OnPhoneOnly = true },
            async journey =>
            {
                await SignInAsync(journey, "lin");
                await journey.OpenAsync("/history");
                await StateAsync(journey, "good");
                var line = await portal.NumberAsync(
                    "select Id from events where CitizenId is not null order by Id limit 1 offset 1"
                );
                await BendAsync(portal, string.Format(null, bend, line));

                await journey.Page.ReloadAsync();
                await StateAsync(journey, "alarm");
                var alert = journey.Page.GetByRole(AriaRole.Alert);
                await Assertions.Expect(alert).ToContainTextAsync(code);
                await journey.AccessibleAsync();
                using var evidence = await EvidenceAsync(journey);
                Assert.Equal(code, evidence.RootElement.GetProperty("code").GetString());
                Assert.Contains("ledger/", evidence.RootElement.GetProperty("note").GetString());
            }
        );
    }

    /// <summary>An older copy is put back and another past is written on it, with the log's own key: only her browser knows.</summary>
    [Fact]
    public async Task History_OfALogWithTwoPasts_ShowsTheForkAndKeepsTheProofOfIt()
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader { Language = "en", OnPhoneOnly = true },
            async journey =>
            {
                await SignInAsync(journey, "lin");
                await portal.KillAsync();
                var copy = Copy(portal.Folder);
                await portal.StartAsync();
                await HappensAsync(portal, "chen");
                await journey.OpenAsync("/history");
                await StateAsync(journey, "good");
                var seen = await portal.CountAsync("ledger_entries");

                await portal.KillAsync();
                Restore(copy, portal.Folder);
                await portal.StartAsync();
                await HappensAsync(portal, "kolas");
                while (await portal.CountAsync("ledger_entries") < seen)
                    await HappensAsync(portal, "kolas");
                await journey.OpenAsync("/history");
                await StateAsync(journey, "alarm");
                await Assertions
                    .Expect(journey.Page.GetByRole(AriaRole.Alert))
                    .ToContainTextAsync(journey.Words<HistoryText>("js-alarm.ledger.forked"));
                await journey.AccessibleAsync();
                using var evidence = await EvidenceAsync(journey);
                Assert.Equal("ledger.forked", evidence.RootElement.GetProperty("code").GetString());
                var before = evidence.RootElement.GetProperty("seenBefore");
                Assert.Equal($"{seen}", before.GetProperty("size").GetString());

                // The browser goes on remembering what it saw first.
                await journey.Page.ReloadAsync();
                await StateAsync(journey, "alarm");
            }
        );
    }

    private static async Task DownloadAsync(Journey journey, string who)
    {
        await journey.ChooseAsync(Steps.Household);
        await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
        await journey.AgreeAsync();
        await journey.ShowsAsync(Steps.Household, "Ready");
        await journey.OpenPackagesAsync();
        await journey.FinishAsync();
        await journey.ShowsAsync(Steps.Household, "Done");
    }

    private static async Task SignInAsync(Journey journey, string who)
    {
        await journey.OpenAsync("/signin?return=%2Fhistory");
        await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
        await journey.Page.WaitForURLAsync(url => !url.Contains("/signin", StringComparison.Ordinal));
    }

    private static async Task HappensAsync(PortalProcess portal, string who)
    {
        using var other = portal.Visitor();
        var persona = SandboxSteps.Persona(who);
        await other.GetAsync("/signin");
        if (await portal.CountAsync("citizens") < 2)
            await other.SignInFirstTimeAsync(persona);
        else
            await other.ProveByDocumentsAsync(persona);
    }

    private static async Task VerifiesOfflineAsync(Journey journey)
    {
        await OpenDetailsAsync(journey);
        var link = journey.Page.Locator("a[download][href$='/receipt']").First;
        var download = await journey.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.EndsWith(".tlog-proof", download.SuggestedFilename, StringComparison.Ordinal);
        var file = await File.ReadAllBytesAsync(await download.PathAsync());

        await journey.OpenAsync("/verify");
        await journey.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await journey.Context.SetOfflineAsync(true);
        var sent = new List<string>();
        journey.Page.Request += (_, request) => sent.Add(request.Url);
        await ChooseAsync(journey, file);
        var main = journey.Page.GetByRole(AriaRole.Main);
        await Assertions.Expect(main).ToContainTextAsync(journey.Words<LedgerText>("record-good"));
        await journey.AccessibleAsync();

        file[^20] ^= 1;
        await ChooseAsync(journey, file);
        await Assertions
            .Expect(journey.Page.GetByRole(AriaRole.Alert))
            .ToContainTextAsync(journey.Words<OpenText>("error.proof"));
        Assert.Empty(sent);
        await journey.Context.SetOfflineAsync(false);
    }

    private static Task ChooseAsync(Journey journey, byte[] file) =>
        journey
            .Page.GetByLabel(journey.Words<OpenText>("VerifyFile"))
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "record.tlog-proof",
                    MimeType = "application/octet-stream",
                    Buffer = file,
                }
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

    // The database's own triggers would refuse it; whoever has the files takes them away first.
    private static async Task BendAsync(PortalProcess portal, string statement)
    {
        await using var connection = new SqliteConnection($"Data Source={portal.Database};Pooling=False");
        await connection.OpenAsync();
        await using var triggers = connection.CreateCommand();
        triggers.CommandText = "select name from sqlite_master where type = 'trigger'";
        var names = new List<string>();
        await using (var rows = await triggers.ExecuteReaderAsync())
            while (await rows.ReadAsync())
                names.Add(rows.GetString(0));
        await using var bend = connection.CreateCommand();
        bend.CommandText = string.Concat(names.Select(name => $"drop trigger \"{name}\"; ")) + statement;
        Assert.NotEqual(0, await bend.ExecuteNonQueryAsync());
    }

    private static string Copy(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("mydata-e2e-copy-").FullName;
        CopyInto(folder, copy);
        return copy;
    }

    private static void Restore(string copy, string folder)
    {
        foreach (var one in Directory.GetFileSystemEntries(folder).Where(one => Path.GetFileName(one) != "tmp"))
            if (Directory.Exists(one))
                Directory.Delete(one, recursive: true);
            else
                File.Delete(one);
        CopyInto(copy, folder);
        Directory.Delete(copy, recursive: true);
    }

    private static void CopyInto(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(from, file);
            // The socket of the operator's commands is no file.
            if (
                relative.StartsWith("tmp", StringComparison.Ordinal)
                || relative.EndsWith(".operator", StringComparison.Ordinal)
            )
                continue;
            var target = Path.Combine(to, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
