using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Core.Notifications;
using MyData.Core.Staff;
using MyData.Tests.SignIn;
using MyData.Tests.Support;
using MyData.Web.Features.Staff;

namespace MyData.Tests.Staff;

/// <summary>A portal with a clock that stands, staff who enrol with software authenticators, and citizens known by a plain cookie.</summary>
public sealed class StaffHouse : IAsyncDisposable
{
    public StaffHouse() =>
        Portal = Portal.Start(
            new PortalOptions
            {
                Time = Time,
                Services = TrustedCookie.Add,
                Settings = [("MyData:SignIn:Rate:NetworkBurst", "100000")],
            }
        );

    public ManualTime Time { get; } = new(TimeProvider.System.GetUtcNow());

    public Portal Portal { get; }

    public T Get<T>()
        where T : notnull => Portal.Services.GetRequiredService<T>();

    public string Invite(string name = "Ms Lin") => Get<StaffInvitations>().Create(name, StaffRoles.HelpDesk);

    /// <summary>What the page's module does with an invitation; she ends up wherever the portal sends her.</summary>
    public static async Task<Page> EnrolAsync(
        CitizenDriver browser,
        SoftAuthenticator key,
        string invitation,
        Ceremony? how = null
    )
    {
        await browser.GetAsync(StaffUrls.Enrol);
        var options = await OptionsAsync(browser, StaffUrls.EnrolOptions, ("invitation", invitation));
        return await browser.SubmitAsync(
            "staff-enrol",
            ("invitation", invitation),
            ("credential", options is null ? "" : key.Make(options, how))
        );
    }

    public static async Task<Page> SignInAsync(CitizenDriver browser, SoftAuthenticator key, Ceremony? how = null)
    {
        await browser.GetAsync(StaffUrls.SignIn);
        var options = await OptionsAsync(browser, StaffUrls.SignInOptions);
        return await browser.SubmitAsync("staff-signin", ("credential", key.Use(options!, how)));
    }

    /// <summary>A browser in which a new member of the help desk is signed in.</summary>
    public async Task<CitizenDriver> OperatorAsync()
    {
        var browser = Portal.Visitor();
        using var key = new SoftAuthenticator(browser.Origin);
        (await EnrolAsync(browser, key, Invite())).ShouldBeAt("/desk");
        return browser;
    }

    /// <summary>A complaint about a line of a citizen's history.</summary>
    public async Task<(Guid Citizen, string Number)> ComplaintAsync(string words = "這不是我。")
    {
        var citizen = Ids.New();
        await Get<IWriter>()
            .WriteAsync(scope =>
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.SubjectRead,
                        CitizenId = citizen,
                        Actor = "provider:ris",
                    }
                )
            );
        var outcome = await Get<Complaints>()
            .FileAsync(
                new ComplaintRequest
                {
                    CitizenId = citizen,
                    LineId = (await EventsAsync(citizen))[0].Id,
                    SubmissionId = Ids.New(),
                    Choice = ComplaintChoices.NotMe,
                    Words = words,
                }
            );
        return (citizen, outcome.Number!);
    }

    /// <summary>Moves the day when an answer is due into the past; the clock itself would ring every timer on its way.</summary>
    public Task MakeLateAsync(string number, int days) =>
        Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                var due = DateOnly.FromDateTime(scope.Now.ToOffset(TimeSpan.FromHours(8)).DateTime).AddDays(-days);
                scope
                    .Db.Set<Complaint>()
                    .Where(c => c.Number == number)
                    .ExecuteUpdate(set => set.SetProperty(c => c.AnswerDue, due));
            });

    public async Task<List<Event>> EventsAsync(Guid citizen, string? kind = null) =>
        [.. (await Portal.EventsAsync()).Where(e => e.CitizenId == citizen && (kind is null || e.Kind == kind))];

    public async Task<List<NoticeView>> NoticesAsync(Guid citizen) =>
        [.. (await Get<Notices>().PageAsync(citizen)).Notices];

    public ValueTask DisposeAsync() => Portal.DisposeAsync();

    private static async Task<string?> OptionsAsync(
        CitizenDriver browser,
        string path,
        params (string Name, string Value)[] more
    )
    {
        var token = browser.Page.Single("form[data-options] input[name=_form]").GetAttribute("value")!;
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(
                more.Append(("_form", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))
            ),
        };
        using var response = await browser.SendAsync(request);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : null;
    }
}
