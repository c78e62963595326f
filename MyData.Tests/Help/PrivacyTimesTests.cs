using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Transfers;
using MyData.Tests.Rules;
using MyData.Tests.Support;
using MyData.Web.Features.Help;

namespace MyData.Tests.Help;

/// <summary>The privacy statement says how long things are kept, by the very settings that delete them.</summary>
public sealed class PrivacyTimesTests
{
    private static readonly RetentionSettings Other = new()
    {
        EndedSessions = TimeSpan.FromDays(41),
        UnfinishedAccounts = TimeSpan.FromDays(42),
        EndedTransfers = TimeSpan.FromDays(43),
        Notices = TimeSpan.FromDays(730),
    };

    // What of the tables of MyData.Core/README.md is about her, and the words that her statement has for it.
    private static readonly Dictionary<string, string> Told = new()
    {
        ["access_tokens"] = "tokens by which agencies ask",
        ["attempt_counters"] = "counts of failures: 1 day after",
        ["challenges"] = "sign-ins that are half done",
        ["citizens"] = "identity, contact",
        ["complaints"] = "complaints: until you close",
        ["consents"] = "receipts, with what you filled in: seven years at least",
        ["contact_codes"] = "codes, sign-ins",
        ["corrections"] = "corrections that you asked for: 1 year",
        ["counter_agents"] = "agents whom you named: 30 days after",
        ["counter_failures"] = "counts of failures: 1 day after",
        ["counter_items"] = "codes for a counter",
        ["counter_tickets"] = "codes that were used, until you close",
        ["events"] = "records of access",
        ["identity_checks"] = "2 hours at most, and then deleted",
        ["ledger_counters"] = "the key that leads from it to you is destroyed when you close",
        ["ledger_entries"] = "the public list of accesses (codes and hashes, no names): never deleted",
        ["ledger_named"] = "the key that leads from it to you is destroyed when you close",
        ["ledger_people"] = "the key that leads from it to you is destroyed when you close",
        ["ledger_tags"] = "the public list of accesses (codes and hashes, no names): never deleted",
        ["member_requests"] = "sign-ins that are half done",
        ["memberships"] = "where you sign in with MyData: until 30 days after",
        ["notices"] = "notices to you: 1 year, or until you close",
        ["package_chunks"] = "“done”, 8 hours at most",
        ["passkeys"] = "passkeys and complaints",
        ["security_events"] =
            "what an online service is told when you withdraw, pause or strike, and an agency then and when you hand over: 30 days after",
        ["service_items"] = "requests of online services",
        ["service_requests"] = "requests of online services: 30 days after",
        ["sessions"] = "8 hours at most, 30 minutes when idle; deleted 30 days after",
        ["standing_consents"] = "what you let an online service fetch again: as long as its request",
        ["transfer_sides"] = "records of access",
        ["transfers"] = "the course of a fetch (never the data): 30 days after",
        ["wire_deliveries"] = "when and to which service: 30 days after",
        ["wire_parts"] = "to a service of the older format, and its key: until it has fetched it, 8 hours at most",
    };

    private static readonly string[] NotHers =
    [
        "alarm",
        "counter_services",
        "data_set",
        "ledger_checkpoints",
        "online_services",
        "ledger_client_keys",
        "ledger_hold",
        "ledger_incidents",
        "ledger_logs",
        "provider",
        "service_key_sets",
        "service_mails",
        "staff",
        "used_assertions",
        "watch_",
    ];

    [Fact]
    public void EveryTableAboutHer_InTheHousekeepingsTable_IsTold()
    {
        var tables = Repository
            .Read("MyData.Core/README.md")
            .Split('\n')
            .SkipWhile(line => !line.StartsWith("| table | until", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1])
            .Where(table => !NotHers.Any(other => table.StartsWith(other, StringComparison.Ordinal)));
        Assert.Equal(Told.Keys.Order(StringComparer.Ordinal), tables.Order(StringComparer.Ordinal));
        var words = Kept("en");
        Findings.None(Told.Where(one => !words.Contains(one.Value, StringComparison.Ordinal)).Select(one => one.Key));
    }

    [Theory]
    [InlineData("zh-TW", "41 天", "42 天", "43 天", "2 年", "8 小時", "30 分鐘")]
    [InlineData("en", "41 days", "42 days", "43 days", "2 years", "8 hours", "30 minutes")]
    public void Kept_OtherSettings_SaysTheirTimes(string language, params string[] times)
    {
        var words = Kept(language, Other);
        Assert.All(times, time => Assert.Contains(time, words, StringComparison.Ordinal));
        Assert.DoesNotContain('{', words);
        Assert.DoesNotContain("30 d", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_OtherTimes_IsAnother()
    {
        Assert.Equal(PolicyVersions.Privacy, Of(new()).Version);
        Assert.Matches($"^{PolicyVersions.Privacy}\\+[0-9a-f]{{8}}$", Of(Other).Version);
        Assert.NotEqual(Of(Other).Version, Of(Other with { Notices = TimeSpan.FromDays(2) }).Version);
    }

    /// <summary>What the page says is what the housekeeping of the same portal does.</summary>
    [Fact]
    public async Task Page_OfAPortalWithOtherSettings_SaysTheTimesOfItsHousekeeping()
    {
        await using var portal = Portal.Start(
            new PortalOptions { Settings = [("MyData:Retention:EndedTransfers", "43.00:00:00")] }
        );
        var kept = portal.Services.GetRequiredService<RetentionSettings>().EndedTransfers;
        Assert.Equal(TimeSpan.FromDays(43), kept);
        using var visitor = portal.Visitor("en");
        var page = await visitor.GetAsync("/privacy");
        Assert.Contains("(never the data): 43 days after its end", page.Words, StringComparison.Ordinal);
        Assert.Contains($"Version {PolicyVersions.Privacy}+", page.Words, StringComparison.Ordinal);
    }

    internal static string Kept(string language, RetentionSettings? keep = null)
    {
        using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var words = Of(keep ?? new()).Kept(services.GetRequiredService<IStringLocalizer<PolicyText>>());
        CultureInfo.CurrentUICulture = before;
        return words;
    }

    private static PrivacyStatement Of(RetentionSettings keep) =>
        new(new TransferSettings(), new CitizenSettings(), keep);
}
