using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Download;
using MyData.Web.Features.Open;

namespace MyData.E2E.Journeys;

/// <summary>What she sees when an agency does wrong: what happened, that nothing was handed over, a code, and a way on.</summary>
public sealed class OddAgencyTests
{
    // Seen by the platform before anything reaches her.
    private static readonly (string Behaviour, string Code)[] Stopped =
    [
        ("error", "provider.error"),
        ("forbidden", "provider.refused"),
        ("redirect", "provider.redirect"),
        ("wrong-type", "provider.wrong_type"),
        ("garbage", "seal.shape"),
        ("other-transfer", "provider.other_transfer"),
        ("other-person", "provider.other_person"),
        ("maintenance", "provider.maintenance"),
    ];

    // Seen by her browser, which alone can look inside.
    private static readonly string[] Refused =
    [
        "other-person-inside",
        "wrong-file-signed",
        "wrong-digest",
        "unlisted",
        "missing",
        "twice",
        "member-twice",
        "dtd",
        "zip-slip",
        "zip-slip-backslash",
        "zip-absolute",
        "too-many-files",
        "bomb",
        "not-a-zip",
        "expired-certificate",
        "unknown-certificate",
        "damaged",
    ];

    [Fact]
    public async Task Agency_DoesWrong_NothingIsShownAndEveryPageSaysWhy()
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader { Width = 390 },
            async journey =>
            {
                var first = true;
                foreach (var (behaviour, code) in Stopped)
                {
                    await AskAsync(journey, behaviour, first);
                    first = false;
                    await journey.ShowsAsync(Steps.Odd, "Failed");
                    await Assertions.Expect(journey.Card(Steps.Odd)).ToContainTextAsync(code);
                    await Assertions
                        .Expect(journey.Card(Steps.Odd))
                        .ToContainTextAsync(journey.Words<DownloadText>("NothingHandedOver"));
                }
                Assert.Empty(await journey.FlawsAsync());
                foreach (var behaviour in Refused)
                {
                    await AskAsync(journey, behaviour, first: false);
                    await journey.ShowsAsync(Steps.Odd, "Ready");
                    await journey.OpenPackagesAsync("titleFailed");
                    var card = journey.Card(Steps.Odd);
                    await Assertions.Expect(card).ToContainTextAsync(journey.Words<OpenText>("errorCode"));
                    Assert.Equal(0, await card.GetByText("一切正常").CountAsync());
                }
                Assert.Empty(await journey.FlawsAsync());
            }
        );
    }

    [Fact]
    public async Task Agency_NaughtyStringsInEveryField_AreShownAsTextAndNeverRun()
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader(),
            async journey =>
            {
                journey.Page.Dialog += (_, dialog) =>
                    throw new InvalidOperationException("A script ran: " + dialog.Message);
                await AskAsync(journey, "naughty", first: true);
                await journey.ShowsAsync(Steps.Odd, "Ready");
                await journey.OpenPackagesAsync();
                await Assertions.Expect(journey.Card(Steps.Odd)).ToContainTextAsync("<script>");
                Assert.Equal(
                    0,
                    await journey.Card(Steps.Odd).Locator("script, iframe, object, embed, svg[onload]").CountAsync()
                );
            }
        );
    }

    private static async Task AskAsync(Journey journey, string behaviour, bool first)
    {
        await journey.FillInAsync([Steps.Odd], (Steps.Odd, behaviour));
        if (first)
            await journey.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        await journey.AgreeAsync();
    }
}
