using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>What she types for an agency reaches that agency, and stands in clear nowhere on its way.</summary>
public sealed class TypedValuesTests
{
    private const string Odd = "API.sandboxOddN";
    private const string Typed = "zebra-crossing-7341";
    private static readonly string Choice = $"ds={Odd}&{Odd}:BEHAVIOUR={Typed}";

    [Fact]
    public async Task DatabaseFiles_AfterAConsent_HoldNeitherWhatSheTypedNorHerReceipt()
    {
        await using var portal = Portal.Start(new() { Engine = Engine.Sqlite });
        using var lin = await Traveller.SignInAsync(portal);
        var consent = await lin.AgreeAsync(Choice);
        await lin.SettledAsync(consent);
        var receipt = (await lin.Browser.GetAsync($"/receipts/{consent}.jws")).Text;
        var content = receipt.Split('.')[1];
        var database = portal.Services.GetRequiredService<DatabaseSettings>().ConnectionString;
        Assert.True(DatabaseFiles.Hold(database, [Odd]), "The search would find nothing at all.");
        Assert.False(DatabaseFiles.Hold(database, [Typed]));
        Assert.False(
            DatabaseFiles.Hold(
                database,
                Enumerable.Range(0, 9).Select(part => content.Substring(content.Length * part / 10, 40))
            )
        );

        // She herself reads it: in her receipt, and in all that is held about her.
        Assert.Contains(
            Typed,
            System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(content)),
            StringComparison.Ordinal
        );
        var held = (await lin.Browser.GetAsync("/account/data.json")).Text;
        Assert.Contains(Typed, held, StringComparison.Ordinal);
        Assert.Contains(content, held, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journey_ByWayOfTheSignIn_NoAddressAndNoLogCarriesWhatSheTyped()
    {
        await using var portal = Portal.Start(new() { Engine = Engine.Sqlite });
        using var browser = portal.Visitor();
        var asked = await Download.FillInAsync(browser, Choice);
        asked.ShouldBeAt("/signin");
        Look(asked);
        await browser.GetAsync(asked.Html.QuerySelector("a[href^='/signin/documents']")!.GetAttribute("href")!);
        Look(browser.Page);
        var consent = await Traveller.ProveAsync(browser, "lin");
        consent.ShouldBeAt("/download/consent");
        Assert.Contains(Typed, consent.Words, StringComparison.Ordinal);
        Look(consent);
        var here = Uri.EscapeDataString(consent.Url.PathAndQuery);
        var english = await browser.GetAsync($"/language/en?back={here}");
        english.ShouldBeAt("/download/consent");
        Assert.Contains(Typed, english.Words, StringComparison.Ordinal);
        Look(english);

        var details = await browser.FollowAsync("Change your choice");
        Assert.Equal(Typed, details.Single($"input[name='{Odd}:BEHAVIOUR']").GetAttribute("value"));
        Look(details);
        Look(await browser.SubmitAsync("/download/details"));
        var lin = new Traveller(portal, browser);
        var progress = await lin.DecideAsync();
        Look(progress);
        await lin.SettledAsync(Guid.Parse(progress.Url.Segments[^1]));
        Look(await browser.GetAsync(progress.Path));
        Assert.DoesNotContain(portal.Log.All, line => line.Contains(Typed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AskAgain_AfterAFailure_FillsInTheSameForHerAlone()
    {
        await using var portal = Portal.Start(new() { Engine = Engine.Sqlite });
        using var lin = await Traveller.SignInAsync(portal);
        var consent = await lin.AgreeAsync($"ds={Odd}&{Odd}:BEHAVIOUR=forbidden");
        var transfer = Assert.Single(await lin.SettledAsync(consent));
        Assert.Equal(TransferState.Failed, transfer.State);
        await lin.Browser.GetAsync($"/download/{consent}");
        var again = await lin.Browser.FollowAsync("再取得一次");
        again.ShouldBeAt("/download");
        Assert.DoesNotContain("forbidden", again.Url.ToString(), StringComparison.Ordinal);
        Assert.Equal("forbidden", again.Single($"input[name='{Odd}:BEHAVIOUR']").GetAttribute("value"));
        (await lin.Browser.SubmitAsync("/download/details")).ShouldBeAt("/download/consent");

        using var stranger = portal.Visitor();
        (await stranger.GetAsync(again.Url.PathAndQuery)).ShouldBeAt("/signin");
        using var other = await Traveller.SignInAsync(portal, "chang");
        var hers = await other.Browser.GetAsync(again.Url.PathAndQuery);
        Assert.Equal("", hers.Single($"input[name='{Odd}:BEHAVIOUR']").GetAttribute("value") ?? "");
    }

    /// <summary>How she came to this page, and where it leads to.</summary>
    private static void Look(Page page)
    {
        var addresses = page
            .Via.Append(page.Url)
            .Select(url => url.ToString())
            .Concat(
                page.Html.QuerySelectorAll("[href], [action]")
                    .SelectMany(e => new[] { e.GetAttribute("href"), e.GetAttribute("action") })
            )
            .OfType<string>()
            .ToList();
        Assert.True(addresses.Count > 3, "Nothing was looked at.");
        Assert.DoesNotContain(addresses, url => url.Contains(Typed, StringComparison.OrdinalIgnoreCase));
    }
}
