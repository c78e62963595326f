using Microsoft.Playwright;
using MyData.Core.Corrections;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Corrections;
using MyData.Web.Sandbox.Pages;

namespace MyData.E2E.Journeys;

/// <summary>"Wrong?": one tap beside a value, words that only the agency can open, and its answer.</summary>
public sealed class CorrectionJourneyTests
{
    [Theory]
    [InlineData("zh-TW", 360, "lin")]
    [InlineData("en", 1200, "chen")]
    public async Task WrongValue_IsTold_ToItsAgencyAlone_AndAnswered(string language, int width, string who)
    {
        const string Words = "第 7 鄰, not 8 <b>&";
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await journey.ChooseAsync(Steps.Household);
                await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
                await journey.AgreeAsync();
                await journey.ShowsAsync(Steps.Household, "Ready");
                await journey.OpenPackagesAsync();

                var row = journey.Page.Locator("[data-field='address']");
                var value = (await row.Locator("dd > :not(button)").First.TextContentAsync())!.Trim();
                await row.GetByRole(AriaRole.Button).ClickAsync();
                var panel = row.Locator("[data-correction]");
                await Assertions.Expect(panel.GetByRole(AriaRole.Textbox)).ToBeFocusedAsync();
                await LookAsync(journey, "ask");
                // Nothing is sent without words; Cancel leaves nothing.
                await panel.GetByRole(AriaRole.Button).First.ClickAsync();
                await Assertions.Expect(panel.GetByRole(AriaRole.Textbox)).ToBeFocusedAsync();
                await panel
                    .GetByRole(AriaRole.Button, new() { Name = journey.Words<CorrectionsText>("cancel") })
                    .ClickAsync();
                await Assertions.Expect(panel).ToHaveCountAsync(0);

                await row.GetByRole(AriaRole.Button).ClickAsync();
                await panel.GetByRole(AriaRole.Textbox).FillAsync(Words);
                var sent = await journey.Page.RunAndWaitForRequestAsync(
                    () => panel.GetByRole(AriaRole.Button).First.ClickAsync(),
                    request =>
                        request.Method == "POST" && request.Url.EndsWith(CorrectionsUrls.Page, StringComparison.Ordinal)
                );
                var body = Uri.UnescapeDataString(sent.PostData!.Replace('+', ' '));
                Assert.DoesNotContain(Words, body, StringComparison.Ordinal);
                Assert.DoesNotContain(value, body, StringComparison.Ordinal);
                await Assertions.Expect(panel.GetByRole(AriaRole.Status)).ToBeVisibleAsync();
                await LookAsync(journey, "sent");
                await panel.GetByRole(AriaRole.Link).ClickAsync();
                await journey.AtAsync(CorrectionsUrls.Page);
                await BecomesAsync(journey, "Sent");
                await LookAsync(journey, "list");

                await journey.OpenAsync("/sandbox/corrections");
                await Assertions.Expect(journey.Page.GetByText(Words)).ToBeVisibleAsync();
                await Assertions.Expect(journey.Page.Locator("main dd").First).ToContainTextAsync(value[..4]);
                await LookAsync(journey, "agency");
                await journey
                    .Button(journey.Words<SandboxText>($"Corrections-{CorrectionAnswers.Corrected}"))
                    .ClickAsync();
                await Assertions.Expect(journey.Page.Locator(".empty")).ToBeVisibleAsync();
                await journey.OpenAsync(CorrectionsUrls.Page);
                await BecomesAsync(journey, "Corrected");
                await LookAsync(journey, "answered");
            }
        );
    }

    private static Task BecomesAsync(Journey journey, string status) =>
        Assertions.Expect(journey.Page.Locator("[data-status]")).ToHaveAttributeAsync("data-status", status);

    private static async Task LookAsync(Journey journey, string name)
    {
        await journey.AccessibleAsync();
        if (Environment.GetEnvironmentVariable("MYDATA_PICTURES") is { } folder)
            await journey.Page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, $"correction-{name}-{journey.Reader}.png"), FullPage = true }
            );
    }
}
