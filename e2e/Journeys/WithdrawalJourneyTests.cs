using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Consent;
using MyData.Web.Features.History;
using MyData.Web.Features.Services;
using MyData.Web.Features.Staff;
using MyData.Web.Sandbox.Pages;

namespace MyData.E2E.Journeys;

/// <summary>授權管理: what she handed over, taken back; a bank that does not answer in time, and then does.</summary>
public sealed class WithdrawalJourneyTests
{
    [Theory]
    [InlineData("zh-TW", 360, "lin")]
    [InlineData("en", 1200, "chen")]
    public async Task Consent_TakenBack_IsAskedFor_Overdue_AndDeletedAtLast(string language, int width, string who)
    {
        // An answer is due within seconds, so that she can see what happens without one.
        await using var portal = await PortalProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["MyData:Services:AnswerTime"] = "00:00:06",
                ["MyData:Services:SuspendAfter"] = "1.00:00:00",
            }
        );
        await Journey.RunAsync(
            portal,
            new Reader { Language = language, Width = width },
            async journey =>
            {
                await ApplyAsync(journey, who);
                await journey.OpenAsync(HistoryUrls.Page);
                await journey.Link(journey.Words<HistoryText>("MyConsents")).ClickAsync();
                var card = journey.Page.Locator("[data-status]");
                await Assertions.Expect(card).ToHaveAttributeAsync("data-status", "Held");
                await LookAsync(journey, "held");

                await ConductAsync(journey, "silent");
                await card.GetByRole(AriaRole.Link, new() { Name = Words(journey, "WithdrawOf") }).ClickAsync();
                await LookAsync(journey, "ask");
                await journey.Link(journey.Words<ConsentsText>("AskNo")).ClickAsync();
                await Assertions.Expect(card).ToHaveAttributeAsync("data-status", "Held");
                await card.GetByRole(AriaRole.Link, new() { Name = Words(journey, "WithdrawOf") }).ClickAsync();
                await journey.Button(journey.Words<ConsentsText>("AskYes")).ClickAsync();
                await Assertions.Expect(journey.Page.GetByRole(AriaRole.Status)).ToBeVisibleAsync();
                await LookAsync(journey, "asked");

                await BecomesAsync(journey, "Overdue");
                await LookAsync(journey, "overdue");
                await DeskAsync(portal, journey.Reader);

                // The reminder comes with the next round, and now the bank does as it must.
                await ConductAsync(journey, "deletes");
                await BecomesAsync(journey, "Deleted");
                await journey.Page.Locator("details.past > summary").ClickAsync();
                await LookAsync(journey, "deleted");
                await journey.OpenAsync("/sandbox/bank/result");
                await Assertions.Expect(journey.Page.Locator("main dl")).ToHaveCountAsync(0);
            }
        );
    }

    [Fact]
    public async Task Page_WithNothing_Teaches_AndOneKeptByLawSaysWhy()
    {
        await using var portal = await PortalProcess.StartAsync();
        await Journey.RunAsync(
            portal,
            new Reader { Language = "en", Width = 360 },
            async journey =>
            {
                await ConductAsync(journey, "keeps");
                await ApplyAsync(journey, "wang", before: () => LookAsync(journey, "empty"));
                await journey.OpenAsync(ConsentsUrls.Page);
                await journey.Page.GetByRole(AriaRole.Link, new() { Name = Words(journey, "WithdrawOf") }).ClickAsync();
                await journey.Button(journey.Words<ConsentsText>("AskYes")).ClickAsync();
                await BecomesAsync(journey, "Kept");
                await LookAsync(journey, "kept");
            }
        );
    }

    private static async Task ApplyAsync(Journey journey, string who, Func<Task>? before = null)
    {
        await journey.OpenAsync("/signin?back=" + ConsentsUrls.Page);
        await journey.SignInFirstTimeAsync(SandboxSteps.Persona(who));
        await journey.AtAsync(ConsentsUrls.Page);
        if (before is not null)
            await before();
        await journey.OpenAsync("/sandbox/bank");
        await journey.Button(journey.Words<SandboxText>("BankApply")).ClickAsync();
        await journey.Button(journey.Words<ServicesText>("Continue")).ClickAsync();
        await journey.Button(journey.Words<ServicesText>("AgreeFetch")).ClickAsync();
        var handOver = journey.Button(journey.Words<ServicesText>("AgreeHandOver"));
        await Assertions.Expect(handOver).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await handOver.ClickAsync();
        await journey.AtAsync("/sandbox/bank/result");
    }

    private static async Task DeskAsync(PortalProcess portal, Reader reader) =>
        await Journey.RunAsync(
            portal,
            reader,
            async desk =>
            {
                await desk.OpenAsync(StaffUrls.SignIn);
                await desk.Button(desk.Words<StaffText>("SandboxSignIn")).ClickAsync();
                await desk.AtAsync("/desk");
                await desk.OpenAsync("/desk/deletions");
                await Assertions.Expect(desk.Page.Locator("tbody tr")).ToHaveCountAsync(1);
                await LookAsync(desk, "desk");
            }
        );

    private static async Task BecomesAsync(Journey journey, string status)
    {
        var card = journey.Page.Locator("[data-status]");
        await journey.OpenAsync(ConsentsUrls.Page);
        for (var looks = 0; await card.GetAttributeAsync("data-status") != status; looks++)
        {
            Assert.True(looks < 2_000, $"It does not become {status}.");
            await journey.Page.ReloadAsync();
        }
    }

    private static async Task ConductAsync(Journey journey, string conduct)
    {
        var answer = await journey.Context.APIRequest.PutAsync($"/sandbox/bank/conduct/{conduct}");
        Assert.True(answer.Ok, $"{answer.Status}");
    }

    private static string Words(Journey journey, string key) =>
        journey.Words<ConsentsText>(key, journey.Reader.Language == "en" ? "Sandbox Bank" : "沙盒銀行");

    private static async Task LookAsync(Journey journey, string name)
    {
        await journey.AccessibleAsync();
        if (Environment.GetEnvironmentVariable("MYDATA_PICTURES") is { } folder)
            await journey.Page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, $"consents-{name}-{journey.Reader}.png"), FullPage = true }
            );
    }
}
