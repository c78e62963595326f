using Microsoft.AspNetCore.Mvc;
using MyData.Core.Notifications;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Notices;

public static class NoticesEndpoints
{
    public static void MapNotices(this IEndpointRouteBuilder app) => app.MapPost(NoticesUrls.Read, MarkReadAsync);

    // Marking a notice that is read, gone or another's changes nothing and says nothing.
    private static async Task<IResult> MarkReadAsync(
        HttpContext context,
        Core.Notifications.Notices notices,
        [FromForm] Guid? id,
        [FromForm] Guid? before,
        CancellationToken cancellationToken
    )
    {
        var citizen = context.User.GetCitizenId();
        if (id is { } one)
            await notices.MarkReadAsync(citizen, one, cancellationToken);
        else
            await notices.MarkAllReadAsync(citizen, cancellationToken);
        return new SeeOther(NoticesUrls.From(before));
    }
}
