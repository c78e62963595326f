using System.Globalization;
using Microsoft.AspNetCore.Components;
using MyData.Core.Notifications;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Notices;

public sealed partial class NoticesPage
{
    private readonly List<(NoticeView Notice, string Line)> lines = [];
    private NoticePage? page;
    private int unread;

    [SupplyParameterFromQuery]
    public Guid? Before { get; set; }

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    protected override async Task OnInitializedAsync()
    {
        var citizen = Http.User.GetCitizenId();
        page = await Notices.PageAsync(citizen, Before, Http.RequestAborted);
        unread = await Notices.UnreadCountAsync(citizen, Http.RequestAborted);
        foreach (var notice in page.Notices)
            lines.Add((notice, await Writing.LineAsync(notice, CultureInfo.CurrentUICulture, Http.RequestAborted)));
    }
}
