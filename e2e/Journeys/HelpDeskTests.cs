using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyData.Core.Staff;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Desk;
using MyData.Web.Features.History;
using MyData.Web.Features.SignIn;
using MyData.Web.Features.Staff;
using MyData.Web.Layout;

namespace MyData.E2E.Journeys;

/// <summary>A member of the help desk from the link to her last day, and the citizen whom she answers.</summary>
public sealed partial class HelpDeskTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private const string Words = "這不是我做的 <b>not me</b>";
    private const string Answer = "我們查過了：是您自己的申請。\nIt was <b>you</b>.";

    [Theory]
    [InlineData("zh-TW", 360, "huang", "林小姐")]
    [InlineData("en", 1200, "wu", "Ms Lin")]
    public async Task HelpDesk_FromTheLink_AnswersOnce_UntilSheLeaves(
        string language,
        int width,
        string who,
        string name
    )
    {
        var reader = new Reader { Language = language, Width = width };
        await Journey.RunAsync(
            shared.Portal,
            reader,
            async citizen =>
            {
                await citizen.OpenAsync("/signin?back=" + HistoryUrls.Page);
                await citizen.SignInFirstTimeAsync(SandboxSteps.Persona(who));
                var numbers = new[] { await ComplainAsync(citizen), await ComplainAsync(citizen) };
                await Journey.RunAsync(
                    shared.Portal,
                    reader,
                    async desk =>
                    {
                        await EnrolAsync(desk, name);
                        await SignInAgainAsync(desk);
                        await ListsByDayAsync(desk, numbers);
                        await AnswersAsync(desk, numbers[0]);
                        await ReadsAsync(citizen, numbers[0]);
                        await LeavesAsync(desk, name, numbers[1]);
                    }
                );
            }
        );
    }

    /// <returns>the complaint's number</returns>
    private static async Task<string> ComplainAsync(Journey journey)
    {
        await journey.OpenAsync(HistoryUrls.Page);
        var line = journey.Words<HistoryText>("Line-signin.succeeded");
        await journey.Link(journey.Words<HistoryText>("DoubtOf", line)).First.ClickAsync();
        await journey.Page.GetByLabel(journey.Words<HistoryText>("Choice-not-me")).CheckAsync();
        await journey
            .Page.GetByLabel(journey.Words<HistoryText>("ComplainWords"), new() { Exact = true })
            .FillAsync(Words);
        await journey.Button(journey.Words<HistoryText>("ComplainSend")).ClickAsync();
        await journey.Page.WaitForURLAsync(url => Number().IsMatch(url));
        return Number().Match(journey.Page.Url).Groups["number"].Value;
    }

    private static async Task EnrolAsync(Journey desk, string name)
    {
        var (exit, said) = await desk.Portal.CommandAsync("operator", "add", name);
        Assert.True(exit == 0, said);
        var link = said.Split('\n')
            .Single(line => line.StartsWith(desk.Portal.Origin.ToString(), StringComparison.Ordinal));
        await desk.OpenAsync(link);
        Assert.DoesNotContain("#", desk.Page.Url, StringComparison.Ordinal);
        await desk.AccessibleAsync();
        await VirtualAuthenticator.AddAsync(desk.Page);
        await desk.Button(desk.Words<StaffText>("Enrol")).ClickAsync();
        await desk.AtAsync(DeskUrls.Complaints);
        await Assertions.Expect(desk.Page.GetByRole(AriaRole.Banner)).ToContainTextAsync(name);
        (exit, said) = await desk.Portal.CommandAsync("operator", "list");
        Assert.True(exit == 0, said);
        Assert.Contains(name, said, StringComparison.Ordinal);
    }

    private static async Task SignInAgainAsync(Journey desk)
    {
        await desk.Button(desk.Words<LayoutText>("SignOut")).ClickAsync();
        await desk.AtAsync(StaffUrls.SignIn);
        await desk.AccessibleAsync();
        await UseAsync(desk);
        await desk.AtAsync(DeskUrls.Complaints);
    }

    private static async Task ListsByDayAsync(Journey desk, string[] numbers)
    {
        await desk.AccessibleAsync();
        var listed = (await desk.Page.Locator("tbody th").AllInnerTextsAsync()).Select(text => text.Trim()).ToList();
        Assert.Equal(numbers, listed.Where(numbers.Contains));
        var due = await desk
            .Page.Locator("tbody tr td:last-child time")
            .EvaluateAllAsync<string[]>("all => all.map(time => time.dateTime)");
        Assert.Equal(listed.Count, due.Length);
        Assert.Equal(due.Order(StringComparer.Ordinal), due);
    }

    private static async Task AnswersAsync(Journey desk, string number)
    {
        await desk.Link(number).ClickAsync();
        await Assertions.Expect(desk.Page.Locator("main")).ToContainTextAsync(Words);
        await desk.AccessibleAsync();
        await desk.Button(desk.Words<DeskText>("Check")).ClickAsync();
        await Assertions.Expect(desk.Page.GetByRole(AriaRole.Alert)).ToBeFocusedAsync();
        await desk.AccessibleAsync();
        await desk.Page.GetByLabel(desk.Words<DeskText>("Answer"), new() { Exact = true }).FillAsync(Answer);
        await desk.Button(desk.Words<DeskText>("Check")).ClickAsync();
        await Assertions.Expect(desk.Button(desk.Words<DeskText>("Send"))).ToBeVisibleAsync();
        await desk.AccessibleAsync();
        await desk.Button(desk.Words<DeskText>("Send")).ClickAsync();
        await Assertions
            .Expect(desk.Page.GetByRole(AriaRole.Status))
            .ToHaveTextAsync(desk.Words<DeskText>("DoneNote", number));
        await desk.AccessibleAsync();
        await Assertions.Expect(desk.Link(number)).ToHaveCountAsync(0);

        await desk.Link(desk.Words<DeskText>("Answered")).ClickAsync();
        await desk.AccessibleAsync();
        await desk.Link(number).ClickAsync();
        await Assertions.Expect(desk.Page.Locator("main")).ToContainTextAsync(Answer);
        await Assertions.Expect(desk.Page.GetByRole(AriaRole.Textbox)).ToHaveCountAsync(0);
        await desk.AccessibleAsync();
    }

    private static async Task ReadsAsync(Journey citizen, string number)
    {
        await citizen.OpenAsync(HistoryUrls.Page);
        var told = citizen.Page.GetByRole(AriaRole.Main);
        foreach (var kind in new[] { "complaint.opened", "complaint.answered" })
            await Assertions
                .Expect(told)
                .ToContainTextAsync(
                    citizen.Words<HistoryText>($"Line-{kind}").Replace("{number}", number, StringComparison.Ordinal)
                );
        await citizen.AccessibleAsync();
        await citizen.OpenAsync(HistoryUrls.Complaint(number));
        await Assertions.Expect(told).ToContainTextAsync(Answer);
        await citizen.AccessibleAsync();
    }

    private static async Task LeavesAsync(Journey desk, string name, string open)
    {
        await desk.OpenAsync(DeskUrls.Complaints);
        var (exit, said) = await desk.Portal.CommandAsync("operator", "remove", name);
        Assert.True(exit == 0, said);
        await desk.Link(open).ClickAsync();
        await desk.AtAsync(StaffUrls.SignIn);
        await Assertions
            .Expect(desk.Page.Locator(".notice[role=status]"))
            .ToHaveTextAsync(
                desk.Words<StaffText>("SignedOut", StaffSessions.Idle.TotalMinutes, StaffSessions.Life.TotalHours)
            );
        await desk.AccessibleAsync();
        await UseAsync(desk);
        await Assertions.Expect(desk.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(PasskeySignIn.Refused);
        await desk.AccessibleAsync();
        await desk.Page.GotoAsync(DeskUrls.Complaint(open));
        await desk.AtAsync(StaffUrls.SignIn);
        Assert.Equal(1, (await desk.Portal.CommandAsync("operator", "remove", name)).ExitCode);
    }

    private static Task UseAsync(Journey desk) => desk.Button(desk.Words<StaffText>("SignIn")).ClickAsync();

    [GeneratedRegex("/history/complaints/(?<number>[^/?]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
